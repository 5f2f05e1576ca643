"""What a document costs as it grows: opening, checking, flattening, judging a link, editing.

    python benchmarks/graph.py [--json]

Every node reads from the two before it, so that there are many diamonds. Times are of the
processor, the best of several tries; the growth is time at 4,000 nodes over time at 500, which is 8
where it is in proportion.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # the sample documents are those of the tests

from aiprod_studio.graph import check, dumps, flatten, loads
from aiprod_studio.graph.commands import AddNode, Connect
from aiprod_studio.ui.canvas.arranging import Box, columns
from tests.graph.graph_samples import SPECS, chain

LIMITS = {
    "open 500 nodes": 50, "check 400 nodes": 30, "flatten 400 nodes": 50,
    "judge a legal link among 400": 1, "judge a loop among 400": 1,
    "add, link and undo among 2,000": 20, "arrange 4,000 nodes": 1000,
}  # fmt: skip
"""Milliseconds."""
GROWTH_LIMIT = 24
TRIES = 15


def best(action: Callable[[], object], tries: int = TRIES) -> float:
    """Return the least processor time of an action, in milliseconds."""
    times = []
    for _ in range(tries):
        start = time.process_time()
        action()
        times.append(time.process_time() - start)
    return 1000 * min(times)


def measure() -> dict[str, float]:
    """Return milliseconds by what was done."""
    text, middling, large = dumps(chain(500)), chain(400), chain(2000)
    legal, loop = Connect("n399", "first", "n398", "b"), Connect("n399", "total", "n1", "b")

    def edit() -> None:
        large.do(AddNode("maths.add"), Connect("n1999", "total", "add", "a"))
        large.undo()

    works: dict[str, Callable[[], object]] = {
        "open 500 nodes": lambda: loads(text, SPECS),
        "check 400 nodes": lambda: check(middling, SPECS),
        "flatten 400 nodes": lambda: flatten(middling, SPECS),
        "judge a legal link among 400": lambda: middling.why_not(legal),
        "judge a loop among 400": lambda: middling.why_not(loop),
        "add, link and undo among 2,000": edit,
        "arrange 4,000 nodes": lambda: arrange(4000),
    }
    return {name: best(work, 3 if "4,000" in name else TRIES) for name, work in works.items()}


def arrange(nodes: int) -> None:
    """Set a long graph in columns."""
    boxes = {f"n{i}": Box(0, 0, 200, 100) for i in range(nodes)}
    reads = {f"n{i}": [f"n{i - 1}", f"n{max(0, i - 7)}"] for i in range(1, nodes)}
    columns(boxes, reads, (0, 0))


def growth() -> dict[str, float]:
    """Return how much longer eight times the nodes take, by what is done with them."""
    small, large = chain(500), chain(4000)
    return {
        "opening": best(lambda: loads(dumps(large), SPECS), 3)
        / best(lambda: loads(dumps(small), SPECS), 5),
        "flattening": best(lambda: flatten(large, SPECS), 3)
        / best(lambda: flatten(small, SPECS), 5),
    }


def main() -> int:
    """Measure, print, and return 1 when a limit is broken."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found, grown = measure(), growth()
    if given.json:
        print(json.dumps({"ms": found, "growth": grown}))
    else:
        for name, value in found.items():
            print(f"{name:<32} {value:8.2f} ms   limit {LIMITS[name]} ms")
        for name, value in grown.items():
            print(f"growth of {name:<22} {value:8.2f}      limit {GROWTH_LIMIT}")
    slow = any(value > LIMITS[name] for name, value in found.items())
    return int(slow or any(value > GROWTH_LIMIT for value in grown.values()))


if __name__ == "__main__":
    sys.exit(main())

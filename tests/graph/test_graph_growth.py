"""Documents stay workable as they grow: work in proportion, a light history, light imports.

Work is counted, not timed; `benchmarks/graph.py` has the milliseconds.
"""

import subprocess
import sys
from collections.abc import Callable
from functools import partial

import pytest

from aiprod_studio.graph import Document, check, dumps, flatten, loads
from aiprod_studio.graph.commands import AddNode, Connect, SetParam
from aiprod_studio.graph.errors import WouldLoop
from tests.counted import calls
from tests.graph.graph_samples import SPECS, chain

SMALL, LARGE = 100, 800


def last(document: Document, back: int = 1) -> str:
    return f"n{len(document.nodes) - back}"


def add_and_undo(document: Document) -> None:
    document.do(AddNode("maths.add"), Connect(last(document), "total", "add", "a"))
    document.undo()


@pytest.mark.parametrize(
    "work",
    [
        dumps,
        lambda document: check(document, SPECS),
        lambda document: flatten(document, SPECS),
        lambda document: document.why_not(Connect(last(document), "first", last(document, 2), "b")),
        lambda document: document.why_not(Connect(last(document), "total", "n1", "b")),
        add_and_undo,
    ],
    ids=["write", "check", "flatten", "legal link", "loop", "add and undo"],
)
def test_work_grows_in_proportion_to_the_number_of_nodes(
    work: Callable[[Document], object],
) -> None:
    least, most = (calls(partial(work, chain(count))) for count in (SMALL, LARGE))
    assert 0 < most / least < 1.2 * LARGE / SMALL


def test_opening_grows_in_proportion_to_the_number_of_nodes() -> None:
    least, most = (calls(partial(loads, dumps(chain(count)), SPECS)) for count in (SMALL, LARGE))
    assert most / least < 1.2 * LARGE / SMALL


def test_a_link_among_diamonds_looks_at_each_node_a_few_times_at_most() -> None:
    document = chain(400)
    loop = Connect("n399", "total", "n1", "b")
    assert isinstance(document.why_not(loop), WouldLoop)
    assert calls(lambda: document.why_not(loop)) < 20 * 400


def test_a_long_history_is_light() -> None:
    import tracemalloc

    document = chain(2000)
    tracemalloc.start()
    for index in range(1000):
        document.do(SetParam(f"n{index + 1}", "extra", index / 500))
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert used < 3_000_000


def test_importing_the_room_brings_in_nothing_heavy() -> None:
    script = (
        "import sys, aiprod_studio.graph, aiprod_studio.graph.commands;"
        "heavy = {'pydantic', 'numpy', 'torch', 'PySide6', 'cv2'} & set(sys.modules);"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)

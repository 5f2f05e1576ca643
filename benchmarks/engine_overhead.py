"""What the engine costs per node: planning and running chains and layers of trivial nodes.

    python benchmarks/engine_overhead.py [--nodes 50 100 200 400 1000 2000 4000] [--json]

Prints, for chains and for layers ten nodes wide, the milliseconds to plan and run everything cold
(empty store, journal on) and again when all is cached, beside a limit measured in the same run:
calling the same functions and hashing and writing the same keys with plain Python and one SQLite
transaction. Wall time is the best of several rounds, because other work on the machine only ever
adds to it; processor time is the median. Shows the fit time = a * nodes^b on processor time; b near
1 means that time grows linearly. Limits (wall): 400 nodes under 100 ms cold, under 20 ms cached.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import json
import math
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiprod_studio.engine import Engine, EventQueue, Journal, Services, Store
from aiprod_studio.graph.flat import FlatGraph, FlatNode
from aiprod_studio.sdk import Model, NodeSpec, Refusal, Run, SourceFile, node

SIZES = (50, 100, 200, 400, 1000, 2000, 4000)
ROUNDS = 7
COLD_LIMIT, CACHED_LIMIT = 100.0, 20.0


@node("bench.add", "Add", since="1")
def add(run: Run, a: float | None = None, b: float | None = None, *, number: float = 0.0) -> float:
    """Add two numbers and a third."""
    return (a or 0.0) + (b or 0.0) + number


class Bare(Services):
    """An application without files and models."""

    device = "cpu"
    versions = "cpu"
    recipe = "{}"
    output = Path("outputs")

    @property
    def dtype(self) -> Any:
        return None

    def file(self, node: str, param: str, value: str) -> SourceFile:
        raise Refusal(())

    def models(self, name: str) -> dict[str, Model]:
        return {}

    def use(self, model: Model, run: Run) -> Any:
        raise Refusal(())


SPEC: NodeSpec = add.node_spec  # type: ignore[attr-defined]


def chain(count: int) -> FlatGraph:
    """Return `count` nodes, each reading the one before."""
    nodes = {}
    for at in range(count):
        links = {"a": (f"n{at - 1}", "number")} if at else {}
        nodes[f"n{at}"] = FlatNode(f"n{at}", SPEC, {"number": float(at)}, links)
    return FlatGraph(nodes)


def layers(count: int, wide: int = 10) -> FlatGraph:
    """Return `count` nodes in layers, each reading two of the layer before."""
    nodes = {}
    for at in range(count):
        links = {}
        if at >= wide:
            first = at - at % wide - wide
            links = {
                "a": (f"n{first + at % wide}", "number"),
                "b": (f"n{first + (at + 1) % wide}", "number"),
            }
        nodes[f"n{at}"] = FlatNode(f"n{at}", SPEC, {"number": float(at)}, links)
    return FlatGraph(nodes)


@dataclass(frozen=True)
class Taken:
    """Milliseconds on the wall clock and of the processor."""

    wall: float
    cpu: float


@contextmanager
def clocked(into: list[Taken]) -> Iterator[None]:
    """Add what the block takes."""
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    into.append(Taken(wall * 1000, cpu * 1000))


def engine_times(flat: FlatGraph, cold: list[Taken], cached: list[Taken]) -> None:
    """Plan and run a graph cold, and again with all cached."""
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(Store(Path(folder) / "store"), Journal(Path(folder) / "state"), Bare())
        for done, into in ((len(flat.nodes), cold), (0, cached)):
            events = EventQueue()
            with clocked(into):
                report = engine.run(engine.plan(flat), events=events)
            assert len(report.done) == done and not report.failed
        engine.store.close()
        engine.journal.close()


def limit_time(flat: FlatGraph, into: list[Taken]) -> None:
    """Hash, call and write the same with plain Python and nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        index = sqlite3.connect(Path(folder) / "limit.sqlite", isolation_level=None)
        index.execute("PRAGMA synchronous=NORMAL")
        index.execute("PRAGMA journal_mode=WAL").fetchall()
        index.execute("CREATE TABLE entries (key TEXT PRIMARY KEY, value TEXT)")
        with clocked(into):
            keys: dict[str, str] = {}
            values: dict[str, float] = {}
            for name, one in flat.nodes.items():
                read = {to: (keys[source], output) for to, (source, output) in one.inputs.items()}
                told = [one.spec.type, one.spec.version, one.params, read]
                text = json.dumps(told, sort_keys=True).encode()
                keys[name] = hashlib.blake2b(text, digest_size=20).hexdigest()
                given = {to: values[source] for to, (source, _) in one.inputs.items()}
                values[name] = add(None, **given, **one.params)  # type: ignore[arg-type]
            index.execute("BEGIN")
            rows = [(keys[name], json.dumps(values[name])) for name in keys]
            index.executemany("INSERT INTO entries VALUES (?,?)", rows)
            index.execute("COMMIT")
        index.close()


def fit(sizes: list[int], times: list[float]) -> float:
    """Return the exponent b of the least-squares fit time = a * nodes^b."""
    xs, ys = [math.log(size) for size in sizes], [math.log(taken) for taken in times]
    return statistics.linear_regression(xs, ys).slope


def measure(shape: Callable[[int], FlatGraph], sizes: list[int]) -> list[dict[str, float]]:
    """Return best wall time and median processor time for each size."""
    rows = []
    for size in sizes:
        flat = shape(size)
        rounds: dict[str, list[Taken]] = {"cold": [], "cached": [], "limit": []}
        for _ in range(ROUNDS):
            engine_times(flat, rounds["cold"], rounds["cached"])
            limit_time(flat, rounds["limit"])
        row: dict[str, float] = {"nodes": size}
        for kind, times in rounds.items():
            row[kind] = min(taken.wall for taken in times)
            row[f"{kind}_cpu"] = statistics.median(taken.cpu for taken in times)
        rows.append(row)
    return rows


def show(name: str, rows: list[dict[str, float]]) -> None:
    """Print a table."""
    kinds = ("cold", "cached", "limit")
    print(
        f"{name:7} nodes" + "".join(f"{kind:>9} ms{'cpu':>8} ms" for kind in kinds) + "  cpu ratio"
    )
    for row in rows:
        cells = "".join(f"{row[kind]:12.2f}{row[kind + '_cpu']:11.2f}" for kind in kinds)
        ratio = row["cold_cpu"] / row["limit_cpu"]
        print(f"{'':7}{row['nodes']:6.0f}{cells}{ratio:11.1f}")


def main() -> int:
    """Measure, print, and return 1 when a limit is broken."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--nodes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    engine_times(chain(50), [], [])
    result: dict[str, Any] = {}
    for name, shape in (("chain", chain), ("layers", layers)):
        rows = measure(shape, given.nodes)
        fits = {
            kind: fit(given.nodes, [row[f"{kind}_cpu"] for row in rows])
            for kind in ("cold", "cached", "limit")
            if len(given.nodes) > 1
        }
        result[name] = {"rows": rows, "exponents": fits}
        if not given.json:
            show(name, rows)
            print("         " + ", ".join(f"{kind} ~ nodes^{b:.2f}" for kind, b in fits.items()))
    if given.json:
        print(json.dumps(result))
    at_400 = [row for shape in result.values() for row in shape["rows"] if row["nodes"] == 400]
    broken = any(row["cold"] > COLD_LIMIT or row["cached"] > CACHED_LIMIT for row in at_400)
    return int(broken)


if __name__ == "__main__":
    sys.exit(main())

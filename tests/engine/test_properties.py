"""Any graph: each needed step is called once, after its inputs, and never without reason."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from aiprod_studio.engine.order import PHASES, Task, ordered
from aiprod_studio.graph.flat import FlatGraph, FlatNode
from aiprod_studio.sdk import NodeSpec, Run, node

from .bench import Bench

CALLS: list[str] = []


@node("prop.sum", "Sum", since="1")
def total(
    run: Run,
    a: int | None = None,
    b: int | None = None,
    c: int | None = None,
    *,
    own: int = 0,
) -> int:
    """Add what comes in to its own number."""
    CALLS.append(run.node)
    return own + 2 * (a or 0) + 3 * (b or 0) + 5 * (c or 0)


SPEC: NodeSpec = total.node_spec  # type: ignore[attr-defined]
Links = list[dict[str, int]]


@st.composite
def dags(draw: st.DrawFn) -> Links:
    """Return for each node which earlier nodes its inputs read."""
    count = draw(st.integers(1, 14))
    return [
        draw(st.dictionaries(st.sampled_from("abc"), st.integers(0, at - 1), max_size=3))
        if at
        else {}
        for at in range(count)
    ]


def flat_of(links: Links, own: dict[int, int]) -> FlatGraph:
    nodes = {}
    for at, read in enumerate(links):
        inputs = {name: (f"n{source}", "integer") for name, source in read.items()}
        # Each node's own number makes its key its own.
        params = {"own": own.get(at, at + 1)}
        nodes[f"n{at}"] = FlatNode(f"n{at}", SPEC, params, inputs)
    return FlatGraph(nodes)


def expected(links: Links, own: dict[int, int]) -> list[int]:
    values: list[int] = []
    for at, read in enumerate(links):
        weights = {"a": 2, "b": 3, "c": 5}
        values.append(own.get(at, at + 1) + sum(weights[k] * values[s] for k, s in read.items()))
    return values


def ancestors(links: Links, target: int) -> set[int]:
    found, asked = set(), [target]
    while asked:
        at = asked.pop()
        if at not in found:
            found.add(at)
            asked += links[at].values()
    return found


@settings(max_examples=30, deadline=None)
@given(dags(), st.data())
def test_each_needed_step_runs_once_after_its_inputs_and_then_never_again(
    links: Links, data: st.DataObject
) -> None:
    target = data.draw(st.integers(0, len(links) - 1))
    changed = data.draw(st.integers(0, len(links) - 1))
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        try:
            _check_runs(bench, links, target, changed)
        finally:
            bench.close()


def _check_runs(bench: Bench, links: Links, target: int, changed: int) -> None:
    CALLS.clear()
    wanted = [f"n{target}"]
    bench.run(flat_of(links, {}), targets=wanted)
    needed = ancestors(links, target)
    assert sorted(CALLS) == sorted(f"n{at}" for at in needed)
    place = {name: at for at, name in enumerate(CALLS)}
    for at in needed:
        assert all(place[f"n{source}"] < place[f"n{at}"] for source in links[at].values())

    bench.reopen()
    CALLS.clear()
    bench.run(flat_of(links, {}), targets=wanted)
    assert CALLS == []

    own = {changed: 100}
    bench.run(flat_of(links, own), targets=wanted)
    dependants = {at for at in needed if changed in ancestors(links, at)}
    assert sorted(CALLS) == sorted(f"n{at}" for at in dependants)
    assert bench.value(flat_of(links, own), f"n{target}") == expected(links, own)[target]


@st.composite
def tasks(draw: st.DrawFn) -> list[Task]:
    made: list[Task] = []
    for at in range(draw(st.integers(1, 25))):
        before = draw(st.sets(st.integers(0, at - 1), max_size=3)) if at else set()
        weights = draw(st.sampled_from([(), ("te",), ("dit",), ("vae",), ("up",)]))
        phase = {"te": "encode", "dit": "sample", "vae": "decode", "up": "upscale"}
        after = [f"t{index}" for index in before]
        made.append(Task(f"t{at}", after, weights, phase.get(weights[0], "") if weights else ""))
    return made


@settings(max_examples=100, deadline=None)
@given(tasks())
def test_order_keeps_links_and_encodes_before_the_first_sampler(graph: list[Task]) -> None:
    order = ordered(graph)
    place = {name: at for at, name in enumerate(order)}
    assert sorted(order) == sorted(task.name for task in graph)
    for task in graph:
        assert all(place[before] < place[task.name] for before in task.after)
    later = {task.name for task in graph if PHASES.get(task.phase, 0) > PHASES["encode"]}
    first = min((place[name] for name in later), default=len(order))
    behind: set[str] = set()
    for task in graph:
        if task.name in later or any(name in behind for name in task.after):
            behind.add(task.name)
    for task in graph:
        # Whatever encodes and needs no sampler comes before all samplers.
        if task.phase == "encode" and task.name not in behind:
            assert place[task.name] < first


def test_the_steps_of_one_model_stay_together() -> None:
    shots = range(5)
    graph = [Task(f"encode{n}", (), ("te",), "encode") for n in shots]
    graph += [Task(f"sample{n}", (f"encode{n}",), ("dit",), "sample") for n in shots]
    graph += [Task(f"up{n}", (f"sample{n}",), ("up",), "upscale") for n in shots]
    graph += [Task(f"again{n}", (f"up{n}",), ("dit",), "sample") for n in shots]
    graph += [Task(f"decode{n}", (f"again{n}",), ("vae",), "decode") for n in shots]
    graph += [Task(f"save{n}", (f"decode{n}",)) for n in shots]
    weights = {task.name: task.weights for task in graph}
    used = [weights[name] for name in ordered(graph) if weights[name]]
    changes = sum(one != two for one, two in itertools.pairwise(used))
    assert changes == 4

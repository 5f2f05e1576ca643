"""The interface of a sub-graph seen from outside: what its uses must follow when it changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Literal

from aiprod_studio.graph.graphs import ABSENT, Graph
from aiprod_studio.graph.history import Draft
from aiprod_studio.graph.records import INTERFACE, Json, Node, Source, frozen

Kind = Literal["inputs", "outputs", "params"]


def uses(draft: Draft, name: str) -> Iterator[tuple[str, Node]]:
    """Yield (within, node) for every use of a sub-graph."""
    found = [
        (within, node)
        for within, graph in draft.content.scopes()
        for node in graph.nodes.values()
        if node.subgraph == name
    ]
    yield from ((within, draft.node(within, node.name)) for within, node in found)


def forget(draft: Draft, subgraph: str, kind: Kind, names: Iterable[str]) -> None:
    """Remove parts of an interface, and all links and values that belonged to them."""
    gone = dict.fromkeys(names)
    if gone and subgraph:
        _follow(draft, subgraph, kind, gone)


def rename(draft: Draft, subgraph: str, kind: Kind, old: str, new: str) -> None:
    """Rename a part of an interface, inside and in all uses."""
    _follow(draft, subgraph, kind, {old: new})


def _follow(draft: Draft, subgraph: str, kind: Kind, changed: Mapping[str, str | None]) -> None:
    """Change the interface first, so that a sub-graph inside itself cannot send this in circles."""
    _follow_table(draft, subgraph, kind, changed)
    if kind == "inputs":
        _follow_sources(draft, subgraph, draft.graph(subgraph), INTERFACE, changed)
    for within, use in uses(draft, subgraph):
        if kind == "inputs":
            draft.put_node(within, replace(use, inputs=frozen(_keys(use.inputs, changed))))
        elif kind == "outputs":
            _follow_sources(draft, within, draft.graph(within), use.name, changed)
        else:
            draft.put_node(within, replace(use, params=frozen(_keys(use.params, changed))))
            _follow_promoted(draft, within, use.name, changed)


def _follow_table(
    draft: Draft, subgraph: str, table: Kind, changed: Mapping[str, str | None]
) -> None:
    for old, new in changed.items():
        record = draft.content.get(subgraph, table, old)
        draft.put(subgraph, table, old, ABSENT)
        if new is not None:
            draft.put(subgraph, table, new, record)


def _follow_sources(
    draft: Draft, within: str, graph: Graph, source: str, changed: Mapping[str, str | None]
) -> None:
    """Change or drop the links, and outputs of the graph, that start at outputs of `source`."""
    for node in list(graph.nodes.values()):
        inputs = _sources(node.inputs, source, changed)
        if inputs != dict(node.inputs):
            draft.put_node(within, replace(node, inputs=frozen(inputs)))
    outputs = _sources(graph.outputs, source, changed)
    forget(draft, within, "outputs", [name for name in graph.outputs if name not in outputs])
    for name, value in outputs.items():
        draft.put(within, "outputs", name, value)


def _follow_promoted(
    draft: Draft, within: str, use: str, changed: Mapping[str, str | None]
) -> None:
    """Change or drop parameters of the graph that set parameters of `use`."""
    graph = draft.graph(within)
    params = _sources(graph.params, use, changed)
    forget(draft, within, "params", [name for name in graph.params if name not in params])
    for name, value in params.items():
        draft.put(within, "params", name, value)


def _sources(
    table: Mapping[str, Source], node: str, changed: Mapping[str, str | None]
) -> dict[str, Source]:
    found: dict[str, Source] = {}
    for name, source in table.items():
        following = changed.get(source[1], source[1]) if source[0] == node else source[1]
        if following is not None:
            found[name] = (source[0], following)
    return found


def _keys(values: Mapping[str, Json], changed: Mapping[str, str | None]) -> dict[str, Json]:
    named = ((changed.get(name, name), value) for name, value in values.items())
    return {name: value for name, value in named if name is not None}

"""A document with its sub-graphs unfolded: every node inside one gets the name `use/inner`.

Only `flat` uses it. Links still pass through uses, reroutes and bypassed nodes; `origins` sees
through them. Muted and bypassed uses stay closed. The document is not changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from aiprod_studio.graph.graphs import Content, Graph
from aiprod_studio.graph.origins import Gap, Origin, Origins
from aiprod_studio.graph.records import EMPTY, INTERFACE, Json, Node, Source, frozen
from aiprod_studio.graph.specs import Catalog

ENTRY = f"/{INTERFACE}"
REASONS = {"mute": "it is muted", "bypass": "it is bypassed"}


@dataclass(frozen=True, slots=True)
class Unfolded:
    """All nodes by full name, uses included; why some take no part; where links start."""

    nodes: Mapping[str, Node]
    left_out: Mapping[str, str]
    origins: Origins


def unfolded(content: Content, catalog: Catalog) -> Unfolded:
    """Unfold a document that has no recursion and is not too large."""
    nodes: dict[str, Node] = {}
    left_out: dict[str, str] = {}
    waiting: list[tuple[str, Graph, Mapping[str, Mapping[str, Json]]]] = [("", content.root, EMPTY)]
    while waiting:
        prefix, graph, values = waiting.pop()
        for name, node in graph.nodes.items():
            full = _placed(node, prefix, values.get(name, EMPTY))
            nodes[full.name] = full
            if node.mode != "active":
                left_out[full.name] = REASONS[node.mode]
            elif node.subgraph is not None:
                inner = content.subgraphs[node.subgraph]
                waiting.append((full.name + "/", inner, _passed_on(full, inner)))
    return Unfolded(nodes, left_out, _FlatOrigins(nodes, content, catalog))


def _placed(node: Node, prefix: str, values: Mapping[str, Json]) -> Node:
    if not prefix:
        return node
    return replace(
        node,
        name=prefix + node.name,
        params=frozen({**node.params, **values}),
        inputs=frozen({n: (prefix + source, out) for n, (source, out) in node.inputs.items()}),
    )


def _passed_on(use: Node, graph: Graph) -> dict[str, dict[str, Json]]:
    """Return, by node inside, the parameters that the use sets."""
    values: dict[str, dict[str, Json]] = {}
    for name, (inner, param) in graph.params.items():
        if name in use.params:
            values.setdefault(inner, {})[param] = use.params[name]
    return values


class _FlatOrigins(Origins):
    """Follows links also into and out of sub-graphs."""

    def __init__(self, nodes: Mapping[str, Node], content: Content, catalog: Catalog) -> None:
        super().__init__(nodes, catalog.spec)
        self._content = content

    def _step(self, source: Source) -> Origin | None:
        name, output = source
        if name.endswith(ENTRY):
            use = self._nodes[name[: -len(ENTRY)]]
            return use.inputs.get(output) or Gap("empty", use.name, output)
        node = self._nodes.get(name)
        if node is None or node.subgraph is None or node.mode != "active":
            return super()._step(source)
        inner, given = self._content.subgraphs[node.subgraph].outputs[output]
        return f"{name}/{inner}", given

"""Which spec a node has: from the packs, from a sub-graph's interface, or built in.

Rules, commands and `flatten` ask a `Catalog`. Specs of sub-graphs are derived from what is inside
them and never stored. A type that nobody knows has no spec; such a node is a ghost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from aiprod_studio.graph.graphs import Content, Graph
from aiprod_studio.graph.origins import Gap, Origins
from aiprod_studio.graph.records import (
    EMPTY,
    INTERFACE,
    SUBGRAPH,
    Node,
    Source,
    frozen,
)
from aiprod_studio.graph.reroute import REROUTE
from aiprod_studio.sdk import ANY, InputSpec, NodeSpec, OutputSpec, ParamSpec
from aiprod_studio.sdk.hints import Group

Specs: TypeAlias = Mapping[str, NodeSpec]
"""Node type to spec, as the packs declare them."""

DEEPEST = 32


def resolve(specs: Specs, node_type: str) -> NodeSpec | None:
    """Return the spec of a type, also by a name it had once (`NodeSpec.replaces`), or None."""
    found = specs.get(node_type)
    if found is not None or node_type == REROUTE.type:
        return found or REROUTE
    return next((spec for spec in specs.values() if node_type in spec.replaces), None)


def replaced(node: Node, spec: NodeSpec) -> Node:
    """Return the node with the type, parameters and inputs as the spec calls them today."""
    if node.type == spec.type and not (spec.renamed and _has_old(node, spec)):
        return node
    return replace(
        node,
        type=spec.type,
        params=frozen(_renamed(node.params, spec.renamed)),
        inputs=frozen(_renamed(node.inputs, spec.renamed)),
    )


def _has_old(node: Node, spec: NodeSpec) -> bool:
    parts = (node.params, node.inputs)
    names = spec.renamed.items()
    return any(old in part and new not in part for part in parts for old, new in names)


def _renamed(values: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Rename keys; a value that stands under the new name already is not replaced."""
    free = {old: new for old, new in names.items() if old in values and new not in values}
    return {free.get(name, name): value for name, value in values.items()}


class Catalog:
    """The specs of one document with one set of packs; made anew when either changes."""

    def __init__(self, content: Content, specs: Specs | None) -> None:
        self._content = content
        self._specs: Specs = specs if specs is not None else EMPTY
        self._old: dict[str, NodeSpec] | None = None
        self._subgraphs: dict[str, NodeSpec | None] = {}
        self._open: list[str] = []
        self._outputs: dict[tuple[str, str], str | None] = {}
        self.knows_packs = specs is not None

    def spec(self, node_type: str) -> NodeSpec | None:
        """Return the spec of a node type, or None for a ghost."""
        found = self._specs.get(node_type)
        if found is not None:
            return found
        if node_type == REROUTE.type:
            return REROUTE
        if node_type.startswith(SUBGRAPH):
            return self._subgraph(node_type[len(SUBGRAPH) :])
        return self._former().get(node_type)

    def types(self) -> Iterator[str]:
        """Yield every type that a node may have here."""
        yield from self._specs
        yield from (SUBGRAPH + name for name in self._content.subgraphs)
        yield REROUTE.type

    def origins(self, graph: Graph) -> Origins:
        """Return where the links of a graph really start."""
        return Origins(graph.nodes, self.spec)

    def type_of(self, graph: Graph, source: Source) -> str | None:
        """Return the socket type of an output, or None when it is not known."""
        node, output = source
        if node == INTERFACE:
            socket = graph.inputs.get(output)
            return socket.type if socket else None
        found = graph.nodes.get(node)
        return self.output_type(found.type, output) if found else None

    def output_type(self, node_type: str, output: str) -> str | None:
        """Return the socket type of an output of such nodes, or None when it is not known."""
        key = (node_type, output)
        if key not in self._outputs:
            spec = self.spec(node_type)
            socket = spec.output(output) if spec else None
            if not (socket or spec):
                return None
            self._outputs[key] = socket.type if socket else None
        return self._outputs[key]

    def _former(self) -> dict[str, NodeSpec]:
        if self._old is None:
            specs = self._specs.values()
            self._old = {old: spec for spec in specs for old in spec.replaces}
        return self._old

    def _subgraph(self, name: str) -> NodeSpec | None:
        """Return the spec of a use; None while it is being derived, which means recursion."""
        if name in self._subgraphs:
            return self._subgraphs[name]
        graph = self._content.subgraphs.get(name)
        if graph is None or name in self._open or len(self._open) >= DEEPEST:
            return None
        self._open.append(name)
        try:
            spec = self._derive(name, graph)
        finally:
            self._open.pop()
        self._subgraphs[name] = spec
        return spec

    def _derive(self, name: str, graph: Graph) -> NodeSpec:
        origins = self.origins(graph)
        needed = self._needed(graph, origins)
        inputs = (InputSpec(n, i.type, n not in needed) for n, i in sorted(graph.inputs.items()))
        outputs = (
            OutputSpec(n, self._real_type(graph, origins, source))
            for n, source in sorted(graph.outputs.items())
        )
        params = (self._param(graph, n, source) for n, source in sorted(graph.params.items()))
        return NodeSpec(
            type=SUBGRAPH + name,
            title=name,
            version="",
            inputs=tuple(inputs),
            outputs=tuple(outputs),
            params=tuple(param for param in params if param is not None),
            doc=f"The sub-graph {name!r}.",
            takes_run=False,
        )

    def _needed(self, graph: Graph, origins: Origins) -> set[str]:
        """Return the inputs of a sub-graph that some node inside cannot do without."""
        found: set[str] = set()
        for node in graph.nodes.values():
            spec = self.spec(node.type) if node.mode == "active" and node.inputs else None
            if spec is None or spec is REROUTE:
                continue
            for socket in spec.inputs:
                source = node.inputs.get(socket.name)
                if source is None or socket.optional:
                    continue
                origin = origins.of(source)
                if not isinstance(origin, Gap) and origin[0] == INTERFACE:
                    found.add(origin[1])
        return found

    def _real_type(self, graph: Graph, origins: Origins, source: Source) -> str:
        origin = origins.of(source)
        found = self.type_of(graph, source if isinstance(origin, Gap) else origin)
        return found or ANY

    def _param(self, graph: Graph, name: str, source: Source) -> ParamSpec | None:
        node = graph.nodes.get(source[0])
        spec = self.spec(node.type) if node else None
        param = spec.param(source[1]) if spec else None
        if node is None or param is None:
            return None
        default = node.params.get(param.name, param.default)
        return replace(param, name=name, default=default, group=Group(), when=None)

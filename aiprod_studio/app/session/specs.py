"""Which node type stands behind a name, also inside sub-graphs. No Qt."""

from __future__ import annotations

from collections.abc import Mapping

from aiprod_studio.graph import Document
from aiprod_studio.sdk import NodeSpec


def spec_of(document: Document, specs: Mapping[str, NodeSpec], path: str) -> NodeSpec | None:
    """Return the spec of a node (`name`, or `use/inner` in a sub-graph), None for a ghost."""
    nodes: Mapping[str, object] = document.nodes
    *uses, last = path.split("/")
    for use in uses:
        inside = getattr(nodes.get(use), "subgraph", None)
        graph = document.subgraphs.get(inside) if inside else None
        if graph is None:
            return None
        nodes = graph.nodes
    return specs.get(getattr(nodes.get(last), "type", ""))

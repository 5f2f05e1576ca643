"""What a canvas shows, as plain data, and what it should show, read from the document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiprod_studio.graph import Document
from aiprod_studio.ui.canvas import CanvasView
from aiprod_studio.ui.canvas.link_item import LinkItem
from aiprod_studio.ui.canvas.node_item import NodeItem
from aiprod_studio.ui.canvas.projection import Projection


def seen(projection: Projection) -> dict[str, Any]:
    """Return what the items show; nothing is read from the document."""
    return {
        "nodes": {name: _node(item) for name, item in projection.nodes.items()},
        "links": {str(item.link) for item in projection.links.values()},
        "outlets": {source: item.words for source, item in projection.outlets.items.items()},
        "frames": {
            name: (item.frame, item.name) for name, item in projection.groups.frames.items()
        },
        "notes": {name: (item.note, item.name) for name, item in projection.groups.notes.items()},
    }


def _node(item: NodeItem) -> dict[str, Any]:
    view = dict(item.view)
    shown = {side_name: socket.linked for side_name, socket in item.drawn.sockets.items()}
    return {
        "name": (item.name, item.id), "type": item.node.type, "mode": item.node.mode,
        "params": dict(item.node.params), "inputs": dict(item.node.inputs), "view": view,
        "pos": [item.pos().x(), item.pos().y()] if "pos" in view else None,
        "folded": item.drawn.folded,
        "linked": {name for (side, name), linked in shown.items() if side == "input" and linked},
        "title": item.spec.title if item.spec else None,
    }  # fmt: skip


def wanted(document: Document, within: str) -> dict[str, Any]:
    """Return what should be seen of a graph of the document."""
    graph, catalog = document.graph(within), document.catalog()
    nodes = {}
    for name, node in graph.nodes.items():
        view = dict(graph.view.get(name, {}))
        spec = catalog.spec(node.type)
        bend = node.type == "graph.reroute"
        pos = view.get("pos")
        nodes[name] = {
            "name": (name, name), "type": node.type, "mode": node.mode,
            "params": dict(node.params), "inputs": dict(node.inputs), "view": view,
            "pos": [float(pos[0]), float(pos[1])] if pos is not None else None,
            "folded": view.get("collapsed") is True and not bend,
            "linked": set(node.inputs), "title": spec.title if spec else None,
        }  # fmt: skip
    return {
        "nodes": nodes,
        "links": {str(link) for link in graph.links()},
        "outlets": _outlets(graph.outputs),
        "frames": {frame.name: (frame, frame.name) for frame in graph.frames},
        "notes": {note.name: (note, note.name) for note in graph.notes},
    }


def _outlets(outputs: Mapping[str, tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Return the names under which each output goes out of a sub-graph."""
    sources = dict.fromkeys(outputs.values())
    return {
        source: ", ".join(name for name, found in outputs.items() if found == source)
        for source in sources
    }


def joined_up(projection: Projection) -> bool:
    """Say whether every link begins and ends at the sockets that it names."""
    for item in projection.links.values():
        path, link = item.path(), item.link
        target = projection.nodes[link.target].socket_point("input", link.input)
        source = projection.nodes.get(link.source)
        start = source.socket_point("output", link.output) if source else None
        end = path.pointAtPercent(1)
        if target is None or (end - target).manhattanLength() > 0.5:
            return False
        if start is not None and (path.pointAtPercent(0) - start).manhattanLength() > 0.5:
            return False
    return True


def in_scene(projection: Projection, items: list[object]) -> bool:
    """Say whether the scene holds exactly the items of the projection."""
    known = {id(item) for item in (*projection.items(), *projection.links.values())}
    there = {id(i) for i in items if isinstance(i, NodeItem | LinkItem) or hasattr(i, "grip_at")}
    return known == there


def same(view: CanvasView) -> None:
    """Demand that a view shows what its document holds."""
    projection = view.projection
    assert seen(projection) == wanted(view.document, projection.within)
    assert joined_up(projection)
    assert in_scene(projection, view.viewer.scene().items())

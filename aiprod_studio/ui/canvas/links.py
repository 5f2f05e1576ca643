"""The links of the graph that is shown: their items, ways and colours.

The part of the projection that is not nodes; it reads nodes and graph from the projection and
changes neither.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QGraphicsScene

from aiprod_studio.graph import Link
from aiprod_studio.graph.graphs import Graph
from aiprod_studio.graph.origins import Gap, Origins
from aiprod_studio.sdk import ANY
from aiprod_studio.ui.canvas.link_item import LinkItem
from aiprod_studio.ui.canvas.shape import REROUTE

if TYPE_CHECKING:
    from aiprod_studio.ui.canvas.projection import Projection

Key = tuple[str, str]
"""A link by where it arrives: (node, input)."""


class Links:
    """The items of links, found by where they arrive and by where they start."""

    def __init__(self, projection: Projection, scene: QGraphicsScene) -> None:
        self.items: dict[Key, LinkItem] = {}
        self._projection = projection
        self._scene = scene
        self._users: dict[str, set[Key]] = {}
        self._origins: Origins | None = None

    def note(self, graph: Graph) -> None:
        """Learn where all links start, before the nodes that show it are made."""
        for link in graph.links():
            self._users.setdefault(link.source, set()).add((link.target, link.input))

    def project(self, graph: Graph) -> None:
        """Show all links of a graph."""
        for link in graph.links():
            self._show(link)

    def forget(self) -> None:
        """Forget what flows, because nodes, links or specs changed."""
        self._origins = None

    def clear(self) -> None:
        """Let go of all items."""
        for item in self.items.values():
            self._scene.removeItem(item)
        self.items.clear()
        self._users.clear()
        self._origins = None

    def read_from(self, name: str) -> tuple[str, ...]:
        """Return the outputs of a node that links start at."""
        nodes = self._projection.graph.nodes
        keys = ((t, i) for t, i in self._users.get(name, ()) if t in nodes and i in nodes[t].inputs)
        return tuple(sorted({nodes[target].inputs[name][1] for target, name in keys}))

    def flowing(self, source: tuple[str, str]) -> tuple[str, bool]:
        """Return the real type that comes from an output, and whether anything comes at all."""
        catalog, graph = self._projection.catalog, self._projection.graph
        if self._origins is None:
            self._origins = catalog.origins(graph)
        origin = self._origins.of(source)
        if isinstance(origin, Gap):
            return catalog.type_of(graph, source) or ANY, False
        return catalog.type_of(graph, origin) or ANY, True

    def begin(self, link: Link) -> None:
        """Learn of a new link, before its nodes are shown again."""
        self._origins = None
        self._users.setdefault(link.source, set()).add((link.target, link.input))

    def add(self, link: Link) -> None:
        """Show a new link."""
        self._show(link)
        self._dress_after(link)

    def remove(self, link: Link) -> None:
        """Let go of a link, before its nodes are shown again."""
        self._origins = None
        key = (link.target, link.input)
        item = self.items.pop(key, None)
        if item is not None:
            self._scene.removeItem(item)
        users = self._users.get(link.source, set())
        users.discard(key)
        if not users:
            self._users.pop(link.source, None)
        self._dress_after(link)

    def rename(self, old: str, new: str, inputs: Iterable[str]) -> None:
        """Let the links that arrive at a node arrive at its new name; no others touch it."""
        self._origins = None
        for name in inputs:
            item = self.items.pop((old, name), None)
            if item is not None:
                item.link = replace(item.link, target=new)
                self.items[new, name] = item
                users = self._users.setdefault(item.link.source, set())
                users.discard((old, name))
                users.add((new, name))

    def route_around(self, name: str) -> None:
        """Route all links of a node again."""
        item = self._projection.nodes.get(name)
        keys = set(self._users.get(name, ()))
        if item is not None:
            keys |= {(name, socket) for socket in item.node.inputs}
        for key in keys:
            if key in self.items:
                self._route(self.items[key])

    def dress_all(self) -> None:
        """Colour all links again."""
        for item in self.items.values():
            self._dress(item)

    def _show(self, link: Link) -> None:
        key = (link.target, link.input)
        old = self.items.pop(key, None)
        if old is not None:
            self._scene.removeItem(old)
        item = self.items[key] = LinkItem(link, self._projection.palette)
        self._route(item)
        self._dress(item)
        self._scene.addItem(item)

    def _route(self, item: LinkItem) -> None:
        link, nodes = item.link, self._projection.nodes
        target, source = nodes.get(link.target), nodes.get(link.source)
        end = target.socket_point("input", link.input) if target else None
        start = source.socket_point("output", link.output) if source else None
        item.setVisible(end is not None)
        if end is not None:
            was = item.stray
            item.route(start, end)
            if was != item.stray:
                self._dress(item)

    def _dress(self, item: LinkItem) -> None:
        kind, flows = self.flowing((item.link.source, item.link.output))
        target = self._projection.graph.nodes.get(item.link.target)
        muted = target is not None and target.mode == "mute"
        item.dress(self._projection.palette.socket(kind), muted or not flows)
        bend = self._projection.nodes.get(item.link.target)
        if bend is not None and bend.drawn.bend:
            bend.flowing = kind
            bend.update()

    def _dress_after(self, link: Link) -> None:
        """Colour what follows a bend or a bypassed node, through which types are seen."""
        graph, nodes = self._projection.graph, self._projection.nodes
        target = graph.nodes.get(link.target)
        through = target is None or target.type == REROUTE or target.mode != "active"
        if through or any(item.node.subgraph is not None for item in nodes.values()):
            self.dress_all()

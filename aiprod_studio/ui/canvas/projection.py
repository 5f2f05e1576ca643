"""The document on the canvas: facts come in, items follow; the view equals the document.

Made by `CanvasView`, asked by gestures. A fact says what to look at again; what is shown is always
read from the document, so that nothing is remembered here that could be wrong. It changes no
document.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtWidgets import QGraphicsScene

from aiprod_studio.graph import Document, Link, Node, facts
from aiprod_studio.graph.graphs import Graph
from aiprod_studio.graph.records import EMPTY
from aiprod_studio.graph.specs import Catalog
from aiprod_studio.ui.canvas import arranging
from aiprod_studio.ui.canvas.groups import Groups
from aiprod_studio.ui.canvas.links import Links
from aiprod_studio.ui.canvas.looks import PLAIN, NodeLook
from aiprod_studio.ui.canvas.node_item import NodeItem
from aiprod_studio.ui.canvas.outlets import Outlets
from aiprod_studio.ui.canvas.palette import Palette


class Projection:
    """What one graph of a document looks like; `within` names the sub-graph that is shown."""

    def __init__(
        self,
        document: Document,
        scene: QGraphicsScene,
        palette: Palette,
        changed: Callable[[], None],
    ) -> None:
        self.document = document
        self.palette = palette
        self.within = ""
        self.prefix = ""
        self.slots: dict[str, int] = {}
        self.nodes: dict[str, NodeItem] = {}
        self.threads = Links(self, scene)
        self.outlets = Outlets(self, scene)
        self.links = self.threads.items
        self.flowing = self.threads.flowing
        self.looks: dict[str, NodeLook] = {}
        self._scene = scene
        self._changed = changed
        self._strange: dict[str, arranging.Point] = {}
        self._catalog: Catalog | None = None
        self.groups = Groups(scene, palette, self.area_of)
        self._end = document.events.subscribe(self.follow)
        self.project()

    # What there is.

    @property
    def graph(self) -> Graph:
        """The graph that is shown."""
        return self.document.graph(self.within)

    @property
    def catalog(self) -> Catalog:
        """The specs as they are now."""
        if self._catalog is None:
            self._catalog = self.document.catalog()
        return self._catalog

    def area_of(self, name: str) -> QRectF | None:
        """Return what a node covers on the canvas."""
        item = self.nodes.get(name)
        return item.area if item else None

    def boxes(self, names: Iterable[str]) -> dict[str, arranging.Box]:
        """Return what nodes cover, as numbers."""
        areas = {name: self.nodes[name].area for name in names if name in self.nodes}
        return {
            name: arranging.Box(a.x(), a.y(), a.width(), a.height()) for name, a in areas.items()
        }

    def whole(self) -> QRectF:
        """Return what everything covers."""
        found = QRectF()
        for item in self.items():
            found = found.united(item.area)
        return found

    def items(self) -> Iterator[NodeItem]:
        """Yield nodes, frames and notes; all have an `area` and a `name`."""
        yield from self.nodes.values()
        yield from self.groups.items()

    # How it follows.

    def project(self, within: str = "", prefix: str = "") -> None:
        """Show a graph from scratch; `prefix` is the path of the use that it was entered by."""
        self._clear()
        self.within = within if within in self.document.subgraphs else ""
        self.prefix = prefix if self.within else ""
        self._forget()
        graph = self.graph
        self.threads.note(graph)
        for node in graph.nodes.values():
            self._add(node)
        self._place_strangers()
        self.threads.project(graph)
        self.outlets.project(graph.outputs)
        self.groups.project(graph)
        self._changed()

    def follow(self, fact: facts.Fact) -> None:
        """Apply what happened to the document."""
        if isinstance(fact, facts.SubgraphAdded | facts.SubgraphRemoved):
            self._subgraphs_changed(fact.name)
        elif isinstance(fact, facts.InterfaceChanged) or fact.within != self.within:
            self._inside_changed()
        if fact.within == self.within:
            if isinstance(fact, facts.InterfaceChanged):
                self.outlets.project(self.graph.outputs)
            else:
                self._apply(fact)
            self._changed()

    def close(self) -> None:
        """Stop following and let go of all items."""
        self._end()
        self._clear()

    def show_look(self, name: str, look: NodeLook) -> None:
        """Show how a node stands, by its path (`use/inner`); kept for when it is seen."""
        self.looks[name] = look
        seen = self.seen_as(name)
        item = self.nodes.get(seen)
        if item is not None:
            tall = item.area.height()
            item.show_look(look)
            if item.area.height() != tall:
                self._route_around(seen)

    def seen_as(self, path: str) -> str:
        """Return the name under which a node is seen, "" when it is in another graph."""
        if bool(self.prefix) != bool(self.within) or not path.startswith(self.prefix):
            return ""
        name = path[len(self.prefix) :]
        return "" if "/" in name else name

    def show_slots(self, slots: Mapping[str, int]) -> None:
        """Show the digits under which nodes are kept for the viewer, by path."""
        self.slots = dict(slots)
        for name, item in self.nodes.items():
            item.show_digit(self.slots.get(self.prefix + name, 0))

    def put_back(self, name: str) -> None:
        """Show a node where the document has it, after a gesture moved its picture."""
        self._refresh(name)

    def carry(self, name: str, place: QPointF) -> None:
        """Show a node at a place, while a gesture moves it."""
        item = self.nodes.get(name)
        if item is not None:
            item.setPos(place)
            self._route_around(name)

    # Parts.

    def _apply(self, fact: facts.Fact) -> None:
        if isinstance(fact, facts.NodeAdded):
            self.threads.forget()
            self._add(fact.node)
            self._route_around(fact.node.name)
        elif isinstance(fact, facts.NodeRemoved):
            self._remove(fact.node)
        elif isinstance(fact, facts.NodeRenamed):
            self._rename(fact.old, fact.new)
        elif isinstance(fact, facts.Connected):
            self._connect(fact.link)
        elif isinstance(fact, facts.Disconnected):
            self._disconnect(fact.link)
        elif isinstance(fact, facts.NodeChanged):
            self._forget()
            self._refresh(fact.node.name)
            self.threads.dress_all()
        elif isinstance(fact, facts.ModeSet):
            self.threads.forget()
            self._refresh(fact.node)
            self.threads.dress_all()
        elif isinstance(fact, facts.ParamSet | facts.ParamReset | facts.ViewSet):
            self._refresh(fact.node)
        else:
            self.groups.follow(fact, self.graph)

    def _subgraphs_changed(self, name: str) -> None:
        self._forget()
        if self.within and (self.within == name or self.within not in self.document.subgraphs):
            self.project(self.within, self.prefix)
        else:
            self._inside_changed()

    def _inside_changed(self) -> None:
        """Show the uses of sub-graphs again: what is inside decides how they look."""
        self._forget()
        for name, item in list(self.nodes.items()):
            if item.node.subgraph is not None:
                self._refresh(name)
        self.threads.dress_all()

    def _forget(self) -> None:
        self._catalog = None
        self.threads.forget()

    def _add(self, node: Node) -> None:
        if node.name in self.nodes:
            self._remove(node.name)
        item = NodeItem(node, self.palette)
        item.id = node.name
        self.nodes[node.name] = item
        self._show(item, node)
        look = self.looks.get(self.prefix + node.name)
        if look is not None and bool(self.prefix) == bool(self.within):
            item.show_look(look)
        item.show_digit(self.slots.get(self.prefix + node.name, 0))
        self._scene.addItem(item)

    def _remove(self, name: str) -> None:
        item = self.nodes.pop(name, None)
        self.threads.forget()
        if item is not None:
            self._scene.removeItem(item)
            self._route_around(name)

    def _rename(self, old: str, new: str) -> None:
        item = self.nodes.pop(old, None)
        self.threads.forget()
        if item is not None:
            item.id = new
            self.nodes[new] = item
            self.threads.rename(old, new, tuple(item.node.inputs))
            self.looks[self.prefix + new] = self.looks.pop(self.prefix + old, PLAIN)
            self._refresh(new)

    def _connect(self, link: Link) -> None:
        self.threads.begin(link)
        for name in (link.source, link.target):
            self._refresh(name)
        self.threads.add(link)

    def _disconnect(self, link: Link) -> None:
        self.threads.remove(link)
        for name in (link.source, link.target):
            self._refresh(name)

    def _refresh(self, name: str) -> None:
        item, node = self.nodes.get(name), self.graph.nodes.get(name)
        if item is not None and node is not None:
            self._show(item, node)
            self._route_around(name)

    def _show(self, item: NodeItem, node: Node) -> None:
        view = self.graph.view.get(node.name, EMPTY)
        read = self.threads.read_from(node.name)
        item.show_node(node, view, self.catalog.spec(node.type), read)
        pos = view.get("pos")
        if pos is not None:
            item.setPos(float(pos[0]), float(pos[1]))
        elif node.name in self._strange:
            item.setPos(*self._strange[node.name])

    def _route_around(self, name: str) -> None:
        self.threads.route_around(name)
        self.outlets.follow(name)
        self.groups.follow_member(name)

    def _place_strangers(self) -> None:
        """Give nodes without a place one that is only seen, in columns as they wait."""
        graph = self.graph
        strangers = [name for name in graph.nodes if "pos" not in graph.view.get(name, EMPTY)]
        if not strangers:
            return
        reads = {name: [s for s, _ in graph.nodes[name].inputs.values()] for name in strangers}
        settled = [item.area.bottom() for name, item in self.nodes.items() if name not in reads]
        corner = (0.0, max(settled) + 80 if settled else 0.0)
        self._strange = arranging.columns(self.boxes(strangers), reads, corner)
        for name, place in self._strange.items():
            self.nodes[name].setPos(*place)

    def _clear(self) -> None:
        self.threads.clear()
        self.outlets.clear()
        for node in self.nodes.values():
            self._scene.removeItem(node)
        self.groups.clear()
        self.nodes.clear()
        self._strange = {}

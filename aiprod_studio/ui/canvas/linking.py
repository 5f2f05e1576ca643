"""The gesture that draws a link from a socket to another, and which sockets it may reach.

While it lasts only legal sockets stand out, found in one pass over the graph; where it would be
refused the document's own reason is shown. Dropped on empty canvas it asks for a node.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QGraphicsPathItem

from aiprod_studio.graph import Link
from aiprod_studio.graph.commands import Connect
from aiprod_studio.sdk import ANY, fits
from aiprod_studio.ui.canvas.gestures import OVER, Gesture, Keys
from aiprod_studio.ui.canvas.link_item import curve
from aiprod_studio.ui.canvas.node_item import NodeItem
from aiprod_studio.ui.canvas.palette import colour
from aiprod_studio.ui.canvas.projection import Projection
from aiprod_studio.ui.canvas.shape import Side, Socket

if TYPE_CHECKING:
    from aiprod_studio.ui.canvas.viewer import Viewer


@dataclass(frozen=True)
class End:
    """A socket of a node, by name."""

    side: Side
    node: str
    socket: str


def legal(projection: Projection, fixed: End) -> dict[str, frozenset[tuple[str, str]]]:
    """Return, by node, the sockets that a link from `fixed` may reach."""
    closed, may = _targets(projection, fixed) if fixed.side == "output" else (
        _sources(projection, fixed)
    )  # fmt: skip
    return {
        name: frozenset()
        if name in closed
        else frozenset((s.side, s.name) for s in item.drawn.sockets.values() if may(name, s))
        for name, item in projection.nodes.items()
    }


def _targets(projection: Projection, fixed: End) -> tuple[set[str], Callable[[str, Socket], bool]]:
    """Return the nodes before an output, which would loop, and whether an input may take it."""
    kind, _ = projection.flowing((fixed.node, fixed.socket))
    nodes = projection.graph.nodes.items()
    reads = {name: [source for source, _ in node.inputs.values()] for name, node in nodes}
    return reached(fixed.node, reads), lambda _, s: s.side == "input" and fits(kind, s.type)


def _sources(projection: Projection, fixed: End) -> tuple[set[str], Callable[[str, Socket], bool]]:
    """Return the nodes after an input, which would loop, and whether an output may feed it."""
    graph = projection.graph
    spec = projection.catalog.spec(graph.nodes[fixed.node].type)
    known = spec.input(fixed.socket) if spec else None
    wanted = known.type if known else ANY
    users: dict[str, list[str]] = {}
    for link in graph.links():
        users.setdefault(link.source, []).append(link.target)

    def may(name: str, socket: Socket) -> bool:
        return socket.side == "output" and fits(projection.flowing((name, socket.name))[0], wanted)

    return reached(fixed.node, users), may


def reached(start: str, ways: dict[str, list[str]]) -> set[str]:
    """Return all that is reached from a node, itself included."""
    found, waiting = {start}, [start]
    while waiting:
        for further in ways.get(waiting.pop(), ()):
            if further not in found:
                found.add(further)
                waiting.append(further)
    return found


class DrawLink(Gesture):
    """Draws a link from `fixed`; `taken` is the link that was taken off an input, if any."""

    def __init__(self, viewer: Viewer, at: QPointF, fixed: End, taken: Link | None = None) -> None:
        super().__init__(viewer, at)
        self._fixed = fixed
        self._taken = taken
        self._target: End | None = None
        self._reason = ""
        self._moved = False
        projection = viewer.projection
        self._legal = legal(projection, fixed)
        for name, item in projection.nodes.items():
            own = {(fixed.side, fixed.socket)} if name == fixed.node else set()
            item.light(self._legal[name] | own)
        self._hidden = projection.links.get((taken.target, taken.input)) if taken else None
        if self._hidden is not None:
            self._hidden.setVisible(False)
        self._curve = QGraphicsPathItem()
        self._curve.setZValue(OVER)
        viewer.scene().addItem(self._curve)
        self._draw(at)

    def move(self, at: QPointF, keys: Keys) -> None:
        self._moved = True
        self._target, self._reason = self._aim(at)
        self.viewer.say(self._reason)
        self._draw(at)

    def end(self, at: QPointF, keys: Keys) -> None:
        target, reason, fixed = self._target, self._reason, self._fixed
        self.cancel()
        editor = self.viewer.editor
        if not self._moved:
            return
        if target is not None:
            self._connect(target)
        elif reason:
            self.viewer.refuse(reason)
        elif self._taken is not None:
            editor.cut([self._taken])
        elif self.viewer.item_at(at) is None:
            self.viewer.ask_for_node(at, fixed.side, fixed.node, fixed.socket)

    def cancel(self) -> None:
        self.viewer.say("")
        self.viewer.scene().removeItem(self._curve)
        for item in self.viewer.projection.nodes.values():
            item.light(None)
        if self._hidden is not None:
            self._hidden.setVisible(True)

    def _connect(self, target: End) -> None:
        editor = self.viewer.editor
        start, end = self._ends(target)
        if self._taken is not None:
            editor.move_link(self._taken, end.node, end.socket)
        else:
            editor.connect(start.node, start.socket, end.node, end.socket)

    def _ends(self, target: End) -> tuple[End, End]:
        return (self._fixed, target) if self._fixed.side == "output" else (target, self._fixed)

    def _aim(self, at: QPointF) -> tuple[End | None, str]:
        """Return the socket that the link would reach, or why it would be refused."""
        item = self.viewer.node_near(at)
        if item is None or item.name == self._fixed.node:
            return None, ""
        wanted: Side = "input" if self._fixed.side == "output" else "output"
        socket = item.socket_at(at)
        if socket is not None and socket.side == wanted:
            end = End(wanted, item.name, socket.name)
            reason = self._why_not(end)
            return (None, reason) if reason else (end, "")
        for name in self._candidates(item, wanted):
            end = End(wanted, item.name, name)
            if not self._why_not(end):
                return end, ""
        return None, self._nothing_fits(item, wanted)

    def _candidates(self, item: NodeItem, wanted: Side) -> Iterable[str]:
        """Yield sockets of a node that a link dropped on its body may mean, free ones first."""
        lit = [s for s in item.drawn.sockets.values() if (s.side, s.name) in self._legal[item.name]]
        yield from (s.name for s in sorted(lit, key=lambda s: s.linked))
        if wanted == "input" and item.spec is not None:
            shown = {name for side, name in item.drawn.sockets if side == "input"}
            yield from (s.name for s in item.spec.sockets if s.name not in shown)

    def _nothing_fits(self, item: NodeItem, wanted: Side) -> str:
        known = [s for s in item.drawn.sockets.values() if s.side == wanted]
        first = next(iter(known), None)
        if first is None:
            return f"{item.name!r} has no {wanted}s."
        return self._why_not(End(wanted, item.name, first.name)) or ""

    def _why_not(self, target: End) -> str:
        start, end = self._ends(target)
        within = self.viewer.editor.within
        command = Connect(start.node, start.socket, end.node, end.socket, within=within)
        problem = self.viewer.projection.document.why_not(command)
        return str(problem) if problem else ""

    def _draw(self, at: QPointF) -> None:
        projection = self.viewer.projection
        here = _point(projection, self._fixed) or self.start
        there = (_point(projection, self._target) if self._target else None) or at
        ends = (here, there) if self._fixed.side == "output" else (there, here)
        self._curve.setPath(curve(*ends))
        tone = projection.palette.danger if self._reason else projection.palette.accent
        pen = QPen(colour(tone), 3.0 if self._target else 2.2)
        pen.setStyle(Qt.PenStyle.DashLine if self._reason else Qt.PenStyle.SolidLine)
        self._curve.setPen(pen)


def _point(projection: Projection, end: End) -> QPointF | None:
    item = projection.nodes.get(end.node)
    return item.socket_point(end.side, end.socket) if item else None


def link_gesture(viewer: Viewer, at: QPointF, item: NodeItem, socket: Socket) -> DrawLink:
    """Return the gesture that starts at a socket: a new link, or the end of the one that is there.

    A link is taken off an input by its end and stays linked at its start.
    """
    shown = viewer.projection.links.get((item.name, socket.name))
    if socket.side == "input" and shown is not None and not shown.stray:
        link = shown.link
        return DrawLink(viewer, at, End("output", link.source, link.output), link)
    return DrawLink(viewer, at, End(socket.side, item.name, socket.name))

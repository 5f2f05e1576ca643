"""Where things lie, as commands: moved, resized, aligned, spread, arranged.

A part of the editor: gestures and commands call these verbs; each makes one undo step.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF

from aiprod_studio.graph.commands import EditFrame, EditNote, MoveNodes, ResizeNodes
from aiprod_studio.graph.document import Command
from aiprod_studio.ui.canvas import arranging

if TYPE_CHECKING:
    from aiprod_studio.ui.canvas.editor import Editor

Point = tuple[float, float]
USUAL = (190.0, 150.0)
"""About the size of a node."""


def rounded(point: QPointF) -> Point:
    """Return a place as it is written: whole canvas units."""
    return (round(point.x()), round(point.y()))


class Placing:
    """Moves what an editor's graph shows."""

    def __init__(self, editor: Editor) -> None:
        self._editor = editor
        self._projection = editor.projection

    @property
    def _within(self) -> str:
        return self._projection.within

    def move(self, places: Mapping[str, Point], *more: Command) -> bool:
        """Put nodes, frames and notes at places, with whatever else belongs to the same step."""
        nodes = {n: p for n, p in places.items() if n in self._projection.nodes}
        commands: list[Command] = [MoveNodes(nodes, within=self._within)] if nodes else []
        return self._editor.do(*commands, *more)

    def group_places(
        self, frames: Mapping[str, QPointF], notes: Mapping[str, QPointF]
    ) -> list[Command]:
        """Return the commands that put frames and notes at places."""
        known = self._projection.groups
        commands: list[Command] = []
        for name, place in frames.items():
            area, frame = known.frames[name].area, known.frames[name].frame
            if frame.members and (frame.pos is None or frame.size is None):
                continue  # it follows its members
            size = (area.width(), area.height())
            commands.append(EditFrame(name, pos=rounded(place), size=size, within=self._within))
        commands += [EditNote(n, pos=rounded(p), within=self._within) for n, p in notes.items()]
        return commands

    def resize(self, kind: str, name: str, area: QRectF) -> bool:
        """Give a frame, a note or a node another size."""
        size = (round(area.width()), round(area.height()))
        if kind == "frame":
            pos = rounded(area.topLeft())
            return self._editor.do(EditFrame(name, pos=pos, size=size, within=self._within))
        if kind == "note":
            return self._editor.do(EditNote(name, size=size, within=self._within))
        return self._editor.do(ResizeNodes({name: size}, within=self._within))

    def free_spot(self, near: QPointF) -> QPointF:
        """Return a place for a new node that covers no other, near a point."""
        boxes = self._projection.boxes(self._projection.nodes)
        wanted = (near.x() - USUAL[0] / 2, near.y() - USUAL[1] / 2)
        return QPointF(*arranging.free_spot(boxes.values(), USUAL, wanted))

    def align(self, edge: arranging.Edge) -> None:
        """Align the chosen nodes."""
        boxes = self._projection.boxes(self._editor.choice.nodes())
        if len(boxes) > 1:
            self._put(arranging.aligned(boxes, edge), "Align nodes")

    def spread(self, way: arranging.Way) -> None:
        """Leave equal gaps between the chosen nodes."""
        boxes = self._projection.boxes(self._editor.choice.nodes())
        if len(boxes) > 2:
            self._put(arranging.spread(boxes, way), "Spread nodes")

    def arrange(self) -> None:
        """Put the chosen nodes, or all, into columns from left to right."""
        graph = self._projection.graph
        chosen = self._editor.choice.nodes()
        boxes = self._projection.boxes(chosen if len(chosen) > 1 else list(graph.nodes))
        if not boxes:
            return
        corner = (min(box.x for box in boxes.values()), min(box.y for box in boxes.values()))
        reads = {name: [s for s, _ in graph.nodes[name].inputs.values()] for name in boxes}
        self._put(arranging.columns(boxes, reads, corner), "Arrange nodes")

    def _put(self, places: Mapping[str, Point], title: str) -> None:
        whole = {name: (round(x), round(y)) for name, (x, y) in places.items()}
        self._editor.do(MoveNodes(whole, within=self._within), title=title)

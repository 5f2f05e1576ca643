"""Frames and notes of the graph that is shown; the part of the projection that is not links.

A frame without a place of its own covers its members and follows them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtWidgets import QGraphicsScene

from aiprod_studio.graph import Frame, Note, facts
from aiprod_studio.graph.graphs import Graph
from aiprod_studio.ui.canvas.group_items import (
    FRAME_SIZE,
    ROOM,
    TITLE,
    FrameItem,
    GroupItem,
    NoteItem,
)
from aiprod_studio.ui.canvas.palette import Palette


class Groups:
    """The items of frames and notes; `area_of` says what a node covers."""

    def __init__(
        self,
        scene: QGraphicsScene,
        palette: Palette,
        area_of: Callable[[str], QRectF | None],
    ) -> None:
        self.frames: dict[str, FrameItem] = {}
        self.notes: dict[str, NoteItem] = {}
        self._scene = scene
        self._palette = palette
        self._area_of = area_of
        self._holding: dict[str, list[str]] = {}

    def items(self) -> Iterator[GroupItem]:
        """Yield frames, then notes."""
        yield from self.frames.values()
        yield from self.notes.values()

    def project(self, graph: Graph) -> None:
        """Show all of a graph."""
        for frame in graph.frames:
            self._show_frame(frame)
        for note in graph.notes:
            self._show_note(note)
        self._stack(graph)

    def follow(self, fact: facts.Fact, graph: Graph) -> None:
        """Apply what happened to a frame or a note."""
        if isinstance(fact, facts.FrameAdded | facts.FrameChanged):
            self._show_frame(fact.frame)
        elif isinstance(fact, facts.FrameRemoved):
            self._drop(self.frames, fact.frame)
        elif isinstance(fact, facts.NoteAdded | facts.NoteChanged):
            self._show_note(fact.note)
        elif isinstance(fact, facts.NoteRemoved):
            self._drop(self.notes, fact.note)
        self._stack(graph)

    def follow_member(self, name: str) -> None:
        """Cover the members again in frames that have no place of their own."""
        for frame in self._holding.get(name, ()):
            item = self.frames[frame]
            if item.frame.pos is None or item.frame.size is None:
                item.cover(self.area(item.frame))

    def area(self, frame: Frame) -> QRectF:
        """Return what a frame covers: what the artist gave it, else its members."""
        if frame.pos is not None and frame.size is not None:
            return QRectF(frame.pos[0], frame.pos[1], frame.size[0], frame.size[1])
        if not any(self._area_of(name) for name in frame.members):
            corner = QPointF(*frame.pos) if frame.pos is not None else QPointF()
            return QRectF(corner.x(), corner.y(), *FRAME_SIZE)
        return self.around(frame.members)

    def around(self, members: Iterable[str]) -> QRectF:
        """Return what a frame around nodes covers."""
        covered = QRectF()
        for name in members:
            covered = covered.united(self._area_of(name) or QRectF())
        return covered.adjusted(-ROOM, -ROOM - TITLE, ROOM, ROOM)

    def clear(self) -> None:
        """Let go of all items."""
        for item in self.items():
            self._scene.removeItem(item)
        self.frames.clear()
        self.notes.clear()
        self._holding.clear()

    def _show_frame(self, frame: Frame) -> None:
        item = self.frames.get(frame.name)
        if item is None:
            item = self.frames[frame.name] = FrameItem(frame, self._palette)
            self._scene.addItem(item)
        item.show_frame(frame)
        item.cover(self.area(frame))
        self._index()

    def _show_note(self, note: Note) -> None:
        item = self.notes.get(note.name)
        if item is None:
            item = self.notes[note.name] = NoteItem(note, self._palette)
            self._scene.addItem(item)
        item.show_note(note)

    def _drop(self, table: dict[str, FrameItem] | dict[str, NoteItem], name: str) -> None:
        item = table.pop(name, None)
        if item is not None:
            self._scene.removeItem(item)
            self._index()

    def _index(self) -> None:
        self._holding = {}
        for name, item in self.frames.items():
            for member in item.frame.members:
                self._holding.setdefault(member, []).append(name)

    def _stack(self, graph: Graph) -> None:
        """Stack frames as the document lists them, back to front; below the notes."""
        count = max(1, len(graph.frames))
        for place, frame in enumerate(graph.frames):
            if frame.name in self.frames:
                self.frames[frame.name].setZValue(-5.0 + place / count)

"""What is written on the canvas: names of nodes and frames, and the text of notes.

The view has one; it opens the writing over what is written and gives the result to the editor.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPointF, QRectF, QSizeF

from aiprod_studio.ui.canvas.editor import Editor
from aiprod_studio.ui.canvas.writing import Writing

TITLE_AREA = QPointF(4, 3)
NAME_AREA = QSizeF(140, 28)


class Naming(QObject):
    """Opens the writing on what is seen."""

    def __init__(
        self, writing: Writing, editor: Editor, rename_subgraph: Callable[[str, str], None]
    ) -> None:
        super().__init__(writing)
        self._rename_subgraph = rename_subgraph
        self._writing, self._editor = writing, editor
        writing.written.connect(self._written)

    def begin(self, kind: str, name: str) -> None:
        """Write the name of a "node" or a "frame", or the text of a "note"."""
        projection = self._editor.projection
        if kind == "note":
            note = projection.groups.notes[name]
            self._writing.open_on(kind, name, note.note.text, note.area)
            return
        item = projection.nodes[name] if kind == "node" else projection.groups.frames[name]
        area = QRectF(item.area.topLeft() + TITLE_AREA, item.area.size())
        self._writing.open_on(kind, name, name, area)

    def begin_at(self, kind: str, name: str, place: QPointF) -> None:
        """Write the name of an "input" or "output" of the sub-graph, or its own ("subgraph")."""
        self._writing.open_on(kind, name, name, QRectF(place, NAME_AREA))

    def begin_chosen(self) -> None:
        """Write the first thing that is chosen; with none, the name of the sub-graph."""
        choice = self._editor.choice
        chosen = [("node", n) for n in choice.nodes()]
        chosen += [("frame", n) for n in choice.frames()]
        chosen += [("note", n) for n in choice.notes()]
        within = self._editor.within
        if chosen:
            self.begin(*chosen[0])
        elif within:
            self.begin_at("subgraph", within, self._writing.corner())

    def _written(self, kind: str, name: str, text: str) -> None:
        verbs: dict[str, Callable[[str, str], None]] = {
            "node": self._editor.rename_node,
            "frame": self._editor.rename_frame,
            "note": self._editor.write_note,
            "input": lambda old, new: self._editor.exposing.rename("input", old, new),
            "output": lambda old, new: self._editor.exposing.rename("output", old, new),
            "subgraph": self._rename_subgraph,
        }
        verbs[kind](name, text)

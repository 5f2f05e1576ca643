"""Rendering from the board: shots that are chosen, what changed, and the graph that renders them.

A document without any graph gets the usual one first. The renders themselves go through
`ShotRenders`, which board and timeline share.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from aiprod_studio.app.film.place import node_of_shot, usual_graph
from aiprod_studio.sdk import Problem, Refusal
from aiprod_studio.ui.editing import Editing
from aiprod_studio.ui.footage.looks import ShotLook
from aiprod_studio.ui.footage.renders import ShotRenders
from aiprod_studio.ui.storyboard.acts import Acts


class Rendering(QObject):
    """Asks for renders of shots, and shows where they come from."""

    graph_wanted = Signal(str)
    """A shot whose graph is to be shown."""

    def __init__(
        self, editing: Editing, renders: ShotRenders, acts: Acts, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.editing, self.renders, self.acts = editing, renders, acts

    # What is known.

    def looks(self) -> dict[str, ShotLook]:
        """Return how the shots look now; a board without any graph is no reason for a warning."""
        looks = self.renders.looks()
        if self._has_graph():
            return looks
        return {
            name: replace(look, state="empty") if look.state == "blocked" else look
            for name, look in looks.items()
        }

    def problems(self, shot: str) -> tuple[Problem, ...]:
        """Return why a shot cannot be rendered, once there is a graph for it."""
        return self.renders.problems(shot) if self._has_graph() else ()

    # What is asked.

    def render(self, shots: list[str], *, another: bool = False) -> None:
        """Render shots; with `another` by another seed."""
        if shots:
            self._need_graph()
            self.renders.render(shots, another=another)

    def render_chosen(self) -> None:
        """Render the shots of the chosen panels."""
        self.render(self.acts.chosen_shots())

    def render_another(self) -> None:
        """Render one more take of the chosen shots, by another seed."""
        self.render(self.acts.chosen_shots(), another=True)

    def render_changed(self) -> None:
        """Render every shot that is stale."""
        self._need_graph()
        self.renders.render_changed()

    def open_in_graph(self, shot: str = "") -> None:
        """Go to the graph of a shot or of the chosen one; where none is, the usual one is added."""
        name = shot or next(iter(self.acts.chosen_shots()), "")
        if not name:
            return
        board, document = self.editing.board(), self.editing.document
        own = board.find_shot(name)[1].workflow
        if not own and not node_of_shot(document, board, name):
            self.add_graph()
        self.graph_wanted.emit(name)

    def add_graph(self) -> None:
        """Add the usual graph that renders shots, with the model that ships with the program."""
        try:
            command = usual_graph()
        except Refusal as refusal:
            self.editing.refused.emit(refusal.problems[0])
            return
        if self.editing.do(command, title="Add a graph for shots"):
            self.editing.said.emit("A graph that renders shots was added.")

    def _need_graph(self) -> None:
        if not self._has_graph():
            self.add_graph()

    def _has_graph(self) -> bool:
        board = self.editing.board()
        own = any(shot.workflow for _, shot in board.shots())
        return bool(self.editing.document.nodes or board.workflow or own)

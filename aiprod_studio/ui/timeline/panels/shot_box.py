"""The state of the chosen clip's shot, in words, and the buttons to render it or open its graph."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from aiprod_studio.sdk import Problem
from aiprod_studio.ui.footage.looks import ShotLook
from aiprod_studio.ui.footage.marking import TIPS
from aiprod_studio.ui.theme import current

FIXED = ("locked", "blocked")
"""States in which nothing can be rendered."""

DONE = (*FIXED, "fresh")
"""States in which rendering the shot as it is would change nothing."""


class ShotBox(QWidget):
    """Shows one shot's state."""

    render_wanted = Signal(bool)
    """Render; as one more take by another seed, or as it is."""
    stop_wanted = Signal()
    graph_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rendering = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.state = QLabel(self)
        self.problems = QLabel(self)
        self.problems.setProperty("role", "warning")
        for label in (self.state, self.problems):
            label.setWordWrap(True)
            column.addWidget(label)
        self.render_button = QPushButton("Render", self)
        self.render_button.setProperty("kind", "primary")
        self.render_button.clicked.connect(self._render)
        self.another = QPushButton("Another take", self)
        self.another.setToolTip("Render once more, with a seed that no take has")
        self.another.clicked.connect(lambda: self.render_wanted.emit(True))
        self.graph = QPushButton("Graph", self)
        self.graph.setToolTip("Open the graph that this shot renders through")
        self.graph.clicked.connect(self.graph_wanted)
        row = QHBoxLayout()
        row.setSpacing(current().space(1))
        for button in (self.render_button, self.another, self.graph):
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)

    def show_shot(self, look: ShotLook, problems: tuple[Problem, ...]) -> None:
        """Show a state, why it cannot be rendered, and what is odd about it."""
        self._rendering = look.progress is not None
        self.state.setText(look.note if self._rendering else TIPS[look.state])
        odd = look.state in ("stale", "blocked") and not self._rendering
        role = "warning" if odd else "dim"
        if self.state.property("role") != role:
            self.state.setProperty("role", role)
            self.state.style().polish(self.state)
        self.problems.setText("\n".join(map(str, problems)))
        self.problems.setVisible(bool(problems))
        self.render_button.setText("Stop" if self._rendering else "Render")
        self.render_button.setEnabled(self._rendering or look.state not in DONE)
        self.another.setVisible(not self._rendering and bool(look.takes))
        self.another.setEnabled(look.state not in FIXED)

    def _render(self) -> None:
        if self._rendering:
            self.stop_wanted.emit()
        else:
            self.render_wanted.emit(False)

"""Why the file of a clip cannot be read, and a button to show where it is.

The panel beside the viewer shows it for the chosen clip.
"""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from aiprod_studio.sdk import Problem
from aiprod_studio.ui.theme import current


class TroubleBox(QWidget):
    """Hidden while all is well."""

    find_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(current().space(2))
        self.why = QLabel(self)
        self.why.setWordWrap(True)
        self.why.setProperty("role", "error")
        column.addWidget(self.why)
        row = QHBoxLayout()
        self.search = QPushButton("Find the file…", self)
        self.search.setToolTip("Choose the file; all clips that play it play the one you choose")
        self.search.clicked.connect(self.find_wanted)
        row.addWidget(self.search)
        row.addStretch(1)
        column.addLayout(row)
        self.hide()

    def show_problem(self, problem: Problem | None, can_be_found: bool) -> None:
        """Show a problem, or nothing."""
        self.why.setText(str(problem) if problem is not None else "")
        self.search.setVisible(can_be_found)
        self.setVisible(problem is not None)

"""Breadcrumbs: which sub-graph is shown, and the ways back out."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from aiprod_studio.ui.canvas.palette import Palette


class Trail(QWidget):
    """A row of buttons from the whole document to the sub-graph that is shown."""

    wanted = Signal(int)
    """How many steps of the trail to keep."""

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("Trail")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setStyleSheet(
            f"#Trail {{ background: {palette.panel}; border: 1px solid {palette.panel_edge};"
            " border-radius: 7px; }"
            f"#Trail QPushButton {{ background: transparent; color: {palette.dim}; border: none;"
            " padding: 4px 8px; font-size: 12px; border-radius: 4px; }"
            f"#Trail QPushButton:hover {{ background: {palette.inset}; color: {palette.text}; }}"
            f"#Trail QPushButton:disabled {{ color: {palette.text}; }}"
            f"#Trail QLabel {{ color: {palette.dim}; }}"
        )
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(4, 2, 4, 2)
        self._layout.setSpacing(0)
        self.hide()

    def show_way(self, names: Sequence[str]) -> None:
        """Show the way in; nothing while the whole document is shown."""
        while self._layout.count():
            part = self._layout.takeAt(0)
            widget = part.widget() if part is not None else None
            if widget is not None:
                widget.setParent(None)
                widget.deleteLater()
        for step, name in enumerate(("Workflow", *names)):
            if step:
                self._layout.addWidget(QLabel("›", self))
            button = QPushButton(name, self)
            button.setEnabled(step < len(names))
            button.clicked.connect(lambda _=False, keep=step: self.wanted.emit(keep))
            self._layout.addWidget(button)
        self.setVisible(bool(names))
        self.adjustSize()
        self.resize(self.sizeHint())

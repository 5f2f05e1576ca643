"""What the canvas says while there is nothing on it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from aiprod_studio.ui.canvas.palette import Palette
from aiprod_studio.ui.theme import current

WORDS = (
    "Double-click, or press Tab, to add a node\n"
    "Drop pictures, films, sounds, models or workflows anywhere"
)


class Empty(QLabel):
    """Words in the middle of the canvas that the mouse passes through."""

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        super().__init__(WORDS, parent)
        self._room = parent
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFont(current().font("large"))
        self.setStyleSheet(f"color: {palette.dim}; background: transparent;")
        self.hide()

    def show_for(self, items: bool) -> None:
        """Show the words, unless there are items."""
        self.setVisible(not items)
        if not items:
            self.adjustSize()
            middle = self._room.rect().center()
            self.move(middle.x() - self.width() // 2, middle.y() - self.height() // 2)
            self.raise_()

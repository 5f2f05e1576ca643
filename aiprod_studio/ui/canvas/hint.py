"""A few words beside the mouse, such as why a link is refused."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QWidget

from aiprod_studio.ui.canvas.palette import Palette

AWAY = QPoint(18, 20)
WIDEST = 380


class Hint(QLabel):
    """A label over the canvas that the mouse passes through."""

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        super().__init__(parent)
        self._room = parent
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setStyleSheet(
            f"background: {palette.panel}; color: {palette.danger};"
            f"border: 1px solid {palette.danger}; border-radius: 5px; padding: 5px 8px;"
            "font-size: 12px;"
        )
        self.hide()

    def show_words(self, words: str, at: QPoint) -> None:
        """Show words beside a point of the parent; hide for ""."""
        if not words:
            self.hide()
            return
        if words != self.text():
            self.setText(words)
            self.setFixedWidth(min(WIDEST, self.fontMetrics().horizontalAdvance(words) + 30))
            self.adjustSize()
        room = self._room.rect()
        place = at + AWAY
        place.setX(max(4, min(place.x(), room.width() - self.width() - 4)))
        place.setY(max(4, min(place.y(), room.height() - self.height() - 4)))
        self.move(place)
        self.show()
        self.raise_()

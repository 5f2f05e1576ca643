"""The rectangle of a marquee: a thin line and a breath of colour, so that nodes stay readable.

The camera has one; the marquee gesture moves it.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from aiprod_studio.ui.canvas.palette import Palette, colour

BREATH = 26


class Band(QWidget):
    """Shows its own rectangle; the mouse goes through it."""

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        super().__init__(parent)
        self._accent = palette.accent
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(colour(self._accent))
        painter.setBrush(colour(self._accent, BREATH))
        painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

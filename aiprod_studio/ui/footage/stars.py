"""Five stars to rate a take: a click gives a rating, a click on the same one takes it away."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from aiprod_studio.story.takes import BEST
from aiprod_studio.ui.theme import current, pixmap


class Stars(QWidget):
    """Shows a rating from 0 to 5 and asks for another by `rated`."""

    rated = Signal(int)

    def __init__(self, rating: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rating = rating
        self._hover = 0
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(f"Rating: {rating} of {BEST}")
        self.setToolTip("Rate the take; click the same star again to take the rating away")

    def _side(self) -> int:
        return current().px(16)

    def sizeHint(self) -> QSize:
        """Return room for five stars."""
        return QSize(self._side() * BEST, self._side())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the stars; those up to the mouse shine."""
        painter, side = QPainter(self), self._side()
        size = current().px(13)
        shown = self._hover or self.rating
        for place in range(BEST):
            token = "warn" if place < shown else "line_strong"
            at = QRect(place * side, (self.height() - size) // 2, size, size)
            painter.drawPixmap(at.topLeft(), star(size, token, self.devicePixelRatioF()))
        if self.hasFocus():
            painter.setPen(current().colour("accent"))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show what a click would give."""
        self._hover = min(BEST, max(1, int(event.position().x()) // self._side() + 1))
        self.update()

    def leaveEvent(self, event: object) -> None:
        """Show the rating again."""
        self._hover = 0
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Rate."""
        wanted = min(BEST, max(1, int(event.position().x()) // self._side() + 1))
        self.rated.emit(0 if wanted == self.rating else wanted)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Rate by the keys 0 to 5, Left and Right."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if event.text() in list("012345"):
            self.rated.emit(int(event.text()))
        elif event.key() in steps:
            step = steps[Qt.Key(event.key())]
            self.rated.emit(min(BEST, max(0, self.rating + step)))
        else:
            event.ignore()


def star(size: int, token: str, ratio: float) -> QPixmap:
    """Return a star as pixels."""
    return pixmap("star", size, token, ratio)

"""Rows with a picture, a title and a line of facts: models, media and templates of the library.

It paints what items hold under these roles and knows nothing else.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath
from PySide6.QtWidgets import QWidget

from aiprod_studio.ui.library.rows import LEFT, Index, Rows
from aiprod_studio.ui.theme import current, pixmap

DETAIL, TONE, ICON, IMAGE, HEADING, VALUE = (Qt.ItemDataRole.UserRole + n for n in range(6))
"""A line of facts; the token of its colour; a Lucide name; a picture; whether it is a heading."""


class FileRows(Rows):
    """Draws rows of two lines with a picture at the left."""

    def __init__(self, parent: QWidget, side: int = 36) -> None:
        super().__init__(parent, HEADING, side + 12)
        self._side = side

    def paint_row(self, painter: QPainter, area: QRectF, index: Index) -> None:
        self._paint_picture(painter, area, index)
        self._paint_words(painter, area, index)

    def _place(self, area: QRectF) -> QRectF:
        side, gap = current().px(self._side), current().space(1)
        return QRectF(area.left() + gap, area.center().y() - side / 2, side * 1.25, side)

    def _paint_picture(self, painter: QPainter, area: QRectF, index: Index) -> None:
        theme, place = current(), self._place(area)
        path = QPainterPath()
        path.addRoundedRect(place, theme.radius - 1, theme.radius - 1)
        painter.fillPath(path, theme.colour("field"))
        image = index.data(IMAGE)
        if isinstance(image, QImage) and not image.isNull():
            scale = max(place.width() / image.width(), place.height() / image.height())
            wide, high = place.width() / scale, place.height() / scale
            part = QRectF((image.width() - wide) / 2, (image.height() - high) / 2, wide, high)
            painter.setClipPath(path)
            painter.drawImage(place, image, part)
            painter.setClipping(False)
            return
        side = theme.icon_size
        tone = index.data(TONE) or "text_faint"
        device = painter.device()
        ratio = device.devicePixelRatioF() if device is not None else 1.0
        mark = pixmap(str(index.data(ICON) or "file"), side, str(tone), ratio)
        spot = place.center()
        painter.drawPixmap(round(spot.x() - side / 2), round(spot.y() - side / 2), mark)

    def _paint_words(self, painter: QPainter, area: QRectF, index: Index) -> None:
        theme = current()
        left = self._place(area).right() + theme.space(2)
        room = QRectF(left, area.top(), area.right() - left - theme.space(1), area.height())
        half = room.height() / 2
        detail, tone = str(index.data(DETAIL) or ""), str(index.data(TONE) or "text_faint")
        top = room.adjusted(0, theme.space(1), 0, -half + 1) if detail else room
        painter.setFont(theme.font())
        painter.setPen(theme.colour("text"))
        elide, metrics = Qt.TextElideMode.ElideMiddle, painter.fontMetrics()
        painter.drawText(top, LEFT, metrics.elidedText(str(index.data()), elide, int(room.width())))
        if detail:
            painter.setFont(theme.font("small"))
            painter.setPen(theme.colour(tone))
            metrics = painter.fontMetrics()
            words = metrics.elidedText(detail, Qt.TextElideMode.ElideRight, int(room.width()))
            painter.drawText(room.adjusted(0, half - 1, 0, -theme.space(1)), LEFT, words)

"""A card of the gallery: a picture, a title, a few words; it is a button in all but looks."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from aiprod_studio.ui.theme import current, pixmap

PICTURE = 0.5625
"""Height of the picture for a width of 1."""


class Card(QWidget):
    """A picture with a title and words below; a click, Enter or Space chooses it."""

    chosen = Signal()
    menu_wanted = Signal(object)

    def __init__(
        self,
        title: str,
        words: str,
        parent: QWidget | None = None,
        *,
        art: str = "clapperboard",
        badge: str = "",
    ) -> None:
        super().__init__(parent)
        self.title, self.words, self.badge = title, words, badge
        self._art, self._picture = art, QImage()
        self._over = self._down = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(title)
        self.setAccessibleDescription(words)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(words if len(words) > 80 else "")

    def set_picture(self, picture: QImage) -> None:
        """Show a picture instead of the drawing."""
        self._picture = picture
        self.update()

    def sizeHint(self) -> QSize:
        """Return the wanted size; the height follows the width."""
        width = current().px(260)
        return QSize(width, self.heightForWidth(width))

    def heightForWidth(self, width: int) -> int:
        """Return the height for a width: the picture, the title, two lines of words."""
        return round(width * PICTURE) + current().px(92)

    def hasHeightForWidth(self) -> bool:
        """Say that the height follows the width."""
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the card."""
        theme = current()
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        ring = self.hasFocus()
        edge = theme.colour("accent" if ring else "line_strong" if self._over else "line")
        shape = QPainterPath()
        shape.addRoundedRect(area, theme.px(6), theme.px(6))
        painter.fillPath(shape, theme.colour("raised" if self._over else "panel"))
        painter.save()
        painter.setClipPath(shape)
        top = QRectF(area.left(), area.top(), area.width(), round(area.width() * PICTURE))
        self._paint_picture(painter, top)
        painter.restore()
        painter.setPen(edge)
        painter.drawPath(shape)
        self._paint_words(painter, area, top.bottom())
        painter.end()

    def _paint_picture(self, painter: QPainter, area: QRectF) -> None:
        theme = current()
        painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
        painter.fillRect(area, theme.colour("canvas"))
        if self._picture.isNull():
            side = theme.px(36)
            art = pixmap(self._art, side, "text_faint", self.devicePixelRatioF())
            painter.drawPixmap(area.center() - QPointF(side / 2, side / 2), art)
        else:
            size = self._picture.size().scaled(
                area.size().toSize(), Qt.AspectRatioMode.KeepAspectRatioByExpanding
            )
            place = QRectF(0, 0, size.width(), size.height())
            place.moveCenter(area.center())
            painter.drawImage(place, self._picture)
            if self._over:
                painter.fillRect(area, QColor(255, 255, 255, 14))
        if self.badge:
            self._paint_badge(painter, area)

    def _paint_badge(self, painter: QPainter, area: QRectF) -> None:
        theme = current()
        font = theme.font("small", strong=True)
        painter.setFont(font)
        width = painter.fontMetrics().horizontalAdvance(self.badge) + theme.space(3)
        spot = QRectF(
            area.right() - width - theme.space(2), area.top() + theme.space(2), width, theme.px(20)
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(11, 12, 15, 190))
        painter.drawRoundedRect(spot, theme.px(4), theme.px(4))
        painter.setPen(QColor("#ffffff"))
        painter.drawText(spot, Qt.AlignmentFlag.AlignCenter, self.badge)

    def _paint_words(self, painter: QPainter, area: QRectF, top: float) -> None:
        theme = current()
        pad = theme.space(3)
        painter.setPen(theme.colour("text"))
        painter.setFont(theme.font("body", strong=True))
        line = QRectF(area.left() + pad, top + theme.space(2), area.width() - 2 * pad, theme.px(20))
        title = painter.fontMetrics().elidedText(
            self.title, Qt.TextElideMode.ElideRight, int(line.width())
        )
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, title)
        painter.setPen(theme.colour("text_dim"))
        painter.setFont(theme.font("small"))
        rest = QRectF(line.left(), line.bottom() + theme.px(2), line.width(), theme.px(46))
        painter.save()
        painter.setClipRect(rest)
        painter.drawText(rest, Qt.TextFlag.TextWordWrap, self._fitting(painter, rest))
        painter.restore()

    def _fitting(self, painter: QPainter, area: QRectF) -> str:
        """Return as many whole words as the area takes, with an ellipsis if some are left."""
        words = self.words.split()
        metrics = painter.fontMetrics()
        for count in range(len(words), 0, -1):
            text = " ".join(words[:count]) + ("…" if count < len(words) else "")
            wanted = metrics.boundingRect(area.toRect(), Qt.TextFlag.TextWordWrap.value, text)
            if wanted.height() <= area.height():
                return text
        return ""

    def enterEvent(self, event: QEnterEvent) -> None:
        """Light up under the mouse."""
        self._over = True
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Go dark again."""
        self._over = False
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a click, or ask for a menu."""
        if event.button() == Qt.MouseButton.RightButton:
            self.menu_wanted.emit(event.globalPosition().toPoint())
        self._down = event.button() == Qt.MouseButton.LeftButton

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a click."""
        if self._down and self.rect().contains(event.position().toPoint()):
            self.chosen.emit()
        self._down = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose with Enter or Space."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit()
        else:
            super().keyPressEvent(event)

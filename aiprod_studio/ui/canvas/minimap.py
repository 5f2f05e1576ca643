"""The whole graph in a corner, drawn from what the items cover; a click or drag goes there."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from aiprod_studio.ui.canvas.group_items import FrameItem
from aiprod_studio.ui.canvas.node_item import NodeItem
from aiprod_studio.ui.canvas.palette import colour
from aiprod_studio.ui.canvas.viewer import Viewer

SIZE = QSize(208, 138)
EDGE = 10.0


class Minimap(QWidget):
    """A small picture of everything, and of what is seen."""

    def __init__(self, viewer: Viewer, parent: QWidget) -> None:
        super().__init__(parent)
        self._viewer = viewer
        self._whole: QRectF | None = None
        self._picture: QPixmap | None = None
        self._drawn = QRectF()
        self.setFixedSize(SIZE)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("Minimap")

    def refresh(self) -> None:
        """Draw everything anew, because the graph or the selection changed."""
        self._whole = self._picture = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = self._viewer.projection.palette
        area, scale = self._world()
        if self._picture is None or self._drawn != area:
            self._picture, self._drawn = self._draw(area, scale), QRectF(area)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        self._aim(painter, area, scale)
        pen = QPen(colour(palette.accent), 1.4)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(colour(palette.accent, 26))
        painter.drawRect(self._viewer.seen.intersected(area))
        painter.end()

    def _draw(self, area: QRectF, scale: float) -> QPixmap:
        """Return the picture of everything, kept while only the view moves."""
        palette, ratio = self._viewer.projection.palette, self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour(palette.panel_edge), 1))
        painter.setBrush(colour(palette.panel, 225))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        self._aim(painter, area, scale)
        for item in self._viewer.projection.items():
            painter.fillRect(item.area, self._tone(item))
        painter.end()
        return picture

    def _aim(self, painter: QPainter, area: QRectF, scale: float) -> None:
        painter.translate(self.width() / 2, self.height() / 2)
        painter.scale(scale, scale)
        painter.translate(-area.center())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._go(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event)

    def _go(self, event: QMouseEvent) -> None:
        area, scale = self._world()
        away = event.position() - QPointF(self.width() / 2, self.height() / 2)
        self._viewer.look_at(area.center() + away / scale)
        event.accept()

    def _world(self) -> tuple[QRectF, float]:
        """Return what is shown of the canvas, and pixels for each of its units."""
        if self._whole is None:
            self._whole = self._viewer.projection.whole()
        whole = self._whole
        area = whole.united(self._viewer.seen) if not whole.isNull() else self._viewer.seen
        width = (self.width() - 2 * EDGE) / max(area.width(), 1.0)
        height = (self.height() - 2 * EDGE) / max(area.height(), 1.0)
        return area, min(width, height)

    def _tone(self, item: object) -> QColor:
        palette = self._viewer.projection.palette
        if isinstance(item, NodeItem):
            if item.isSelected():
                return colour(palette.accent)
            category = item.spec.category if item.spec else "graph"
            return palette.header(category, str(item.view.get("colour") or ""))
        if isinstance(item, FrameItem):
            return colour(item.frame.colour or "#5b6679", 70)
        return colour(palette.note, 220)

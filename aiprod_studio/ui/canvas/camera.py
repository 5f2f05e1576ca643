"""NodeGraphQt's viewer, reduced to what works: a scene, a view, a marquee, and an exact camera.

`Viewer` builds gestures on it. The library's own search, menus, key states and constraints are
switched off here, and nowhere else.
"""

from __future__ import annotations

import os
import warnings

os.environ.setdefault("QT_PREFERRED_BINDING", "PySide6")
with warnings.catch_warnings():  # it asks distutils for versions
    warnings.simplefilter("ignore")
    from NodeGraphQt.widgets.viewer import NodeViewer

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QFocusEvent,
    QPainter,
    QPen,
    QPixmapCache,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QGraphicsView, QWidget

from aiprod_studio.ui.canvas.band import Band
from aiprod_studio.ui.canvas.palette import Palette, colour

LEAST_ZOOM, MOST_ZOOM, FRAME_ZOOM = 0.04, 3.0, 1.0
CELL, STRONG = 24, 5
CACHE_KB = 384 * 1024
ROOM = 48.0


class Camera(NodeViewer):  # type: ignore[misc]
    """Looks at the canvas: `zoom` is pixels for each unit, `centre` what is in the middle."""

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        self.zoom = 1.0
        self.centre = QPointF()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            super().__init__(parent)
        self._palette = palette
        self._drop_unused()
        QPixmapCache.setCacheLimit(max(QPixmapCache.cacheLimit(), CACHE_KB))
        self.band = Band(palette, self.viewport())
        self.setFrameShape(QGraphicsView.Shape.NoFrame)
        self.setCacheMode(QGraphicsView.CacheModeFlag.CacheNone)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.SmartViewportUpdate)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def _drop_unused(self) -> None:
        """Let go of the parts that are not used; the search would stay as a window of its own."""
        self._search_widget.search_submitted.disconnect()
        self._search_widget.deleteLater()
        for item in (self._cursor_text, self._LIVE_PIPE, self._SLICER_PIPE):
            self.scene().removeItem(item)
        self._ctx_menu_bar.clear()
        self._ctx_menu_bar.hide()

    @property
    def seen(self) -> QRectF:
        """What of the canvas is seen."""
        size = self.viewport().size() / self.zoom
        corner = self.centre - QPointF(size.width() / 2, size.height() / 2)
        return QRectF(corner.x(), corner.y(), size.width(), size.height())

    def look_at(self, centre: QPointF, zoom: float | None = None) -> None:
        """Look at a point, at a zoom within the limits."""
        wanted = self.zoom if zoom is None else zoom
        self.zoom = min(max(wanted, LEAST_ZOOM), MOST_ZOOM)
        self.centre = QPointF(centre)
        self._update_scene()
        self.looked()

    def looked(self) -> None:
        """Be told that something else is seen now."""

    def pan(self, away: QPointF) -> None:
        """Move what is seen by canvas units."""
        self.look_at(self.centre + away)

    def zoom_at(self, factor: float, at: QPointF) -> None:
        """Zoom so that a point of the canvas stays where it is."""
        zoom = min(max(self.zoom * factor, LEAST_ZOOM), MOST_ZOOM)
        self.look_at(at + (self.centre - at) * (self.zoom / zoom), zoom)

    def frame(self, area: QRectF) -> None:
        """Show all of an area, not larger than life."""
        if area.isEmpty():
            self.look_at(area.center(), FRAME_ZOOM)
            return
        size = self.viewport().size()
        width = (size.width() - 2 * ROOM) / area.width()
        height = (size.height() - 2 * ROOM) / area.height()
        self.look_at(area.center(), min(FRAME_ZOOM, width, height))

    def _update_scene(self) -> None:
        """Take over from the library: an exact scale, so that text is sharp at 100 %."""
        self.setTransform(QTransform.fromScale(self.zoom, self.zoom))
        self.setSceneRect(self.seen)

    def get_zoom(self) -> float:
        """Return the zoom as the library counts it."""
        return self.zoom - 1.0

    def resizeEvent(self, event: QResizeEvent) -> None:
        QGraphicsView.resizeEvent(self, event)
        self._update_scene()
        self.looked()

    def focusInEvent(self, event: QFocusEvent) -> None:
        QGraphicsView.focusInEvent(self, event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        QGraphicsView.focusOutEvent(self, event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta()
        delta = turned.y() or turned.x()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.pan(QPointF(-delta / self.zoom, 0))
        elif event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.pan(QPointF(0, -delta / self.zoom))
        else:
            self.zoom_at(1.0015**delta, self.mapToScene(event.position().toPoint()))
        event.accept()

    def drawBackground(self, painter: QPainter, rect: QRectF) -> None:
        painter.fillRect(rect, colour(self._palette.canvas))
        cell = CELL
        while cell * self.zoom < 12:
            cell *= STRONG
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for step, tone in ((cell, self._palette.grid), (cell * STRONG, self._palette.grid_strong)):
            pen = QPen(colour(tone), 1)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawLines(_lines(rect, step))

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        """Draw nothing in front."""


def _lines(rect: QRectF, step: int) -> list[QPointF]:
    left, right = int(rect.left() // step) * step, rect.right()
    top, bottom = int(rect.top() // step) * step, rect.bottom()
    ends: list[QPointF] = []
    x, y = left, top
    while x <= right:
        ends += (QPointF(x, rect.top()), QPointF(x, bottom))
        x += step
    while y <= bottom:
        ends += (QPointF(rect.left(), y), QPointF(right, y))
        y += step
    return ends

"""How a picture lies in a window: fitted or zoomed, and where; plain numbers, no painting.

The screen asks it where to paint and which pixel is under the mouse.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF, QSizeF

LEAST, MOST = 0.05, 64.0


@dataclass
class Lens:
    """`zoom` is screen pixels for each picture pixel, None while the picture is fitted."""

    window: QSizeF = field(default_factory=lambda: QSizeF(1, 1))
    picture: QSizeF = field(default_factory=lambda: QSizeF(1, 1))
    zoom: float | None = None
    centre: QPointF = field(default_factory=lambda: QPointF(0.5, 0.5))
    """The point of the picture in the middle of the window, as shares of its size."""

    @property
    def scale(self) -> float:
        """Screen pixels for each picture pixel, as it is shown."""
        if self.zoom is not None:
            return self.zoom
        across = self.window.width() / max(1.0, self.picture.width())
        down = self.window.height() / max(1.0, self.picture.height())
        return max(0.001, min(across, down))

    def area(self) -> QRectF:
        """Return where the picture lies in the window."""
        scale = self.scale
        width, height = self.picture.width() * scale, self.picture.height() * scale
        if self.zoom is None:
            left = (self.window.width() - width) / 2
            top = (self.window.height() - height) / 2
        else:
            left = self.window.width() / 2 - self.centre.x() * width
            top = self.window.height() / 2 - self.centre.y() * height
        return QRectF(left, top, width, height)

    def pixel(self, at: QPointF) -> tuple[int, int] | None:
        """Return the pixel (x, y) at a point of the window, None beside the picture."""
        area = self.area()
        x = int((at.x() - area.left()) / self.scale // 1)
        y = int((at.y() - area.top()) / self.scale // 1)
        inside = 0 <= x < self.picture.width() and 0 <= y < self.picture.height()
        return (x, y) if inside and area.contains(at) else None

    def fit(self) -> None:
        """Show the whole picture."""
        self.zoom, self.centre = None, QPointF(0.5, 0.5)

    def zoom_to(self, zoom: float, at: QPointF | None = None) -> None:
        """Zoom, so that what is at a point of the window stays there."""
        anchor = at or QPointF(self.window.width() / 2, self.window.height() / 2)
        area = self.area()
        u = (anchor.x() - area.left()) / max(1e-6, area.width())
        v = (anchor.y() - area.top()) / max(1e-6, area.height())
        self.zoom = min(MOST, max(LEAST, zoom))
        width, height = self.picture.width() * self.zoom, self.picture.height() * self.zoom
        x = u + (self.window.width() / 2 - anchor.x()) / max(1e-6, width)
        y = v + (self.window.height() / 2 - anchor.y()) / max(1e-6, height)
        self._look_at(x, y)

    def pan(self, by: QPointF) -> None:
        """Move the picture by screen pixels; a fitted one becomes a zoomed one."""
        self.zoom = self.scale
        area = self.area()
        x = self.centre.x() - by.x() / max(1e-6, area.width())
        self._look_at(x, self.centre.y() - by.y() / max(1e-6, area.height()))

    def _look_at(self, x: float, y: float) -> None:
        self.centre = QPointF(min(1.0, max(0.0, x)), min(1.0, max(0.0, y)))

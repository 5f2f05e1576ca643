"""The screen: shows a frame, zoomed and moved; wipes between two, or puts them side by side.

Viewer and Edit workspace share it. Frames come as uint8 arrays and are kept as long as they are
shown. It plays nothing and reads no file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from aiprod_studio.ui.theme import current
from aiprod_studio.ui.viewer import pictures
from aiprod_studio.ui.viewer.lens import Lens
from aiprod_studio.ui.viewer.pictures import image_of

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent

    from aiprod_studio.sdk.values import UInt8Array

Comparison = Literal["one", "wipe", "side", "difference"]
COMPARISONS: tuple[Comparison, ...] = get_args(Comparison)
GRAB = 8
SHARP = 2.0
"""From this zoom on pixels are shown as squares."""


class Screen(QWidget):
    """Shows frames; give them with `show_frame`, the ones to compare with by `show_other`."""

    pixel = Signal(object)
    """What is under the mouse: (x, y, (r, g, b), (r, g, b) of the other or None), or None."""
    view_changed = Signal()
    """Zoom, place or wipe is another."""
    clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lens = Lens()
        self.comparison: Comparison = "one"
        self.wipe = 0.5
        self.guides = False
        self._frame: UInt8Array | None = None
        self._other: UInt8Array | None = None
        self._images: tuple[QImage | None, QImage | None] = (None, None)
        self._words = ""
        self._labels = ("", "")
        self._drag: Literal["", "pan", "wipe", "click"] = ""
        self._last = QPointF()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(120, 80)
        self.setAccessibleName("Picture")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    # What it shows.

    @property
    def frame(self) -> UInt8Array | None:
        """What is shown, uint8 (height, width, 3)."""
        return self._frame

    def show_frame(self, frame: UInt8Array | None) -> None:
        """Show a frame, uint8 (height, width, 3) RGB; None for nothing."""
        self._frame = frame
        self._images = (image_of(frame), self._images[1])
        self._measure()

    def show_other(self, frame: UInt8Array | None) -> None:
        """Give the frame to compare with, of any size; None for nothing."""
        self._other = frame
        self._images = (self._images[0], image_of(frame))
        self._measure()

    def show_words(self, words: str) -> None:
        """Say something where no picture is, "" for nothing."""
        if words != self._words:
            self._words = words
            self.update()

    def name(self, first: str, second: str = "") -> None:
        """Name the two pictures that are compared."""
        self._labels = (first, second)
        self.update()

    def set_comparison(self, comparison: Comparison) -> None:
        """Show one picture, a wipe, both side by side, or their difference."""
        self.comparison = comparison
        self._measure()
        self.view_changed.emit()

    def set_wipe(self, share: float) -> None:
        """Put the edge of the wipe at a share of the picture's width, 0 to 1."""
        self.wipe = min(1.0, max(0.0, share))
        self.update()
        self.view_changed.emit()

    def set_guides(self, guides: bool) -> None:
        """Show thirds and title-safe area."""
        self.guides = guides
        self.update()

    def fit(self) -> None:
        """Show the whole picture."""
        self.lens.fit()
        self._looked()

    def zoom_to(self, zoom: float, at: QPointF | None = None) -> None:
        """Show so many screen pixels for each picture pixel."""
        self.lens.zoom_to(zoom, at)
        self._looked()

    def areas(self) -> tuple[QRectF, QRectF | None]:
        """Return where the first and the second picture lie."""
        area = self.lens.area()
        if self.comparison == "side" and self._other is not None:
            return area, area.translated(self.width() / 2, 0)
        return area, area if self._other is not None else None

    # Painting.

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour("scrim") if theme.name == "dark" else GROUND)
        first, second = self._images
        if first is None:
            self._paint_words(painter)
            return
        smooth = self.lens.zoom is None or self.lens.zoom < SHARP
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        self._paint_pictures(painter, first, second)
        if self.guides:
            pictures.paint_guides(painter, self.areas()[0])
        if self._words:
            self._paint_words(painter)

    def _paint_pictures(self, painter: QPainter, first: QImage, second: QImage | None) -> None:
        area, other = self.areas()
        view = QRectF(self.rect())
        if second is None or other is None or self.comparison == "one":
            painter.drawImage(area, first)
        elif self.comparison == "side":
            pictures.paint_side(painter, view, (area, first), (other, second), self._labels)
        elif self.comparison == "difference":
            pictures.paint_difference(painter, area, first, second)
        else:
            edge = area.left() + self.wipe * area.width()
            pictures.paint_wipe(painter, view, area, edge, (first, second), self._labels)

    def _paint_words(self, painter: QPainter) -> None:
        theme = current()
        painter.setFont(theme.font("body"))
        painter.setPen(QColor("#aab2c0"))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        room = self.rect().adjusted(theme.space(6), 0, -theme.space(6), 0)
        painter.drawText(room, flags, self._words)

    # Mouse and keys.

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y() / 120
        if self._frame is not None and turned:
            self.zoom_to(self.lens.scale * 1.25**turned, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._last = event.position()
        if event.button() == Qt.MouseButton.MiddleButton:
            self._drag = "pan"
        elif event.button() == Qt.MouseButton.LeftButton:
            self._drag = "wipe" if self._on_wipe(event.position()) else "click"
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        by = at - self._last
        if self._drag == "click" and by.manhattanLength() > 4:
            self._drag = "pan"
        if self._drag == "pan":
            self.lens.pan(by)
            self._last = at
            self._looked()
        elif self._drag == "wipe":
            area = self.lens.area()
            self.set_wipe((at.x() - area.left()) / max(1.0, area.width()))
        elif not self._drag:
            on_wipe = self._on_wipe(at)
            shape = Qt.CursorShape.SplitHCursor if on_wipe else Qt.CursorShape.ArrowCursor
            self.setCursor(shape)
        self.pixel.emit(self.value_at(at))
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._drag == "click":
            self.clicked.emit()
        self._drag = ""
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.lens.zoom is None:
            self.zoom_to(1.0, event.position())
        else:
            self.fit()
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        self.pixel.emit(None)
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()  # the transport above listens

    def value_at(self, at: QPointF) -> object:
        """Return (x, y, rgb, rgb of the other or None) of the pixel at a point, or None."""
        spot = self.lens.pixel(at)
        if self._frame is None or spot is None:
            return None
        x, y = spot
        rgb = tuple(int(value) for value in self._frame[y, x, :3])
        return (x, y, rgb, self._other_value(x, y))

    def _other_value(self, x: int, y: int) -> tuple[int, ...] | None:
        if self._other is None or self._frame is None or self.comparison == "one":
            return None
        height, width = self._other.shape[:2]
        column = min(width - 1, x * width // self._frame.shape[1])
        row = min(height - 1, y * height // self._frame.shape[0])
        return tuple(int(value) for value in self._other[row, column, :3])

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure()

    def _on_wipe(self, at: QPointF) -> bool:
        if self.comparison != "wipe" or self._other is None or self._frame is None:
            return False
        area = self.lens.area()
        return abs(at.x() - area.left() - self.wipe * area.width()) <= GRAB

    def _measure(self) -> None:
        side = self.comparison == "side" and self._other is not None
        width = self.width() / 2 if side else self.width()
        self.lens.window = QSizeF(max(1.0, width), max(1, self.height()))
        if self._frame is not None:
            self.lens.picture = QSizeF(self._frame.shape[1], self._frame.shape[0])
        self.update()

    def _looked(self) -> None:
        self.update()
        self.view_changed.emit()


GROUND = QColor("#2a2d33")
"""Neutral and dark in the light theme too, so that colours are judged the same way."""

"""The bar under the picture: where we are, what is in memory, the range that is played.

It shows what it is told and asks by `sought`; the player decides.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from aiprod_studio.ui.theme import current

INSET = 8


class ScrubBar(QWidget):
    """A bar over the frames of a film; pressed and dragged, it asks for frames."""

    sought = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count, self._index = 0, 0
        self._range = (0, 0)
        self._cached: list[tuple[int, int]] = []
        self._marks: tuple[int, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Position")
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        return QSize(200, current().space(6))

    def show_film(self, count: int, index: int, played: tuple[int, int]) -> None:
        """Show how many frames there are, which is seen, and the range (both ends included)."""
        if (count, index, played) != (self._count, self._index, self._range):
            self._count, self._index, self._range = count, index, played
            self.setAccessibleDescription(f"Frame {index} of {count}")
            self.update()

    def show_cached(self, frames: Sequence[int]) -> None:
        """Show which frames are in memory; numbers in order."""
        runs: list[tuple[int, int]] = []
        for frame in frames:
            if runs and frame == runs[-1][1] + 1:
                runs[-1] = (runs[-1][0], frame)
            else:
                runs.append((frame, frame))
        if runs != self._cached:
            self._cached = runs
            self.update()

    def show_marks(self, frames: Sequence[int]) -> None:
        """Show diamonds at frames, say keyframes."""
        self._marks = tuple(frames)
        self.update()

    def place_of(self, index: int) -> float:
        """Return where a frame begins, in pixels from the left."""
        return INSET + index * self._room() / max(1, self._count)

    def frame_at(self, x: float) -> int:
        """Return the frame at a place."""
        share = (x - INSET) / max(1.0, self._room())
        return max(0, min(self._count - 1, int(share * self._count // 1)))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, thick = self.height() / 2, theme.px(6)
        track = QRectF(INSET, middle - thick / 2, self._room(), thick)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("line"))
        painter.drawRoundedRect(track, thick / 2, thick / 2)
        if self._count < 1:
            return
        whole = self._range == (0, self._count - 1)
        self._fill(painter, self._range, track, theme.colour("line_strong"))
        for run in self._cached:
            low = QRectF(track.left(), track.bottom() - theme.px(2), track.width(), theme.px(2))
            self._fill(painter, run, low, theme.colour("good", 150))
        done = (self._range[0], self._index) if self._index >= self._range[0] else None
        if done:
            self._fill(painter, done, track, theme.colour("accent", 255 if whole else 220))
        self._paint_ends(painter, track, whole)
        self._paint_marks(painter, track)
        self._paint_head(painter, track)

    def _fill(self, painter: QPainter, run: tuple[int, int], track: QRectF, tone: QColor) -> None:
        painter.setBrush(tone)
        left, right = self.place_of(run[0]), self.place_of(run[1] + 1)
        round_by = min(track.height() / 2, (right - left) / 2)
        area = QRectF(left, track.top(), right - left, track.height())
        painter.drawRoundedRect(area, round_by, round_by)

    def _paint_ends(self, painter: QPainter, track: QRectF, whole: bool) -> None:
        if whole:
            return
        painter.setBrush(current().colour("text_dim"))
        for x in (self.place_of(self._range[0]), self.place_of(self._range[1] + 1)):
            painter.drawRect(QRectF(x - 1, track.top() - 4, 2, track.height() + 8))

    def _paint_marks(self, painter: QPainter, track: QRectF) -> None:
        painter.setBrush(current().colour("warn"))
        size = current().px(3.5)
        for mark in self._marks:
            at = QPointF((self.place_of(mark) + self.place_of(mark + 1)) / 2, track.top() - size)
            painter.drawPolygon(QPolygonF([
                at + QPointF(0, -size), at + QPointF(size, 0),
                at + QPointF(0, size), at + QPointF(-size, 0),
            ]))  # fmt: skip

    def _paint_head(self, painter: QPainter, track: QRectF) -> None:
        theme = current()
        middle = (self.place_of(self._index) + self.place_of(self._index + 1)) / 2
        size = theme.px(6)
        painter.setPen(theme.colour("window"))
        painter.setBrush(theme.colour("accent" if self.hasFocus() else "text"))
        painter.drawEllipse(QPointF(middle, track.center().y()), size, size)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._count:
            self.sought.emit(self.frame_at(event.position().x()))
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton and self._count:
            self.sought.emit(self.frame_at(event.position().x()))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()  # the transport listens

    def _room(self) -> float:
        return max(1.0, float(self.width() - 2 * INSET))

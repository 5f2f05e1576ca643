"""The ruler above the tracks: timecode, the playhead's grip, in and out, and the cut's markers.

A press moves the playhead; the ends of the marked span and the markers can be dragged.
"""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPolygonF, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from aiprod_studio.story.cut import Marker
from aiprod_studio.story.time import timecode
from aiprod_studio.ui.footage.tones import Tones, tones
from aiprod_studio.ui.theme import current
from aiprod_studio.ui.timeline.model.drafting import Gesture, Pointer
from aiprod_studio.ui.timeline.model.gestures.passing import MoveMarker
from aiprod_studio.ui.timeline.model.ruling import ticks
from aiprod_studio.ui.timeline.state import State
from aiprod_studio.ui.timeline.tracks.painting import paint_grip

HEIGHT = 32
GRAB = 5


class Ruler(QWidget):
    """Shows the time of a `State`."""

    marker_opened = Signal(str)

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.state = state
        self._held: Literal["", "playhead", "start", "stop", "marker"] = ""
        self._gesture: Gesture | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Time ruler")
        for signal in (
            state.film_changed, state.view_changed, state.marks_changed, state.playhead_changed,
            state.draft_changed,
        ):  # fmt: skip
            signal.connect(self._repaint)

    def sizeHint(self) -> QSize:
        """Return its height."""
        return QSize(400, current().px(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """Return its height."""
        return QSize(50, current().px(HEIGHT))

    def _repaint(self, *_: object) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ticks, the span, markers and the grip."""
        painter, shades = QPainter(self), tones()
        painter.fillRect(self.rect(), shades.bar)
        self._paint_span(painter, shades)
        self._paint_ticks(painter, shades)
        for marker in self.state.seen_cut.markers:
            self._paint_marker(painter, marker, shades)
        x = self.state.scale.x(self.state.playhead)
        paint_grip(painter, x, float(self.height()), shades)
        painter.fillRect(0, self.height() - 1, self.width(), 1, shades.line)

    def _paint_ticks(self, painter: QPainter, shades: Tones) -> None:
        painter.setFont(shades.numbers)
        scale, rate = self.state.scale, self.state.cut.rate
        room = 96.0 * current().scale
        for tick in ticks(scale, rate, 0, self.width(), room):
            x = round(scale.x(tick.frame))
            high = self.height() * (0.36 if tick.strong else 0.18)
            painter.fillRect(
                QRectF(x, self.height() - high, 1, high),
                shades.faint if tick.strong else shades.line_strong,
            )
            if tick.strong:
                painter.setPen(shades.dim)
                painter.drawText(QPointF(x + 4, self.height() * 0.5), tick.words)

    def _paint_span(self, painter: QPainter, shades: Tones) -> None:
        span = self.state.span
        if span is None:
            return
        left, right = (self.state.scale.x(frame) for frame in span)
        painter.fillRect(QRectF(left, 0, right - left, self.height()), shades.span)
        painter.fillRect(QRectF(left, 0, right - left, 2), shades.accent)
        for x, way in ((left, 1), (right, -1)):
            painter.fillRect(QRectF(x if way > 0 else x - 2, 0, 2, self.height()), shades.accent)

    def _paint_marker(self, painter: QPainter, marker: Marker, shades: Tones) -> None:
        x, half = self.state.scale.x(marker.at), 4.5 * shades.theme.scale
        if marker.frames:
            band = QRectF(x, 2, self.state.scale.width(marker.frames), 3)
            painter.fillRect(band, shades.marker(marker.colour))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shades.marker(marker.colour))
        flag = [(-half, 2), (half, 2), (half, 2 + half), (0, 2 + 2 * half), (-half, 2 + half)]
        painter.drawPolygon(QPolygonF([QPointF(x + dx, dy) for dx, dy in flag]))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    # The mouse.

    def marker_at(self, x: float) -> Marker | None:
        """Return the marker at a pixel."""
        near = GRAB * current().scale
        found = (m for m in self.state.cut.markers if abs(self.state.scale.x(m.at) - x) <= near)
        return next(found, None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of a marker, an end of the span, or the playhead."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        at = event.position()
        marker = self.marker_at(at.x()) if at.y() < self.height() * 0.5 else None
        if marker is not None:
            self._held = "marker"
            start = Pointer(at.x(), 0)
            self._gesture = MoveMarker(self.state.desk(), start, marker)
            self.state.seek(marker.at)
            return
        self._held = self._end_at(at.x()) or "playhead"
        self._drag(at.x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag what is held; else say what is below."""
        x = event.position().x()
        if self._held:
            self._drag(x)
            return
        self.setCursor(
            Qt.CursorShape.SizeHorCursor if self._end_at(x) else Qt.CursorShape.ArrowCursor
        )
        marker = self.marker_at(x)
        words = f"{marker.name}\n{marker.text}".strip() if marker else ""
        self.setToolTip(words or timecode(max(self.state.scale.frame(x), 0), self.state.cut.rate))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go; a marker that moved is one edit."""
        draft = self.state.draft
        if self._held == "marker" and draft is not None:
            self.state.set_draft(None)
            self.state.ask(draft.edits, draft.title)
        self._held, self._gesture = "", None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open a marker to be named."""
        marker = self.marker_at(event.position().x())
        if marker is not None:
            self.marker_opened.emit(marker.name)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the mouse."""
        turn = event.angleDelta()
        if turn.y():
            self.state.zoom(1.25 ** (turn.y() / 120), event.position().x())
        else:
            self.state.look(self.state.scale.moved(-float(turn.x())))
        event.accept()

    def _end_at(self, x: float) -> Literal["", "start", "stop"]:
        span = self.state.span
        if span is None:
            return ""
        near = GRAB * current().scale
        if abs(self.state.scale.x(span[0]) - x) <= near:
            return "start"
        return "stop" if abs(self.state.scale.x(span[1]) - x) <= near else ""

    def _drag(self, x: float) -> None:
        state = self.state
        if self._held == "marker" and self._gesture is not None:
            draft = self._gesture.move(Pointer(x, 0))
            state.set_draft(draft)
            if draft.frame is not None:
                state.seek(draft.frame)
        elif self._held == "start":
            state.mark(max(min(state.scale.edge(x), (state.stop or 1 << 60) - 1), 0), state.stop)
        elif self._held == "stop":
            state.mark(state.start, max(state.scale.edge(x), (state.start or 0) + 1))
        else:
            state.seek(max(state.scale.frame(x), 0))

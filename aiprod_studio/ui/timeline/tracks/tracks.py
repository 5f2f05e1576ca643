"""The tracks: paints the clips and turns the mouse into gestures.

One widget without children; a gesture is begun by the button, moved by the mouse, ended by letting
go or forgotten by Escape. Its edits go to the shared state as a wish, never to the document.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from aiprod_studio.ui.footage.errands import Errands
from aiprod_studio.ui.footage.tones import Tones, tones
from aiprod_studio.ui.timeline.model.hitting import Hit, hit
from aiprod_studio.ui.timeline.state import State
from aiprod_studio.ui.timeline.tracks.cursors import CURSORS
from aiprod_studio.ui.timeline.tracks.hand import Hand
from aiprod_studio.ui.timeline.tracks.painting import Scene, paint_playhead, paint_tracks

NOTCH = 120
EDGE = 24
"""Pixels from the sides within which a drag moves the view along."""


class Tracks(QWidget):
    """Shows the tracks of a `State`."""

    opened = Signal(str)
    """A clip was double-clicked."""
    menu_wanted = Signal(QPoint, object)
    """A menu is wanted at a point of the screen, for what was hit."""

    def __init__(
        self, state: State, errands: Errands | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.state = state
        self.errands = errands
        self.hand = Hand(self)
        self._along = QTimer(self, interval=30)
        self._along.timeout.connect(self._drag_along)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Timeline tracks")
        for signal in (
            state.film_changed, state.view_changed, state.chosen_changed, state.marks_changed,
            state.draft_changed, state.tool_changed,
        ):  # fmt: skip
            signal.connect(self.update)
        state.playhead_changed.connect(self._playhead_moved)
        if errands is not None:
            errands.arrived.connect(self.update)

    def sizeHint(self) -> QSize:
        """Return a usual size."""
        return QSize(800, 260)

    # Painting.

    def scene(self) -> Scene:
        """Return what is painted now."""
        state = self.state
        chosen = state.chosen
        if state.draft is not None and state.draft.chosen is not None:
            chosen = state.draft.chosen
        return Scene(
            state.seen_cut, state.rows, state.scale, state.top, state.strips, state.shots,
            self.errands, chosen, state.filling,
        )  # fmt: skip

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the part that has to be."""
        painter = QPainter(self)
        painter.setClipRect(event.rect())
        paint_tracks(painter, self.scene(), event.rect(), self.width())
        shades = tones()
        self._paint_span(painter, shades)
        self._paint_gap(painter, shades)
        paint_playhead(painter, self.state.scale.x(self.state.playhead), self.height(), shades)
        self._paint_draft(painter, shades)

    def _paint_span(self, painter: QPainter, shades: Tones) -> None:
        span = self.state.span
        if span is not None:
            left, right = (self.state.scale.x(frame) for frame in span)
            painter.fillRect(QRectF(left, 0, right - left, self.height()), shades.span)

    def _paint_gap(self, painter: QPainter, shades: Tones) -> None:
        gap = self.state.gap
        row = self.state.rows.of(gap[0]) if gap is not None else None
        if gap is None or row is None:
            return
        left, right = self.state.scale.x(gap[1]), self.state.scale.x(gap[2])
        area = QRectF(left, row.top - self.state.top, right - left, row.height - 1)
        painter.fillRect(area, shades.span)
        painter.setPen(QPen(shades.accent, 1, Qt.PenStyle.DashLine))
        painter.drawRect(area.adjusted(1, 1, -1, -1))

    def _paint_draft(self, painter: QPainter, shades: Tones) -> None:
        draft = self.state.draft
        if draft is None:
            line = self.hand.blade_line
            if line is not None:
                painter.setPen(QPen(shades.text, 1, Qt.PenStyle.DashLine))
                painter.drawLine(line)
            return
        if draft.box is not None:
            left, top, right, bottom = draft.box
            area = QRectF(left, top - self.state.top, right - left, bottom - top)
            painter.fillRect(area, shades.span)
            painter.setPen(QPen(shades.accent, 1))
            painter.drawRect(area)
        if draft.line is not None:
            x = round(self.state.scale.x(draft.line))
            painter.fillRect(QRect(x, 0, 1, self.height()), shades.warn)

    def _playhead_moved(self, old: int, new: int) -> None:
        for frame in (old, new):
            self.update(round(self.state.scale.x(frame)) - 1, 0, 3, self.height())

    # The mouse.

    def hit(self, at: QPointF) -> Hit:
        """Return what lies at a point of the widget."""
        state = self.state
        return hit(state.cut, state.rows, state.scale, at.x(), at.y() + state.top)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a gesture."""
        self.hand.press(event)
        self._along.start()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the gesture, or show what a press would do."""
        self.hand.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the gesture."""
        self._along.stop()
        self.hand.release(event)
        QToolTip.hideText()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the clip under the mouse."""
        found = self.hit(event.position())
        if found.clip and event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit(found.clip)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Choose what is under the mouse and ask for its menu."""
        found = self.hit(QPointF(event.pos()))
        self.hand.choose_for_menu(found)
        self.menu_wanted.emit(event.globalPos(), found)

    def leaveEvent(self, event: QEvent) -> None:
        """Hide the line of the blade."""
        self.hand.left()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Forget a gesture with Escape; let the window have all other keys."""
        if event.key() == Qt.Key.Key_Escape and self.hand.busy:
            self._along.stop()
            self.hand.cancel()
            return
        event.ignore()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll; with Ctrl or Alt zoom at the mouse, with Shift scroll the other way."""
        keys, turn = event.modifiers(), event.angleDelta()
        pixels = event.pixelDelta() if not event.pixelDelta().isNull() else turn
        zooming = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        if keys & zooming:
            notches = (turn.y() or turn.x()) / NOTCH
            self.state.zoom(1.25**notches, event.position().x())
        elif keys & Qt.KeyboardModifier.ShiftModifier or not self.overflow():
            self.state.look(self.state.scale.moved(-float(pixels.x() or pixels.y())))
        else:
            self.state.look(self.state.scale.moved(-float(pixels.x())))
            self.scroll_by(-pixels.y() / 2)
        event.accept()

    def overflow(self) -> int:
        """Return how many pixels of the tracks do not fit."""
        return max(0, self.state.rows.height - self.height())

    def scroll_by(self, pixels: float) -> None:
        """Move the tracks up or down, as far as there are any."""
        self.state.scroll_to(min(max(self.state.top + pixels, 0.0), float(self.overflow())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell the state how wide it is."""
        self.state.width = self.width()
        self.scroll_by(0)
        self.state.view_changed.emit()

    def _drag_along(self) -> None:
        """Move the view while a drag is held near a side."""
        at = self.mapFromGlobal(self.cursor().pos())
        if not self.hand.busy or not -200 < at.y() < self.height() + 200:
            return
        beyond = min(at.x() - EDGE, 0) or max(at.x() - (self.width() - EDGE), 0)
        if beyond:
            self.state.look(self.state.scale.moved(min(max(beyond, -40), 40)))
            self.hand.again()

    def tell(self, words: str, at: QPoint) -> None:
        """Show words beside the mouse."""
        if words:
            QToolTip.showText(self.mapToGlobal(at) + QPoint(16, 18), words, self)
        else:
            QToolTip.hideText()

    def set_hand_cursor(self, name: str) -> None:
        """Show what the hand would do."""
        shape = CURSORS.get(name, Qt.CursorShape.ArrowCursor)
        if self.cursor().shape() != shape:
            self.setCursor(shape)

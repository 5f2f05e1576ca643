"""The hand on the tracks: from mouse events to gestures of the model, and to what is chosen.

`Tracks` owns one and forwards its events. A press without a drag chooses, a drag is a gesture; the
document hears of its edits when the button is let go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent

from aiprod_studio.ui.timeline.model.drafting import Desk, Draft, Gesture, Pointer
from aiprod_studio.ui.timeline.model.gestures import begin, pointed
from aiprod_studio.ui.timeline.model.hitting import Hit

if TYPE_CHECKING:
    from aiprod_studio.ui.timeline.tracks.tracks import Tracks

SLACK = 3
"""Pixels that a click may wander."""

Keys = Qt.KeyboardModifier
LEFT = Qt.MouseButton.LeftButton
MIDDLE = Qt.MouseButton.MiddleButton


class Hand:
    """One hand; `busy` while a button is held."""

    def __init__(self, tracks: Tracks) -> None:
        self.tracks, self.state = tracks, tracks.state
        self._gesture: Gesture | None = None
        self._desk: Desk | None = None
        self._hit: Hit | None = None
        self._start = QPointF()
        self._last = QPointF()
        self._keys = Keys.NoModifier
        self._panning = False
        self._dragging = False
        self.blade_line: QLineF | None = None

    @property
    def busy(self) -> bool:
        """Whether something is being dragged."""
        return self._hit is not None

    def press(self, event: QMouseEvent) -> None:
        """Take hold of what is under the mouse."""
        self._start = self._last = event.position()
        self._keys = event.modifiers()
        if event.button() == MIDDLE or (event.button() == LEFT and self.state.tool == "hand"):
            self._panning, self._hit = True, Hit()
            self.tracks.set_hand_cursor("holding")
            return
        if event.button() != LEFT:
            return
        self._hit = self.tracks.hit(self._start)
        self._dragging = False
        self._choose_on_press(self._hit)
        self._desk = self.state.desk()
        self._gesture = begin(self.state.tool, self._desk, self._hit, self._pointer(self._start))
        if self.state.tool == "blade":
            self._drag()

    def move(self, event: QMouseEvent) -> None:
        """Go on with the gesture, or show what would begin here."""
        self._keys = event.modifiers()
        before, self._last = self._last, event.position()
        if self._panning:
            self.state.look(self.state.scale.moved(before.x() - self._last.x()))
            self.tracks.scroll_by(before.y() - self._last.y())
        elif self._hit is None:
            self._hover()
        elif self._dragging or (self._last - self._start).manhattanLength() > SLACK:
            self._drag()

    def again(self) -> None:
        """Go on with the gesture, because the view moved below the mouse."""
        if self._dragging:
            self._drag()

    def release(self, event: QMouseEvent) -> None:
        """Let go: do what the last draft says."""
        draft, dragged, hit = self.state.draft, self._dragging, self._hit
        self._let_go()
        if hit is None:
            return
        if dragged and draft is not None:
            self._finish(draft)
        elif event.button() == LEFT and self.state.tool != "hand":
            self._click(hit)
        self._hover()

    def cancel(self) -> None:
        """Forget the gesture; nothing happens."""
        self._let_go()

    def left(self) -> None:
        """The mouse left the tracks."""
        if self.blade_line is not None:
            self.blade_line = None
            self.tracks.update()

    def choose_for_menu(self, hit: Hit) -> None:
        """Choose what a menu is about."""
        self.cancel()
        if hit.clip and hit.clip not in self.state.chosen and hit.part not in PASSAGES:
            self.state.choose(self.state.cut.linked(hit.clip))
        elif hit.part == "gap" and hit.stop is not None:
            self.state.choose_gap((hit.track, hit.start, hit.stop))

    def _let_go(self) -> None:
        self._gesture, self._hit, self._panning, self._dragging = None, None, False, False
        self.state.set_draft(None)
        self.tracks.tell("", QPoint())

    def _finish(self, draft: Draft) -> None:
        if draft.chosen is not None:
            self.state.choose(draft.chosen)
        if draft.edits:
            self.state.ask(draft.edits, draft.title)
        elif draft.problem is not None:
            self.state.told.emit(str(self.state.worded(draft.problem)))

    def _drag(self) -> None:
        self._dragging = True
        if self._gesture is None:
            return
        draft = self._gesture.move(self._pointer(self._last))
        self.state.set_draft(draft)
        why = self.state.worded(draft.problem).why if draft.problem is not None else ""
        words = "\n".join(part for part in (draft.words, why) if part)
        self.tracks.tell(words, self._last.toPoint())

    def _pointer(self, at: QPointF) -> Pointer:
        """Return the mouse in the pixels of the desk, though the view may have moved since."""
        x = at.x()
        if self._desk is not None:
            x = self._desk.scale.x(self.state.scale.moment(x))
        keys = self._keys
        return Pointer(
            x,
            at.y() + self.state.top,
            shift=bool(keys & Keys.ShiftModifier),
            ctrl=bool(keys & Keys.ControlModifier),
            alt=bool(keys & Keys.AltModifier),
        )

    def _choose_on_press(self, hit: Hit) -> None:
        """Choose a clip that is taken hold of, unless it is one of those chosen already."""
        if self.state.tool == "blade" or not hit.clip or hit.part in PASSAGES:
            return
        adding = bool(self._keys & (Keys.ShiftModifier | Keys.ControlModifier))
        if hit.clip not in self.state.chosen and not adding:
            self.state.choose(self.state.cut.linked(hit.clip))

    def _click(self, hit: Hit) -> None:
        if self.state.tool == "blade":
            return
        adding = bool(self._keys & (Keys.ShiftModifier | Keys.ControlModifier))
        if hit.clip and hit.part not in PASSAGES:
            family = frozenset(self.state.cut.linked(hit.clip))
            if adding:
                self.state.choose(self.state.chosen ^ family)
            else:
                self.state.choose(family)
        elif hit.part == "gap" and hit.stop is not None and not adding:
            self.state.choose_gap((hit.track, hit.start, hit.stop))
        elif not adding:
            self.state.choose(())

    def _hover(self) -> None:
        hit = self.tracks.hit(self._last)
        ctrl = bool(self._keys & Keys.ControlModifier)
        self.tracks.set_hand_cursor(pointed(self.state.tool, hit, ctrl))
        line = None
        if self.state.tool == "blade" and hit.clip:
            x = round(self.state.scale.x(self.state.scale.edge(self._last.x())))
            row = self.state.rows.of(hit.track)
            if row is not None:
                top = row.top - self.state.top
                line = QLineF(x, top, x, top + row.height)
        if line != self.blade_line:
            self.blade_line = line
            self.tracks.update()


PASSAGES = ("passage", "passage_start", "passage_stop")

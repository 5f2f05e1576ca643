"""The mouse over the cards: what a press chooses or begins, and what a release does.

`CardsView` hands its events on with the place in its content. What is dragged is a gesture (see
`hand`); everything else is choosing, or a signal of the view.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication

from aiprod_studio.ui.storyboard.hand import Drag, DragShot, Gesture, Marquee, Stretch
from aiprod_studio.ui.theme import current

if TYPE_CHECKING:
    from aiprod_studio.ui.storyboard.cards import CardsView

ADD = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.MetaModifier


class Pointer:
    """Turns presses, moves and releases on a view into choices and gestures."""

    def __init__(self, view: CardsView) -> None:
        self.view = view
        self.gesture: Gesture | None = None
        self._pressed: QPointF | None = None

    def press(self, at: QPointF, keys: Qt.KeyboardModifier) -> None:
        """Begin to drag an edge, or choose what lies there."""
        edge = self.view.layout_now.edge_at(at.x(), at.y())
        if edge is not None:
            self.view.go_to(edge.panel)
            self.gesture = Stretch(self.view, edge, at)
            return
        self._pressed = at
        self.choose_under(at, keys, keep=True)

    def move(self, at: QPointF, seen: QPointF, keys: Qt.KeyboardModifier) -> None:
        """Go on with a gesture, or show what a press would do; `seen` is the place in the view."""
        if self.gesture is None and self._pressed is not None:
            far = (at - self._pressed).manhattanLength()
            if far < QApplication.startDragDistance():
                return
            self.gesture = self._begun(self._pressed, add=bool(keys & ADD))
        if self.gesture is not None:
            self.gesture.move(at)
            self.scroll_near(seen)
        else:
            self._hover(at)

    def _begun(self, at: QPointF, *, add: bool) -> Gesture:
        """Return what is dragged from a point: cards, a shot by its heading, or a frame."""
        layout = self.view.layout_now
        head = layout.head_at(at.x(), at.y())
        if layout.card_at(at.x(), at.y()) is not None:
            return Drag(self.view)
        if head is not None and head.kind == "shot":
            return DragShot(self.view, head.name)
        return Marquee(self.view, at, add=add)

    def release(self, at: QPointF, keys: Qt.KeyboardModifier) -> None:
        """End a gesture; a click on one of several chosen cards leaves only that one."""
        gesture, self.gesture, pressed = self.gesture, None, self._pressed
        self._pressed = None
        if gesture is not None:
            gesture.end(at)
        elif pressed is not None:
            tile = self.view.layout_now.tile_at(at.x(), at.y())
            if tile is not None:
                self.view.tile_pressed.emit(tile.kind, tile.name)
            elif keys == Qt.KeyboardModifier.NoModifier:
                self.choose_under(at, keys, keep=False)

    def cancel(self) -> bool:
        """Let go of what is dragged; False when nothing was."""
        if self.gesture is None:
            return False
        self.gesture.cancel()
        self.gesture = self._pressed = None
        return True

    def choose_under(self, at: QPointF, keys: Qt.KeyboardModifier, *, keep: bool) -> None:
        """Choose a card, or the cards under a heading; with `keep` a chosen one stays so."""
        view = self.view
        card = view.layout_now.card_at(at.x(), at.y())
        head = view.layout_now.head_at(at.x(), at.y())
        add, on = bool(keys & ADD), bool(keys & Qt.KeyboardModifier.ShiftModifier)
        if card is not None:
            self._choose_card(card.panel, add=add, on=on, keep=keep)
        elif head is not None:
            view.choose(view.panels_of(head.kind, head.name))
        elif not add:
            view.choose([])

    def _choose_card(self, panel: str, *, add: bool, on: bool, keep: bool) -> None:
        view = self.view
        if on and view.anchor:
            view.choose(view.layout_now.between(view.anchor, panel))
        elif add:
            chosen = list(view.chosen)
            chosen.remove(panel) if panel in chosen else chosen.append(panel)
            view.choose(chosen)
        elif not (keep and panel in view.chosen):
            view.choose([panel])
        view.at = panel
        if not on:
            view.anchor = panel
        view.chosen_changed.emit()

    def _hover(self, at: QPointF) -> None:
        view = self.view
        edge = view.layout_now.edge_at(at.x(), at.y())
        head = view.layout_now.head_at(at.x(), at.y())
        shape = Qt.CursorShape.SizeHorCursor if edge else Qt.CursorShape.ArrowCursor
        if edge is None and head is not None and head.kind == "shot":
            shape = Qt.CursorShape.OpenHandCursor
        view.viewport().setCursor(shape)
        hot = view.layout_now.tile_at(at.x(), at.y())
        if hot != view.hot:
            view.hot = hot
            view.viewport().update()

    def scroll_near(self, seen: QPointF) -> None:
        """Scroll when the mouse drags something near an end of the view."""
        near, step, view = current().px(28), current().px(18), self.view
        for bar, place, length in (
            (view.horizontalScrollBar(), seen.x(), view.viewport().width()),
            (view.verticalScrollBar(), seen.y(), view.viewport().height()),
        ):
            if place < near:
                bar.setValue(bar.value() - step)
            elif place > length - near:
                bar.setValue(bar.value() + step)

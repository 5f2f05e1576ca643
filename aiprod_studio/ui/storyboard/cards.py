"""The cards of the board in the artist's hands: choosing, walking, dragging, files from outside.

It shows a board that it is given and tells what the artist wants by `wanted` and its other signals;
it keeps only what is chosen. How it looks is in `CardsSheet`, what the mouse does in `Pointer`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from aiprod_studio.app.session.board_files import SOUNDS
from aiprod_studio.sdk import Refusal
from aiprod_studio.story.board import Board
from aiprod_studio.story.edits import BoardEdit
from aiprod_studio.story.interchange.pictures import ENDINGS
from aiprod_studio.ui.footage.looks import ShotLook
from aiprod_studio.ui.storyboard.model.layout import Drop
from aiprod_studio.ui.storyboard.pictures import Pictures
from aiprod_studio.ui.storyboard.pointer import Pointer
from aiprod_studio.ui.storyboard.sheet import CardsSheet
from aiprod_studio.ui.theme import current

Ask = Callable[[Board], tuple[BoardEdit, ...]]
Way = Literal["left", "right", "up", "down"]
WAYS: dict[int, Way] = {
    Qt.Key.Key_Left: "left", Qt.Key.Key_Right: "right",
    Qt.Key.Key_Up: "up", Qt.Key.Key_Down: "down",
}  # fmt: skip
PLAIN = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
"""Modifiers that leave a key a plain one."""


class CardsView(CardsSheet):
    """The cards of a board, to choose and to change."""

    wanted = Signal(object, str)
    """Edits, and what to call them."""
    refused = Signal(object)
    chosen_changed = Signal()
    opened = Signal(str)
    """A panel was double-clicked or Enter was pressed on it."""
    head_opened = Signal(str, str)
    """A heading was double-clicked: "scene" or "shot", and its name."""
    tile_pressed = Signal(str, str)
    """A place for a new shot ("add", scene) or for a first panel ("empty", shot)."""
    dropped = Signal(list, object)
    """Files from outside, and where: `Drop` or None."""
    asked_for_menu = Signal(object, object)
    """A place on the screen, and the `Head` or `Tile` that is there or None."""
    key_pressed = Signal(object)
    """A key that the cards have no use for; whoever has one accepts the event."""

    def __init__(self, pictures: Pictures, parent: QWidget | None = None) -> None:
        super().__init__(pictures, parent)
        self.anchor = ""
        self.pointer = Pointer(self)
        self.viewport().setMouseTracking(True)
        self.setAcceptDrops(True)

    def show_board(self, board: Board, looks: dict[str, ShotLook]) -> None:
        """Show another state of the board; what is gone is no longer chosen."""
        anew = self.take_board(board)
        self.looks = looks
        self.choose([name for name in self.chosen if self.has(name)])
        if not self.has(self.at):
            self.at = self.chosen[0] if self.chosen else ""
        if anew:  # the looks alone, which change all the time during a render, move no card
            self.relay()
        self.viewport().update()

    # What is chosen.

    def choose(self, panels: Iterable[str]) -> None:
        """Choose panels and nothing else."""
        chosen = tuple(dict.fromkeys(name for name in panels if self.has(name)))
        if chosen != self.chosen:
            self.chosen = chosen
            if chosen and self.at not in chosen:
                self.at = chosen[-1]
            self.chosen_changed.emit()
        self.viewport().update()

    def go_to(self, panel: str) -> None:
        """Choose one panel and show it."""
        self.at = self.anchor = panel
        self.choose([panel])
        self.reveal(panel)

    def ask(self, make: Ask, title: str) -> None:
        """Want edits made from the board as it is; a refusal is told."""
        try:
            edits = make(self.board)
        except Refusal as refusal:
            self.refused.emit(refusal.problems[0])
            return
        if edits:
            self.wanted.emit(edits, title)

    # The mouse.

    def _spot(self, event: QMouseEvent | QDropEvent) -> QPointF:
        return event.position() + self.origin

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose, or begin something."""
        if event.button() == Qt.MouseButton.RightButton:
            at, keys = self._spot(event), Qt.KeyboardModifier.NoModifier
            self.pointer.choose_under(at, keys, keep=True)
        elif event.button() == Qt.MouseButton.LeftButton:
            self.pointer.press(self._spot(event), event.modifiers())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with a gesture, or show what a press would do."""
        self.pointer.move(self._spot(event), event.position(), event.modifiers())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a gesture or a click."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.pointer.release(self._spot(event), event.modifiers())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Write what is said, or the name of a scene or shot."""
        at = self._spot(event)
        card = self.layout_now.card_at(at.x(), at.y())
        head = self.layout_now.head_at(at.x(), at.y())
        if card is not None:
            self.opened.emit(card.panel)
        elif head is not None:
            self.head_opened.emit(head.kind, head.name)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll; with Ctrl the cards grow and shrink."""
        steps = event.angleDelta().y() / 120
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.set_card_width(self.card_width * 1.12**steps)
            event.accept()
        elif self.shape_now == "strip" and steps:
            bar = self.horizontalScrollBar()
            bar.setValue(bar.value() - round(steps * current().px(80)))
            event.accept()
        else:
            super().wheelEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of what is under the mouse, or by the key of what is chosen."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self.asked_for_menu.emit(self._beside_chosen(), None)
            return
        at, layout = QPointF(event.pos()) + self.origin, self.layout_now
        found = layout.head_at(at.x(), at.y()) or layout.tile_at(at.x(), at.y())
        self.asked_for_menu.emit(event.globalPos(), found)

    def _beside_chosen(self) -> QPoint:
        card = self.layout_now.card(self.at)
        middle = QPointF(self.viewport().rect().center())
        if card is not None:
            middle = QPointF(card.box.x, card.box.y) + QPointF(20, 20) - self.origin
        return self.viewport().mapToGlobal(middle.toPoint())

    # Keys.

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk with the arrows, Enter opens, Escape lets go."""
        if event.modifiers() & ~PLAIN or not self._walked(event):
            event.ignore()
            self.key_pressed.emit(event)
            if not event.isAccepted():
                super().keyPressEvent(event)

    def _walked(self, event: QKeyEvent) -> bool:
        key, spread = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        way = WAYS.get(key)
        cards = self.layout_now.cards
        if way is not None:
            self._walk(self.layout_now.neighbour(self.at, way), spread)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End) and cards:
            self._walk(cards[0 if key == Qt.Key.Key_Home else -1].panel, spread)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.at:
            self.opened.emit(self.at)
        elif key == Qt.Key.Key_Escape:
            return self.pointer.cancel()
        else:
            return False
        return True

    def _walk(self, found: str, spread: bool) -> None:
        if not found:
            return
        if spread and self.anchor:
            self.at = found
            self.choose(self.layout_now.between(self.anchor, found))
            self.reveal(found)
        else:
            self.go_to(found)

    # What comes from outside.

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files."""
        if files_in(event.mimeData()):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show where they would go."""
        self.drop = self._drop(event)
        self.viewport().update()
        event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """They went away."""
        self.drop = None
        self.viewport().update()

    def dropEvent(self, event: QDropEvent) -> None:
        """Tell what was dropped and where."""
        drop, self.drop = self._drop(event), None
        self.viewport().update()
        event.acceptProposedAction()
        self.dropped.emit(files_in(event.mimeData()), drop)

    def _drop(self, event: QDropEvent) -> Drop | None:
        at, files = self._spot(event), files_in(event.mimeData())
        card = self.layout_now.card_at(at.x(), at.y())
        endings = {file.suffix.lower() for file in files}
        free = card is not None and not self.panel(card.panel).image
        whole = bool(endings) and (endings <= {*SOUNDS} or (free and bool(endings & ENDINGS)))
        middle = len(files) == 1 and endings <= ENDINGS
        return self.layout_now.file_drop_at(at.x(), at.y(), whole=whole, middle=middle)

    # The widget.

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keys are."""
        super().focusInEvent(event)
        if not self.at and self.layout_now.cards:
            self.at = self.layout_now.cards[0].panel
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """No longer show where the keys are."""
        super().focusOutEvent(event)
        self.viewport().update()


def files_in(data: QMimeData) -> list[Path]:
    """Return the files of this machine that a drag or the clipboard names."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]

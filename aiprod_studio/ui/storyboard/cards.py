"""The cards of the board, painted: grid or strip, with everything the mouse and the keys do there.

It shows a board that it is given and tells what the artist wants by `wanted`; it keeps only what is
chosen, where it looks and how large the cards are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QMimeData, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QFrame, QWidget

from aiprod_studio.sdk import Refusal
from aiprod_studio.story.board import Board, Panel
from aiprod_studio.story.edits import BoardEdit
from aiprod_studio.story.timing import suggestions
from aiprod_studio.ui.footage.looks import ShotLook
from aiprod_studio.ui.footage.tones import tones
from aiprod_studio.ui.storyboard import painting
from aiprod_studio.ui.storyboard.hand import Drag, Gesture, Marquee, Stretch
from aiprod_studio.ui.storyboard.model.layout import (
    Box,
    Card,
    Drop,
    Layout,
    Shape,
    Sizes,
    grid,
    strip,
)
from aiprod_studio.ui.storyboard.pictures import Pictures
from aiprod_studio.ui.theme import current, watch

SMALLEST, LARGEST, USUAL = 120, 420, 224
Ask = Callable[[Board], tuple[BoardEdit, ...]]
WAYS: dict[int, Literal["left", "right", "up", "down"]] = {
    Qt.Key.Key_Left: "left", Qt.Key.Key_Right: "right",
    Qt.Key.Key_Up: "up", Qt.Key.Key_Down: "down",
}  # fmt: skip


class CardsView(QAbstractScrollArea):
    """Shows the panels of a board as cards."""

    wanted = Signal(object, str)
    """Edits, and what to call them."""
    refused = Signal(object)
    chosen_changed = Signal()
    opened = Signal(str)
    """A panel was double-clicked or Enter was pressed on it."""
    tile_pressed = Signal(str, str)
    """A place for a new shot ("add", scene) or for a first panel ("empty", shot)."""
    dropped = Signal(list, object)
    """Files from outside, and where: `Drop` or None."""
    asked_for_menu = Signal(object)
    """A place on the screen."""
    key_pressed = Signal(object)
    """A key that the cards have no use for; whoever has one accepts the event."""

    def __init__(self, pictures: Pictures, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pictures = pictures
        self.board = Board()
        self.looks: dict[str, ShotLook] = {}
        self.shape_now: Shape = "grid"
        self.card_width = float(USUAL)
        self.layout_now = Layout("grid")
        self.chosen: tuple[str, ...] = ()
        self.at = ""
        self.drop: Drop | None = None
        self.frame: Box | None = None
        self.stretching: tuple[str, int] | None = None
        self._gesture: Gesture | None = None
        self._pressed: QPointF | None = None
        self._anchor = ""
        self._held: QPointF | None = None
        self._aspect = pictures.aspect
        self._hot: object = None
        self._panels: dict[str, Panel] = {}
        self._facts: dict[str, str] = {}
        self._short: dict[str, int] = {}
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setAccessibleName("Panels of the board")
        pictures.arrived.connect(self._follow_pictures)
        watch().changed.connect(self.relay)

    # What it shows.

    def show_board(self, board: Board, looks: dict[str, ShotLook]) -> None:
        """Show another state of the board; what is gone is no longer chosen."""
        anew = board is not self.board
        if anew:
            self.board = board
            self._panels = {panel.name: panel for _, panel in board.panels()}
            self._short = {each.panel: each.suggested for each in suggestions(board)}
            self._facts = {scene.name: _facts(board, scene.name) for scene in board.scenes}
        self.looks = looks
        self.choose([name for name in self.chosen if name in self._panels])
        if self.at not in self._panels:
            self.at = self.chosen[0] if self.chosen else ""
        if anew:  # the looks alone, which change all the time during a render, move no card
            self.relay()
        self.viewport().update()

    def panel(self, name: str) -> Panel:
        """Return a panel that is shown."""
        return self._panels[name]

    def set_shape(self, shape: Shape) -> None:
        """Show a grid or a strip."""
        self.shape_now = shape
        self.relay()
        self.reveal(self.at)

    def set_card_width(self, width: float) -> None:
        """Show larger or smaller cards; `width` in pixels at 100 %."""
        self.card_width = min(max(width, SMALLEST), LARGEST)
        self.relay()

    @property
    def per_frame(self) -> float:
        """Pixels of a frame in the strip."""
        return float(current().px(self.card_width)) / float(self.board.rate * 2)

    def sizes(self) -> Sizes:
        """Return the lengths for the screen."""
        scale = current().scale
        usual = Sizes()
        scaled = {
            name: getattr(usual, name) * scale
            for name in ("words", "margin", "gap", "shot_gap", "scene_head", "shot_head", "tile",
                         "bar", "least")
        }  # fmt: skip
        card = float(current().px(self.card_width))
        return replace(usual, card=card, aspect=self.pictures.aspect, **scaled)

    def relay(self) -> None:
        """Put everything in its place again."""
        size, sizes, board = self.viewport().size(), self.sizes(), self._shown_board()
        if self.shape_now == "grid":
            self.layout_now = grid(board, size.width(), sizes)
        else:
            self.layout_now = strip(board, size.height(), self.per_frame, sizes)
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        wide = int(self.layout_now.width) - size.width() if self.shape_now == "strip" else 0
        tall = int(self.layout_now.height) - size.height() if self.shape_now == "grid" else 0
        across.setRange(0, max(0, wide))
        down.setRange(0, max(0, tall))
        across.setPageStep(size.width())
        down.setPageStep(size.height())
        down.setSingleStep(current().px(60))
        across.setSingleStep(current().px(60))
        self.viewport().update()

    def _follow_pictures(self) -> None:
        """Show what arrived; cards take the shape that most pictures have."""
        if abs(self.pictures.aspect - self._aspect) > 0.01:
            self._aspect = self.pictures.aspect
            self.relay()
        self.viewport().update()

    def _shown_board(self) -> Board:
        """Return the board with the duration that is being dragged."""
        if self.stretching is None or self.stretching[0] not in self._panels:
            return self.board
        from aiprod_studio.ui.storyboard.model.changes import stretched

        try:
            return stretched(*self.stretching)[0].apply(self.board)
        except Refusal:
            return self.board

    # What is chosen.

    def choose(self, panels: Iterable[str]) -> None:
        """Choose panels and nothing else."""
        chosen = tuple(dict.fromkeys(name for name in panels if name in self._panels))
        if chosen != self.chosen:
            self.chosen = chosen
            if chosen and self.at not in chosen:
                self.at = chosen[-1]
            self.chosen_changed.emit()
        self.viewport().update()

    def go_to(self, panel: str) -> None:
        """Choose one panel and show it."""
        self.at = self._anchor = panel
        self.choose([panel])
        self.reveal(panel)

    def reveal(self, panel: str) -> None:
        """Scroll until a panel is seen."""
        card = self.layout_now.card(panel)
        if card is None:
            return
        sizes, box = self.sizes(), card.box
        for bar, start, length, page in (
            (self.horizontalScrollBar(), box.x, box.width, self.viewport().width()),
            (self.verticalScrollBar(), box.y - sizes.shot_head, box.height + sizes.shot_head,
             self.viewport().height()),
        ):  # fmt: skip
            if start < bar.value():
                bar.setValue(int(start - sizes.margin))
            elif start + length > bar.value() + page:
                bar.setValue(int(start + length - page + sizes.margin))

    def ask(self, make: Ask, title: str) -> None:
        """Want edits made from the board as it is; a refusal is told."""
        try:
            edits = make(self.board)
        except Refusal as refusal:
            self.refused.emit(refusal.problems[0])
            return
        if edits:
            self.wanted.emit(edits, title)

    def hold(self, at: QPointF | None) -> None:
        """Show the chosen cards under the mouse while they are dragged."""
        self._held = at

    # Painting.

    @property
    def origin(self) -> QPointF:
        """The point of the content at the top left of the view."""
        return QPointF(self.horizontalScrollBar().value(), self.verticalScrollBar().value())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what is visible."""
        painter, shades, layout = QPainter(self.viewport()), tones(), self.layout_now
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        painter.fillRect(event.rect(), shades.ground)
        origin = self.origin
        painter.translate(-origin)
        seen = Box(
            event.rect().x() + origin.x(), event.rect().y() + origin.y(),
            event.rect().width(), event.rect().height(),
        )  # fmt: skip
        self._paint_heads(painter, seen)
        for tile in layout.tiles:
            if tile.box.meets(seen):
                painting.paint_tile(painter, tile, tile == self._hot, shades)
        for card in layout.cards:
            if card.box.meets(seen):
                self._paint_card(painter, card)
        if self.drop is not None:
            painting.paint_drop(painter, self.drop.mark, shades)
        self._paint_held(painter)
        if self.frame is not None:
            painter.setPen(shades.accent)
            painter.fillRect(painting.rect_of(self.frame), shades.span)
            painter.drawRect(painting.rect_of(self.frame))
        painter.end()

    def _paint_heads(self, painter: QPainter, seen: Box) -> None:
        shades = tones()
        scenes = {scene.name: scene for scene in self.board.scenes}
        shots = {shot.name: shot for _, shot in self.board.shots()}
        at = self.layout_now.card(self.at)
        for head in self.layout_now.heads:
            if not head.box.meets(seen):
                continue
            if head.kind == "scene" and head.name in scenes:
                facts = self._facts.get(head.name, "")
                painting.paint_scene(painter, head, scenes[head.name], facts, shades)
            elif head.name in shots:
                chosen = at is not None and at.shot == head.name
                look = self.looks.get(head.name)
                painting.paint_shot(painter, head, shots[head.name], look, chosen, shades)

    def _paint_card(self, painter: QPainter, card: Card) -> None:
        panel = self._panels.get(card.panel)
        if panel is None:
            return
        look = self.looks.get(card.shot)
        number = f"{look.number if look else ''}·{card.index + 1}".strip("·")
        dragged = self._held is not None and card.panel in self.chosen
        stretched = (
            self.stretching if self.stretching and self.stretching[0] == card.panel else None
        )
        face = painting.Face(
            number,
            self.pictures.picture(panel.image, round(card.box.width * 1.1)),
            self.pictures.why_not(panel.image),
            card.panel in self.chosen,
            card.panel == self.at and self.hasFocus(),
            stretched[1] if stretched else 0,
            self._short.get(card.panel, 0),
            dragged,
            self.shape_now == "strip",
        )
        words = self.sizes().words
        painting.paint_card(painter, card, panel, face, self.board.rate, words, tones())

    def _paint_held(self, painter: QPainter) -> None:
        if self._held is None:
            return
        wide = current().px(96)
        for place, name in enumerate(reversed(self.chosen[:3])):
            image = self.pictures.picture(self._panels[name].image, wide)
            at = self._held + QPointF(12 + 6 * place, 12 + 6 * place)
            area = QRectF(at, QSize(wide, round(wide * 9 / 16)))
            painter.fillRect(area.adjusted(-1, -1, 1, 1), tones().accent)
            painter.fillRect(area, tones().bar)
            if image is not None:
                painter.drawImage(area, image)

    # The mouse.

    def _spot(self, event: QMouseEvent | QDropEvent) -> QPointF:
        return event.position() + self.origin

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose, or begin something."""
        if event.button() == Qt.MouseButton.RightButton:
            self._choose_under(self._spot(event), Qt.KeyboardModifier.NoModifier, keep=True)
            return
        if event.button() != Qt.MouseButton.LeftButton:
            return
        at = self._spot(event)
        edge = self.layout_now.edge_at(at.x(), at.y())
        if edge is not None:
            self.go_to(edge.panel)
            self._gesture = Stretch(self, edge, at)
            return
        self._pressed = at
        self._choose_under(at, event.modifiers(), keep=True)

    def _choose_under(self, at: QPointF, keys: Qt.KeyboardModifier, *, keep: bool) -> None:
        card = self.layout_now.card_at(at.x(), at.y())
        head = self.layout_now.head_at(at.x(), at.y())
        add = bool(keys & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.MetaModifier))
        if card is not None and keys & Qt.KeyboardModifier.ShiftModifier and self._anchor:
            self.choose(self.layout_now.between(self._anchor, card.panel))
        elif card is not None and add:
            chosen = list(self.chosen)
            chosen.remove(card.panel) if card.panel in chosen else chosen.append(card.panel)
            self.choose(chosen)
        elif card is not None and not (keep and card.panel in self.chosen):
            self.choose([card.panel])
        elif head is not None:
            self.choose(self._panels_of(head.kind, head.name))
        elif card is None and not add:
            self.choose([])
        if card is not None:
            self.at = card.panel
            if not keys & Qt.KeyboardModifier.ShiftModifier:
                self._anchor = card.panel
            self.chosen_changed.emit()

    def _panels_of(self, kind: str, name: str) -> list[str]:
        return [
            panel.name for scene, shot in self.board.shots() for panel in shot.panels
            if name == (scene.name if kind == "scene" else shot.name)
        ]  # fmt: skip

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with a gesture, or show what a press would do."""
        at = self._spot(event)
        if self._gesture is None and self._pressed is not None:
            far = (at - self._pressed).manhattanLength()
            if far < QApplication.startDragDistance():
                return
            on_card = self.layout_now.card_at(self._pressed.x(), self._pressed.y())
            control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
            self._gesture = (
                Drag(self) if on_card else Marquee(self, self._pressed, add=bool(control))
            )
        if self._gesture is not None:
            self._gesture.move(at)
            self._scroll_near(event.position())
            return
        edge = self.layout_now.edge_at(at.x(), at.y())
        shape = Qt.CursorShape.SizeHorCursor if edge else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(shape)
        hot = self.layout_now.tile_at(at.x(), at.y())
        if hot != self._hot:
            self._hot = hot
            self.viewport().update()

    def _scroll_near(self, at: QPointF) -> None:
        near = current().px(28)
        for bar, place, length in (
            (self.horizontalScrollBar(), at.x(), self.viewport().width()),
            (self.verticalScrollBar(), at.y(), self.viewport().height()),
        ):
            if place < near:
                bar.setValue(bar.value() - current().px(18))
            elif place > length - near:
                bar.setValue(bar.value() + current().px(18))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a gesture; a click on one of several chosen cards leaves only that one."""
        gesture, self._gesture, pressed = self._gesture, None, self._pressed
        self._pressed = None
        at = self._spot(event)
        if gesture is not None:
            gesture.end(at)
            return
        if pressed is None:
            return
        tile = self.layout_now.tile_at(at.x(), at.y())
        if tile is not None:
            self.tile_pressed.emit(tile.kind, tile.name)
        elif not event.modifiers():
            self._choose_under(at, event.modifiers(), keep=False)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Write what is said."""
        at = self._spot(event)
        card = self.layout_now.card_at(at.x(), at.y())
        if card is not None:
            self.opened.emit(card.panel)

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
        """Ask for the menu of what is chosen."""
        self.asked_for_menu.emit(event.globalPos())

    # Keys.

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk with the arrows, Enter opens, Escape lets go."""
        way = WAYS.get(event.key())
        if way is not None:
            self._walk(way, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.at:
            self.opened.emit(self.at)
        elif event.key() == Qt.Key.Key_Escape and self._gesture is not None:
            self._gesture.cancel()
            self._gesture = self._pressed = None
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End) and self.layout_now.cards:
            self.go_to(self.layout_now.cards[0 if event.key() == Qt.Key.Key_Home else -1].panel)
        else:
            event.ignore()
            self.key_pressed.emit(event)
            if not event.isAccepted():
                super().keyPressEvent(event)

    def _walk(self, way: Literal["left", "right", "up", "down"], spread: bool) -> None:
        found = self.layout_now.neighbour(self.at, way)
        if not found:
            return
        if spread and self._anchor:
            self.at = found
            self.choose(self.layout_now.between(self._anchor, found))
            self.reveal(found)
        else:
            self.go_to(found)

    # What comes from outside.

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files."""
        if _files(event.mimeData()):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show where they would go."""
        at = self._spot(event)
        self.drop = self.layout_now.drop_at(at.x(), at.y())
        self.viewport().update()
        event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """They went away."""
        self.drop = None
        self.viewport().update()

    def dropEvent(self, event: QDropEvent) -> None:
        """Tell what was dropped and where."""
        at = self._spot(event)
        drop, self.drop = self.layout_now.drop_at(at.x(), at.y()), None
        self.viewport().update()
        event.acceptProposedAction()
        self.dropped.emit(_files(event.mimeData()), drop)

    # The widget.

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the cards anew."""
        super().resizeEvent(event)
        self.relay()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Paint again; what moved in is cheap."""
        self.viewport().update()

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


def _files(data: QMimeData) -> list[Path]:
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


def _facts(board: Board, scene: str) -> str:
    found = board.find_scene(scene)
    frames = sum(shot.length for shot in found.shots)
    return _counted(len(found.shots), float(frames / board.rate))


@lru_cache(maxsize=256)
def _counted(shots: int, seconds: float) -> str:
    words = f"{shots} shot" if shots == 1 else f"{shots} shots"
    return f"{words} · {seconds:.1f} s"

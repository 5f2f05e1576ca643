"""The sheet that the cards of a board lie on: what it shows, how large, and how far it is scrolled.

`CardsView` builds on it what the mouse and the keys do. The sheet changes nothing and asks nothing.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from aiprod_studio.sdk import Refusal
from aiprod_studio.story.board import Board, Panel
from aiprod_studio.story.timing import suggestions
from aiprod_studio.ui.footage.looks import ShotLook
from aiprod_studio.ui.footage.tones import tones
from aiprod_studio.ui.storyboard.model.changes import stretched
from aiprod_studio.ui.storyboard.model.laying import Sizes, grid, strip
from aiprod_studio.ui.storyboard.model.layout import Box, Drop, Layout, Shape, Tile
from aiprod_studio.ui.storyboard.pictures import Pictures
from aiprod_studio.ui.storyboard.visible import paint_visible
from aiprod_studio.ui.theme import current, watch

SMALLEST, LARGEST, USUAL = 120, 420, 224
SCALED = ("words", "margin", "gap", "shot_gap", "scene_head", "shot_head", "tile", "bar", "least")
"""Sizes that grow with the screen's scale."""


class CardsSheet(QAbstractScrollArea):
    """Shows the panels of a board as cards, in a grid or a strip."""

    def __init__(self, pictures: Pictures, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pictures = pictures
        self.board = Board()
        self.looks: dict[str, ShotLook] = {}
        self.shape_now: Shape = "grid"
        self.card_width = float(USUAL)
        self.layout_now = Layout("grid")
        self.facts: dict[str, str] = {}
        self.short: dict[str, int] = {}
        self.chosen: tuple[str, ...] = ()
        self.at = ""
        self.hot: Tile | None = None
        self.drop: Drop | None = None
        self.frame: Box | None = None
        self.held: QPointF | None = None
        self.stretching: tuple[str, int] | None = None
        self._aspect = pictures.aspect
        self._panels: dict[str, Panel] = {}
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Panels of the board")
        pictures.arrived.connect(self._follow_pictures)
        watch().changed.connect(self.relay)

    # What it shows.

    def take_board(self, board: Board) -> bool:
        """Take another state of the board to show; False when it is the one that is shown."""
        if board is self.board:
            return False
        self.board = board
        self._panels = {panel.name: panel for _, panel in board.panels()}
        self.short = {each.panel: each.suggested for each in suggestions(board)}
        self.facts = {scene.name: _facts(board, scene.name) for scene in board.scenes}
        return True

    def has(self, panel: str) -> bool:
        """Say whether a panel is on the board."""
        return panel in self._panels

    def panel(self, name: str) -> Panel:
        """Return a panel that is shown."""
        return self._panels[name]

    def panels_of(self, kind: str, name: str) -> list[str]:
        """Return the panels of a scene or a shot."""
        return [
            panel.name for scene, shot in self.board.shots() for panel in shot.panels
            if name == (scene.name if kind == "scene" else shot.name)
        ]  # fmt: skip

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
        scale, usual = current().scale, Sizes()
        scaled = {name: getattr(usual, name) * scale for name in SCALED}
        card = float(current().px(self.card_width))
        return replace(usual, card=card, aspect=self.pictures.aspect, **scaled)

    def relay(self) -> None:
        """Put everything in its place again."""
        size, sizes, board = self.viewport().size(), self.sizes(), self._shown_board()
        if self.shape_now == "grid":
            self.layout_now = grid(board, size.width(), sizes)
        else:
            self.layout_now = strip(board, size.height(), self.per_frame, sizes)
        wide = int(self.layout_now.width) - size.width() if self.shape_now == "strip" else 0
        tall = int(self.layout_now.height) - size.height() if self.shape_now == "grid" else 0
        for bar, rest, page in (
            (self.horizontalScrollBar(), wide, size.width()),
            (self.verticalScrollBar(), tall, size.height()),
        ):
            bar.setRange(0, max(0, rest))
            bar.setPageStep(page)
            bar.setSingleStep(current().px(60))
        self.viewport().update()

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

    def hold(self, at: QPointF | None) -> None:
        """Show the chosen cards under the mouse while they are dragged."""
        self.held = at
        self.viewport().update()

    @property
    def origin(self) -> QPointF:
        """The point of the content at the top left of the view."""
        return QPointF(self.horizontalScrollBar().value(), self.verticalScrollBar().value())

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
        try:
            return stretched(*self.stretching)[0].apply(self.board)
        except Refusal:
            return self.board

    # The widget.

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what is visible."""
        painter, origin, dirty = QPainter(self.viewport()), self.origin, event.rect()
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        painter.fillRect(dirty, tones().ground)
        painter.translate(-origin)
        x, y = dirty.x() + origin.x(), dirty.y() + origin.y()
        paint_visible(self, painter, Box(x, y, dirty.width(), dirty.height()))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the cards anew."""
        super().resizeEvent(event)
        self.relay()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Paint again; what moved in is cheap."""
        self.viewport().update()


def _facts(board: Board, scene: str) -> str:
    found = board.find_scene(scene)
    frames = sum(shot.length for shot in found.shots)
    return _counted(len(found.shots), float(frames / board.rate))


@lru_cache(maxsize=256)
def _counted(shots: int, seconds: float) -> str:
    words = f"{shots} shot" if shots == 1 else f"{shots} shots"
    return f"{words} · {seconds:.1f} s"

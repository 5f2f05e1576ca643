"""Where the cards of a board lie, and what lies at a place of it.

The view paints what is here and asks it what the mouse is on. Lengths are pixels of the view's
content; nothing here knows Qt or what a panel looks like. `laying` makes one from a board.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from aiprod_studio.story.board import Board

Shape = Literal["grid", "strip"]
EDGE = 6.0
"""How near the mouse must be to a card's right edge to drag its duration."""

MIDDLE = 0.25
"""Where the middle of a card begins, as a share of its width: a file dropped there replaces."""


@dataclass(frozen=True)
class Box:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    def holds(self, x: float, y: float) -> bool:
        """Say whether a point lies in it."""
        return self.x <= x < self.right and self.y <= y < self.bottom

    def meets(self, other: Box) -> bool:
        """Say whether two rectangles overlap."""
        return (
            self.x < other.right and other.x < self.right
            and self.y < other.bottom and other.y < self.bottom
        )  # fmt: skip


@dataclass(frozen=True)
class Card:
    """The place of a panel; `index` counts within its shot."""

    panel: str
    shot: str
    index: int
    box: Box


@dataclass(frozen=True)
class Head:
    """The heading over a scene, or over the cards of a shot on one line."""

    kind: Literal["scene", "shot"]
    name: str
    box: Box
    continued: bool = False


@dataclass(frozen=True)
class Tile:
    """A place to click: `add` a shot to a scene, or the place of a shot that has no panel."""

    kind: Literal["add", "empty"]
    name: str
    box: Box


@dataclass(frozen=True)
class Drop:
    """Where dragged panels would go: into a shot before a panel ("" is at its end).

    `shot` is "" where a new shot of `scene` would be made. `onto` is the panel that would take the
    first file. `mark` is where the line is drawn, with `onto` the frame.
    """

    shot: str
    before: str
    mark: Box
    scene: str = ""
    onto: str = ""


@dataclass(frozen=True)
class ShotDrop:
    """Where a dragged shot would go: before or behind another, or to the end of `scene`."""

    beside: str
    behind: bool
    mark: Box
    scene: str = ""


@dataclass(frozen=True)
class Layout:
    """Everything in its place."""

    shape: Shape
    cards: tuple[Card, ...] = ()
    heads: tuple[Head, ...] = ()
    tiles: tuple[Tile, ...] = ()
    width: float = 0.0
    height: float = 0.0
    places: dict[str, int] = field(default_factory=dict, compare=False)

    def card(self, panel: str) -> Card | None:
        """Return the card of a panel."""
        place = self.places.get(panel)
        return self.cards[place] if place is not None else None

    def card_at(self, x: float, y: float) -> Card | None:
        """Return the card under a point."""
        return next((card for card in self.cards if card.box.holds(x, y)), None)

    def edge_at(self, x: float, y: float) -> Card | None:
        """Return the card whose right edge is at a point."""
        return next(
            (
                card for card in self.cards
                if card.box.y <= y < card.box.bottom and abs(card.box.right - x) <= EDGE
            ),
            None,
        )  # fmt: skip

    def head_at(self, x: float, y: float) -> Head | None:
        """Return the heading under a point."""
        return next((head for head in self.heads if head.box.holds(x, y)), None)

    def tile_at(self, x: float, y: float) -> Tile | None:
        """Return the tile under a point."""
        return next((tile for tile in self.tiles if tile.box.holds(x, y)), None)

    def within(self, box: Box) -> list[Card]:
        """Return the cards that a rectangle touches."""
        return [card for card in self.cards if card.box.meets(box)]

    def between(self, first: str, last: str) -> list[str]:
        """Return the panels from one to another, in the order of the film."""
        ends = sorted(self.places[name] for name in (first, last) if name in self.places)
        return [card.panel for card in self.cards[ends[0] : ends[-1] + 1]] if ends else []

    def neighbour(self, panel: str, way: Literal["left", "right", "up", "down"]) -> str:
        """Return the panel beside another, itself at the end of the board."""
        card = self.card(panel)
        if card is None:
            return self.cards[0].panel if self.cards else ""
        if way in ("left", "right"):
            place = self.places[panel] + (1 if way == "right" else -1)
            return self.cards[min(max(place, 0), len(self.cards) - 1)].panel
        return self._above(card, -1 if way == "up" else 1)

    def drop_at(self, x: float, y: float) -> Drop | None:
        """Return where panels dropped at a point would go."""
        tile = self.tile_at(x, y)
        if tile is not None:
            mark = Box(tile.box.x, tile.box.y, 2, tile.box.height)
            if tile.kind == "empty":
                return Drop(tile.name, "", mark)
            return Drop("", "", mark, tile.name)
        card = self._nearest(x, y)
        if card is None:
            return None
        box = card.box
        if x < box.x + box.width / 2:
            return Drop(card.shot, card.panel, Box(box.x - 4, box.y, 2, box.height))
        after = self._after(card)
        return Drop(card.shot, after, Box(box.right + 2, box.y, 2, box.height))

    def file_drop_at(self, x: float, y: float, *, whole: bool, middle: bool) -> Drop | None:
        """Return where files dropped at a point would go.

        `whole` says that the card there takes a file anywhere, `middle` that it does in its middle.
        """
        card = self.card_at(x, y)
        if card is not None:
            share = (x - card.box.x) / card.box.width
            if whole or (middle and MIDDLE <= share < 1 - MIDDLE):
                return Drop(card.shot, self._after(card), card.box, onto=card.panel)
        return self.drop_at(x, y)

    def shot_drop_at(self, x: float, y: float) -> ShotDrop | None:
        """Return where a shot dropped at a point would go."""
        tile = self.tile_at(x, y)
        if tile is not None and tile.kind == "add":
            return ShotDrop("", True, Box(tile.box.x, tile.box.y, 2, tile.box.height), tile.name)
        if tile is not None:
            return _beside(tile.name, x > tile.box.x + tile.box.width / 2, tile.box, tile.box)
        card = self._nearest(x, y)
        if card is None:
            return None
        run = [each for each in self.cards if each.shot == card.shot]
        place = run.index(card) + (x > card.box.x + card.box.width / 2)
        return _beside(card.shot, 2 * place > len(run), run[0].box, run[-1].box)

    def _after(self, card: Card) -> str:
        place = self.places[card.panel] + 1
        follows = self.cards[place] if place < len(self.cards) else None
        return follows.panel if follows is not None and follows.shot == card.shot else ""

    def _nearest(self, x: float, y: float) -> Card | None:
        """Return the card nearest to a point, lines counting more than columns."""

        def far(card: Card) -> tuple[float, float]:
            box = card.box
            down = max(box.y - y, y - box.bottom, 0)
            return down, max(box.x - x, x - box.right, 0)

        return min(self.cards, key=far, default=None)

    def _above(self, card: Card, way: int) -> str:
        middle = card.box.x + card.box.width / 2
        lines = sorted({each.box.y for each in self.cards})
        place = lines.index(card.box.y) + way
        if not 0 <= place < len(lines):
            return card.panel
        line = [each for each in self.cards if each.box.y == lines[place]]
        return min(line, key=lambda each: abs(each.box.x + each.box.width / 2 - middle)).panel


def _beside(shot: str, behind: bool, first: Box, last: Box) -> ShotDrop:
    if behind:
        return ShotDrop(shot, True, Box(last.right + 8, last.y, 2, last.height))
    return ShotDrop(shot, False, Box(first.x - 8, first.y, 2, first.height))


def in_order(board: Board, panels: Sequence[str] | frozenset[str]) -> list[str]:
    """Return panels in the order of the film; those that are gone are left out."""
    wanted = set(panels)
    return [panel.name for _, panel in board.panels() if panel.name in wanted]

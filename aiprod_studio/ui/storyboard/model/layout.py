"""Where the cards of a board lie: as a grid that wraps, or as a strip where width is time.

The view paints what is here and asks it what the mouse is on. Lengths are pixels of the view's
content; nothing here knows Qt or what a panel looks like.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from aiprod_studio.story.board import Board, Shot

Shape = Literal["grid", "strip"]
EDGE = 6.0
"""How near the mouse must be to a card's right edge to drag its duration."""


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

    `shot` is "" where a new shot of `scene` would be made. `mark` is where the line is drawn.
    """

    shot: str
    before: str
    mark: Box
    scene: str = ""


@dataclass(frozen=True)
class Sizes:
    """Lengths in pixels, already scaled for the screen."""

    card: float = 224.0
    aspect: float = 16 / 9
    words: float = 58.0
    margin: float = 16.0
    gap: float = 6.0
    shot_gap: float = 18.0
    scene_head: float = 34.0
    shot_head: float = 24.0
    tile: float = 52.0
    bar: float = 34.0
    least: float = 56.0

    @property
    def picture(self) -> float:
        """The height of a card's picture."""
        return round(self.card / self.aspect)

    @property
    def height(self) -> float:
        """The height of a card."""
        return self.picture + self.words


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


class _Laying:
    """Puts one thing after the other."""

    def __init__(self, shape: Shape, sizes: Sizes) -> None:
        self.shape, self.sizes = shape, sizes
        self.cards: list[Card] = []
        self.heads: list[Head] = []
        self.tiles: list[Tile] = []
        self.x, self.y, self.right = sizes.margin, sizes.margin, 0.0

    def done(self, width: float, height: float) -> Layout:
        places = {card.panel: index for index, card in enumerate(self.cards)}
        return Layout(
            self.shape, tuple(self.cards), tuple(self.heads), tuple(self.tiles), width, height,
            places,
        )  # fmt: skip


def grid(board: Board, width: float, sizes: Sizes) -> Layout:
    """Lay all cards in lines no wider than `width`; each scene begins a line."""
    laying = _Laying("grid", sizes)
    for scene in board.scenes:
        laying.x = sizes.margin
        box = Box(
            sizes.margin, laying.y, max(width - 2 * sizes.margin, sizes.card), sizes.scene_head
        )
        laying.heads.append(Head("scene", scene.name, box))
        laying.y += sizes.scene_head
        for shot in scene.shots:
            _grid_shot(laying, shot, width)
        _grid_tile(laying, scene.name, width)
    return laying.done(width, laying.y)


def _grid_shot(laying: _Laying, shot: Shot, width: float) -> None:
    sizes = laying.sizes
    for index, (start, count) in enumerate(_runs(laying, shot, width)):
        if index or not _fits(laying, sizes.card, width):
            _new_line(laying)
        length = count * sizes.card + (count - 1) * sizes.gap
        head = Box(laying.x, laying.y, length, sizes.shot_head)
        laying.heads.append(Head("shot", shot.name, head, index > 0))
        if not shot.panels:
            laying.tiles.append(Tile("empty", shot.name, _card_box(laying, sizes.card)))
            laying.x += sizes.card
        for place in range(start, start + count if shot.panels else start):
            panel = shot.panels[place]
            laying.cards.append(Card(panel.name, shot.name, place, _card_box(laying, sizes.card)))
            laying.x += sizes.card + sizes.gap
        laying.x += sizes.shot_gap - (sizes.gap if shot.panels else 0)


def _runs(laying: _Laying, shot: Shot, width: float) -> Iterator[tuple[int, int]]:
    """Yield first panel and number of panels of each line that a shot takes."""
    sizes, left, start = laying.sizes, max(len(shot.panels), 1), 0
    x = laying.x if _fits(laying, sizes.card, width) else sizes.margin
    while left:
        room = int((width - sizes.margin - x + sizes.gap) // (sizes.card + sizes.gap))
        count = max(1, min(left, room))
        yield start, count
        start, left, x = start + count, left - count, sizes.margin


def _fits(laying: _Laying, wide: float, width: float) -> bool:
    return laying.x == laying.sizes.margin or laying.x + wide <= width - laying.sizes.margin


def _grid_tile(laying: _Laying, scene: str, width: float) -> None:
    """Put the place for a new shot behind the last one, or as a low bar under the full line."""
    sizes = laying.sizes
    line = sizes.shot_head + sizes.height + 2 * sizes.gap
    if not _fits(laying, sizes.tile, width):
        laying.y += line
        box = Box(sizes.margin, laying.y, sizes.card, sizes.bar)
        laying.y += sizes.bar + sizes.margin
    else:
        box = _card_box(laying, sizes.tile)
        laying.y += line + sizes.margin
    laying.tiles.append(Tile("add", scene, box))


def _new_line(laying: _Laying) -> None:
    sizes = laying.sizes
    laying.x = sizes.margin
    laying.y += sizes.shot_head + sizes.height + 2 * sizes.gap


def _card_box(laying: _Laying, wide: float) -> Box:
    return Box(laying.x, laying.y + laying.sizes.shot_head, wide, laying.sizes.height)


def strip(board: Board, height: float, per_frame: float, sizes: Sizes) -> Layout:
    """Lay all cards in one line; a card is as wide as its panel is long.

    `per_frame` is pixels a frame; very short panels stay wide enough to be seen.
    """
    laying = _Laying("strip", sizes)
    tall = max(height - 2 * sizes.margin - sizes.scene_head - sizes.shot_head, sizes.words + 40)
    for scene in board.scenes:
        begin = laying.x
        for shot in scene.shots:
            _strip_shot(laying, shot, per_frame, tall)
        box = Box(laying.x, _strip_top(sizes), sizes.tile, tall)
        laying.tiles.append(Tile("add", scene.name, box))
        laying.x += sizes.tile + sizes.shot_gap
        over = Box(begin, sizes.margin, laying.x - begin - sizes.shot_gap, sizes.scene_head)
        laying.heads.append(Head("scene", scene.name, over))
        laying.x += sizes.shot_gap
    return laying.done(laying.x, height)


def _strip_shot(laying: _Laying, shot: Shot, per_frame: float, tall: float) -> None:
    sizes, begin, top = laying.sizes, laying.x, _strip_top(laying.sizes)
    for index, panel in enumerate(shot.panels):
        wide = max(sizes.least, panel.frames * per_frame)
        laying.cards.append(Card(panel.name, shot.name, index, Box(laying.x, top, wide, tall)))
        laying.x += wide + sizes.gap
    if not shot.panels:
        laying.tiles.append(Tile("empty", shot.name, Box(laying.x, top, sizes.card, tall)))
        laying.x += sizes.card + sizes.gap
    length = laying.x - sizes.gap - begin
    head = Box(begin, top - sizes.shot_head, length, sizes.shot_head)
    laying.heads.append(Head("shot", shot.name, head))
    laying.x += sizes.shot_gap - sizes.gap


def _strip_top(sizes: Sizes) -> float:
    return sizes.margin + sizes.scene_head + sizes.shot_head


def in_order(board: Board, panels: Sequence[str] | frozenset[str]) -> list[str]:
    """Return panels in the order of the film; those that are gone are left out."""
    wanted = set(panels)
    return [panel.name for _, panel in board.panels() if panel.name in wanted]

"""Laying the cards of a board out: as a grid that wraps, or as a strip where width is time.

The view asks anew whenever the board, its own size or the size of the cards changes. What comes out
is a `Layout`; nothing here knows Qt.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from aiprod_studio.story.board import Board, Shot
from aiprod_studio.ui.storyboard.model.layout import Box, Card, Head, Layout, Shape, Tile


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

"""Where tiles lie: how latents are cut along an axis so that decoded tiles join without a seam.

`tiling` decodes and encodes them; planners ask `lengths` which sizes are worth trying. Pure
arithmetic on whole numbers, no tensors.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class Axis:
    """How one axis is cut, in latents.

    A tile is at most `tile` long. At an inner edge its outermost `margin` latents are decoded only
    to give their neighbours context, and the next `blend` latents are mixed with the other tile.
    A margin at least as wide as the decoder's reach makes tiles equal to the whole.
    """

    tile: int
    margin: int = 0
    blend: int = 0

    @property
    def overlap(self) -> int:
        """How many latents two neighbouring tiles share."""
        return 2 * self.margin + self.blend

    @property
    def least(self) -> int:
        """The shortest tile that works: no latent may lie in more than two tiles' blends."""
        return self.overlap + max(1, self.blend)

    def cut(self, length: int) -> list[Tile]:
        """Return the tiles of an axis of `length` latents, in order, as even as they can be."""
        tile = max(self.tile, self.least)
        if length <= tile:
            return [Tile(0, length, 0, 0, length, length)]
        stride = self.stride(length, -(-(length - self.overlap) // (tile - self.overlap)))
        starts = range(0, length - self.overlap, stride)
        return [self._tile(start, stride, length) for start in starts]

    def stride(self, length: int, count: int) -> int:
        """Return how far apart `count` tiles start that share an axis of `length` latents."""
        return max(-(-(length - self.overlap) // count), self.least - self.overlap)

    def _tile(self, start: int, stride: int, length: int) -> Tile:
        end = min(start + stride + self.overlap, length)
        rise = (start + self.margin, start + self.margin + self.blend) if start else (0, 0)
        inner = start + stride + self.margin
        fall = (inner, inner + self.blend) if end < length else (length, length)
        return Tile(start, end, *rise, *fall)


class Tile(NamedTuple):
    """Latents [start, end). Its weight rises from 0 to 1 over [rise, full), and falls from 1 to 0
    over [fall, none); it counts nowhere outside [rise, none)."""

    start: int
    end: int
    rise: int
    full: int
    fall: int
    none: int


@dataclass(frozen=True)
class Cut:
    """How all three axes are cut."""

    time: Axis
    height: Axis
    width: Axis

    def tiles(self, shape: tuple[int, int, int]) -> Iterator[tuple[Tile, Tile, Tile]]:
        """Yield (time, height, width) tiles, time slowest."""
        for frames in self.time.cut(shape[0]):
            for rows in self.height.cut(shape[1]):
                for columns in self.width.cut(shape[2]):
                    yield frames, rows, columns

    def count(self, shape: tuple[int, int, int]) -> int:
        """Return how many tiles there are."""
        axes = zip((self.time, self.height, self.width), shape, strict=True)
        counts = [len(axis.cut(length)) for axis, length in axes]
        return counts[0] * counts[1] * counts[2]

    def work(self, shape: tuple[int, int, int]) -> float:
        """Return the latents decoded in tiles over those decoded at once (1 is no extra work)."""
        total = 1.0
        for axis, length in zip((self.time, self.height, self.width), shape, strict=True):
            total *= sum(tile.end - tile.start for tile in axis.cut(length)) / length
        return total

    def largest(self, shape: tuple[int, int, int]) -> tuple[int, int, int]:
        """Return the size of the largest tile."""
        axes = zip((self.time, self.height, self.width), shape, strict=True)
        frames, rows, columns = (
            max(tile.end - tile.start for tile in axis.cut(length)) for axis, length in axes
        )
        return frames, rows, columns


def lengths(axis: Axis, length: int) -> list[int]:
    """Return tile lengths worth trying: the longest, then the shortest for each number of tiles."""
    found = [min(length, max(axis.tile, axis.least))]
    for count in range(2, length + 1):
        tile = axis.stride(length, count) + axis.overlap
        if tile < found[-1]:
            found.append(tile)
    return found

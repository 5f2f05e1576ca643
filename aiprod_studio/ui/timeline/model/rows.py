"""Which track lies where: video and titles upwards from the middle, sound downwards, as on a desk.

The views lay out and paint by it, hit tests and gestures ask it. Heights are the artist's view
and belong to no document.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from aiprod_studio.story.cut import Cut, Track, TrackKind

USUAL: Mapping[TrackKind, int] = {"video": 64, "audio": 48, "title": 28}
LEAST, MOST = 24, 240
DIVIDER = 8
"""Pixels between pictures and sound."""


@dataclass(frozen=True)
class Row:
    """A track's place: `index` in the cut, and pixels from the top of the tracks."""

    track: str
    kind: TrackKind
    index: int
    top: int
    height: int

    @property
    def bottom(self) -> int:
        """The first pixel below it."""
        return self.top + self.height


@dataclass(frozen=True)
class Rows:
    """All tracks from the top down."""

    rows: tuple[Row, ...] = ()
    divider: int | None = None
    unit: float = 1.0
    """Pixels of the screen for a pixel at 100 %."""

    @cached_property
    def _tops(self) -> tuple[int, ...]:
        return tuple(row.top for row in self.rows)

    @property
    def height(self) -> int:
        """How high they are together."""
        return self.rows[-1].bottom if self.rows else 0

    def at(self, y: float) -> Row | None:
        """Return the track at a pixel, or None above, below and on the divider."""
        index = bisect_right(self._tops, y) - 1
        row = self.rows[index] if index >= 0 else None
        return row if row is not None and y < row.bottom else None

    def of(self, track: str) -> Row | None:
        """Return the place of a track by name."""
        return next((row for row in self.rows if row.track == track), None)

    def between(self, top: float, bottom: float) -> tuple[Row, ...]:
        """Return the tracks that touch the pixels from top to bottom."""
        return tuple(row for row in self.rows if row.bottom > top and row.top < bottom)

    def away(self, track: str, steps: int) -> str:
        """Return the track so many rows further down among those of its kind, at most the last."""
        row = self.of(track)
        if row is None:
            return track
        same = [each.track for each in self.rows if each.kind == row.kind]
        return same[min(max(same.index(track) + steps, 0), len(same) - 1)]

    def steps(self, start: str, end: str) -> int:
        """Return how many rows of its kind a track lies below another; 0 for other kinds."""
        first, last = self.of(start), self.of(end)
        if first is None or last is None or first.kind != last.kind:
            return 0
        same = [each.track for each in self.rows if each.kind == first.kind]
        return same.index(end) - same.index(start)


def rows_of(cut: Cut, heights: Mapping[str, int] | None = None, scale: float = 1.0) -> Rows:
    """Return where the tracks of a cut lie; `heights` are the artist's own, by track."""
    own = heights or {}
    seen = [(n, track) for n, track in enumerate(cut.tracks) if track.kind != "audio"]
    heard = [(n, track) for n, track in enumerate(cut.tracks) if track.kind == "audio"]
    rows: list[Row] = []
    top = 0
    for index, track in reversed(seen):
        rows.append(_row(track, index, top, own, scale))
        top = rows[-1].bottom
    divider = top if seen and heard else None
    top += round(DIVIDER * scale) if divider is not None else 0
    for index, track in heard:
        rows.append(_row(track, index, top, own, scale))
        top = rows[-1].bottom
    return Rows(tuple(rows), divider, scale)


def _row(track: Track, index: int, top: int, own: Mapping[str, int], scale: float) -> Row:
    height = own.get(track.name, USUAL[track.kind])
    return Row(track.name, track.kind, index, top, round(min(max(height, LEAST), MOST) * scale))

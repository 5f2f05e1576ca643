"""What a drag snaps to: edges of clips, the playhead, markers, in and out, and the first frame.

Gestures ask at every move of the mouse, so the points are gathered once when a drag begins.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from aiprod_studio.story.cut import Cut


@dataclass(frozen=True)
class Snap:
    """Move by so many frames, and an edge meets the point `at`."""

    by: int
    at: int


def points(cut: Cut, others: Iterable[int] = (), but: Collection[str] = ()) -> tuple[int, ...]:
    """Return the frames worth meeting, in order; clips named in `but` are the ones that move."""
    found = {0, *others}
    for _, clip in cut.clips():
        if clip.name in but:
            continue
        found |= {clip.at, clip.stop}
        found |= {clip.at + marker.at for marker in clip.markers}
    found |= {marker.at for marker in cut.markers}
    return tuple(sorted(found))


def snap(edges: Iterable[int], points: tuple[int, ...], reach: float) -> Snap | None:
    """Return the least move that brings an edge onto a point, or None if all are out of reach."""
    best: Snap | None = None
    for edge in edges:
        place = bisect_left(points, edge)
        for point in points[max(place - 1, 0) : place + 1]:
            by = point - edge
            if abs(by) <= reach and (best is None or abs(by) < abs(best.by)):
                best = Snap(by, point)
    return best

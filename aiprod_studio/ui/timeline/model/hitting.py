"""What the mouse is on: a clip and which part of it, a cut, a transition, a gap, or nothing.

Gestures and cursors follow from it. Edges reach a few pixels into a clip, and less on narrow
ones, so that every clip keeps a middle to take hold of.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from aiprod_studio.story.cut import Clip, Cut, Track, Transition
from aiprod_studio.ui.timeline.model.rows import Row, Rows
from aiprod_studio.ui.timeline.model.scale import Scale

Part = Literal["body", "head", "tail", "cut", "passage", "passage_start", "passage_stop", "gap", ""]

EDGE = 8.0
"""Pixels at each end of a clip that take hold of the end."""

JOINT = 3.0
"""Pixels on each side of a cut that take hold of both clips."""

STRIP = 16
"""Pixels at the top of a clip, where its name and its transitions lie."""


@dataclass(frozen=True)
class Hit:
    """What lies at a point. `clip` is the left one of a cut, `other` the right one.

    Of a gap, `start` and `stop` are its frames; `stop` is None behind the last clip. `upper`
    says that the point lies in the upper half of the track.
    """

    part: Part = ""
    track: str = ""
    clip: str = ""
    other: str = ""
    start: int = 0
    stop: int | None = None
    upper: bool = True


def hit(cut: Cut, rows: Rows, scale: Scale, x: float, y: float) -> Hit:
    """Return what lies at a point, counted from the top left of the tracks."""
    row = rows.at(y)
    if row is None:
        return Hit()
    track = cut.tracks[row.index]
    upper = y < row.top + row.height / 2
    passage = _passage(track, row, scale, x, y, rows.unit)
    if passage is not None:
        return passage
    clip = track.clip_at(scale.frame(x)) or _near(track, scale, x)
    if clip is None:
        return _gap(track, scale.frame(x), upper)
    return _on_clip(track, clip, scale, x, upper, rows.unit)


def _on_clip(track: Track, clip: Clip, scale: Scale, x: float, upper: bool, unit: float) -> Hit:
    from_head, from_tail = x - scale.x(clip.at), scale.x(clip.stop) - x
    width = from_head + from_tail
    joint = min(JOINT * unit, width / 6)
    before, after = _neighbours(track, clip)
    if before is not None and from_head < joint:
        return Hit("cut", track.name, before.name, clip.name, upper=upper)
    if after is not None and from_tail <= joint:
        return Hit("cut", track.name, clip.name, after.name, upper=upper)
    edge = min(EDGE * unit, width / 4)
    if from_head < edge:
        return Hit("head", track.name, clip.name, upper=upper)
    if from_tail <= edge:
        return Hit("tail", track.name, clip.name, upper=upper)
    return Hit("body", track.name, clip.name, upper=upper)


def _neighbours(track: Track, clip: Clip) -> tuple[Clip | None, Clip | None]:
    after = track.clip_at(clip.stop)
    return track.clip_at(clip.at - 1), after if after and after.at == clip.stop else None


def _near(track: Track, scale: Scale, x: float) -> Clip | None:
    """Return the clip whose end lies just beside the point, in a gap."""
    index = track.index_at(scale.frame(x))
    for clip in track.clips[max(index, 0) : index + 2]:
        if abs(scale.x(clip.at) - x) <= JOINT or abs(scale.x(clip.stop) - x) <= JOINT:
            return clip
    return None


def _gap(track: Track, frame: int, upper: bool) -> Hit:
    index = track.index_at(frame)
    start = track.clips[index].stop if index >= 0 else 0
    later = track.clips[index + 1].at if index + 1 < len(track.clips) else None
    return Hit("gap", track.name, start=start, stop=later, upper=upper)


def place_of(track: Track, passage: Transition) -> tuple[int, int]:
    """Return the frames a transition lies over, as (start, stop)."""
    left, right = track.clip(passage.left), track.clip(passage.right)
    middle = left.stop if left is not None else right.at if right is not None else 0
    return middle - passage.before, middle + passage.after


def _passage(track: Track, row: Row, scale: Scale, x: float, y: float, unit: float) -> Hit | None:
    """Return a transition at the point; they lie in the strip at the top of their clips."""
    if not track.transitions or y >= row.top + STRIP * unit:
        return None
    frame = scale.frame(x)
    clip = track.clip_at(frame)
    if clip is None:
        return None
    for passage in (track.into.get(clip.name), track.out_of.get(clip.name)):
        if passage is None:
            continue
        start, stop = place_of(track, passage)
        if not start <= frame < stop:
            continue
        edge = min(EDGE * unit / 2, scale.width(stop - start) / 4)
        part: Part = "passage"
        if x - scale.x(start) < edge:
            part = "passage_start"
        elif scale.x(stop) - x <= edge:
            part = "passage_stop"
        return Hit(part, track.name, passage.left, passage.right, start, stop)
    return None


def inside(cut: Cut, rows: Rows, scale: Scale, box: tuple[float, float, float, float]) -> set[str]:
    """Return the clips that touch a box of pixels (left, top, right, bottom)."""
    left, top, right, bottom = box
    start, stop = scale.moment(left), scale.moment(right)
    return {
        clip.name
        for row in rows.between(top, bottom)
        for clip in cut.tracks[row.index].clips
        if clip.stop > start and clip.at < stop
    }

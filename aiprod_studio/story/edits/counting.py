"""The edit that counts the whole cut at another frame rate.

Everything stays at its time, to the nearest frame. What other edits keep still is moved here by
less than a frame, so it has checks of its own instead of those in `settling`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product
from typing import ClassVar

from aiprod_studio.story.cut import Clip, Cut, Marker, Track, Transition
from aiprod_studio.story.edits.edit import CutEdit
from aiprod_studio.story.time import rate_of
from aiprod_studio.story.transitions import meets, why_not


@dataclass(frozen=True)
class SetCutRate(CutEdit):
    """Count the cut at another frame rate; clips, transitions and markers keep their times.

    Times are rounded to whole frames, clips that touch go on touching, and none gets shorter than
    a frame. Locked clips and tracks stay at their times like the others. A transition that no
    longer fits is shortened. The board keeps its own rate.
    """

    title: ClassVar[str] = "Change frame rate"
    rate: Fraction

    def apply(self, state: Cut) -> Cut:
        return self.change(state)

    def change(self, cut: Cut) -> Cut:
        rate = rate_of(self.rate, "timeline")
        if rate == cut.rate:
            return cut
        tracks = tuple(_counted(track, cut.rate, rate) for track in cut.tracks)
        markers = tuple(_marked(mark, 0, rate / cut.rate) for mark in cut.markers)
        return replace(cut, rate=rate, tracks=tracks, markers=markers)


def _counted(track: Track, old: Fraction, new: Fraction) -> Track:
    pace = new / old
    clips: list[Clip] = []
    free, before = 0, -1
    for clip in track.clips:
        at = free if clip.at == before else max(round(clip.at * pace), free)
        clips.append(_laid(clip, at, old, new))
        free, before = clips[-1].stop, clip.stop
    passages = tuple(_scaled(each, pace) for each in track.transitions)
    return _fitting(replace(track, clips=tuple(clips), transitions=passages), new)


def _laid(clip: Clip, at: int, old: Fraction, new: Fraction) -> Clip:
    """Return a clip from a frame of the new rate on, playing at each time what it played before."""
    pace = new / old
    stop = max(round(clip.stop * pace), at + 1)
    start = clip.start.plus((at / pace - clip.at) * clip.speed, old)
    markers = tuple(_marked(mark, at, pace, clip.at) for mark in clip.markers)
    laid = replace(clip, at=at, frames=stop - at, start=start, markers=markers)
    span = clip.source.span
    return laid if span is None or not span.covers(clip.used(old)) else _within(laid, new)


def _within(clip: Clip, rate: Fraction) -> Clip:
    """Return a clip that plays nothing beyond its source: shifted by less than a frame, or cut."""
    span = clip.source.span
    assert span is not None
    most = max(1, int(span.length.seconds * rate / clip.speed))
    clip = replace(clip, frames=min(clip.frames, most))
    used = clip.used(rate)
    if used.start < span.start:
        return replace(clip, start=span.start.to(clip.start.rate))
    if used.stop > span.stop:
        start = clip.start - (used.stop - span.stop)
        return replace(clip, start=max(start, span.start.to(start.rate)))
    return clip


def _marked(mark: Marker, at: int, pace: Fraction, was: int = 0) -> Marker:
    """Return a marker counted anew; those of a clip are counted from where it begins."""
    start = round((was + mark.at) * pace)
    frames = round((was + mark.at + mark.frames) * pace) - start
    return replace(mark, at=start - at, frames=max(frames, min(mark.frames, 1)))


def _scaled(passage: Transition, pace: Fraction) -> Transition:
    before, after = round(passage.before * pace), round(passage.after * pace)
    if not before + after:
        before, after = int(passage.before > passage.after), int(passage.before <= passage.after)
    return replace(passage, before=before, after=after)


def _fitting(track: Track, rate: Fraction) -> Track:
    """Return the track with transitions shortened that do not fit, without those that cannot."""
    for passage in track.transitions:
        if not meets(track, passage):
            continue
        for shorter in _shorter(passage):
            tried = _with(track, passage, shorter)
            if why_not(tried, shorter, rate) is None:
                track = tried
                break
        else:
            track = _with(track, passage)
    return track


def _shorter(passage: Transition) -> Iterator[Transition]:
    """Yield a transition, then shorter ones, the longest first."""
    yield passage
    lengths = product(range(passage.before + 1), range(passage.after + 1))
    for before, after in sorted(lengths, key=sum, reverse=True):
        yield replace(passage, before=before, after=after)


def _with(track: Track, old: Transition, *new: Transition) -> Track:
    kept = (new if each is old else (each,) for each in track.transitions)
    return replace(track, transitions=tuple(each for part in kept for each in part))

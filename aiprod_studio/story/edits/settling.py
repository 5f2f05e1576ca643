"""What must hold after any edit of the cut; every edit passes here before anyone sees its result.

Locks, free frames, media that reaches far enough and transitions that still fit are checked once,
in one place, so that each edit only has to say what moves. Only what an edit touched is checked:
an older fault elsewhere never blocks work.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from aiprod_studio.sdk import Problem, Refusal
from aiprod_studio.story.cut import Clip, Cut, Track
from aiprod_studio.story.problems import (
    IsLocked,
    OutOfMedia,
    TooShort,
    WouldOverlap,
    WrongKind,
    counted,
)
from aiprod_studio.story.transitions import in_order, meets, why_not

UNLOCK = "Unlock it, or unlink the clips, and try again."
FITTING = {"title": ("title",), "panel": ("video",)}
SEEN = ("video", "audio")


def settled(before: Cut, after: Cut, *, minds_locks: bool = True) -> Cut:
    """Return the cut with transitions and links tidied, when all that must hold does.

    Raises:
        Refusal: with the first reason found.
    """
    old_tracks = {track.name: track for track in before.tracks}
    old_clips = {clip.name: clip for _, clip in before.clips()}
    after = _without_lone_links(before, after)
    tracks = tuple(_tidied(track, old_tracks.get(track.name)) for track in after.tracks)
    after = replace(after, tracks=tracks)
    problems = _track_problems(after, old_tracks, old_clips)
    problem = next(_lock_problems(before, after), None) if minds_locks else None
    problem = problem or next(problems, None)
    if problem is not None:
        raise Refusal(problem)
    return after


def _lock_problems(before: Cut, after: Cut) -> Iterator[Problem]:
    tracks = {track.name: track for track in after.tracks}
    clips = {clip.name: (track.name, clip) for track, clip in after.clips()}
    for track in before.tracks:
        now = tracks.get(track.name)
        if track.locked and now is not track and now != track:
            yield IsLocked(f"track {track.name}", "it is locked, and this would change it", UNLOCK)
        for clip in track.clips:
            if clip.locked and clips.get(clip.name) != (track.name, clip):
                why = "it is locked, and this would change it"
                yield IsLocked(f"clip {clip.name}", why, UNLOCK)


def _track_problems(
    cut: Cut, old_tracks: dict[str, Track], old_clips: dict[str, Clip]
) -> Iterator[Problem]:
    for track in cut.tracks:
        old = old_tracks.get(track.name)
        if track is old:
            continue
        there = old.by_name if old else {}
        touched = {clip.name for clip in track.clips if there.get(clip.name) is not clip}
        for clip in track.clips:
            if clip.name in touched and clip is not old_clips.get(clip.name):
                yield from _clip_problems(clip, track, cut.rate)
            elif clip.name in touched:
                yield from _kind_problems(clip, track)
        for left, right in pairwise(track.clips):
            if right.at < left.stop:
                why = f"clips {left.name!r} and {right.name!r} would share frames"
                remedy = "Make room first, or use overwrite."
                yield WouldOverlap(f"track {track.name}", why, remedy)
        yield from _passage_problems(track, old, touched, cut.rate)


def _passage_problems(
    track: Track, old: Track | None, touched: set[str], rate: Fraction
) -> Iterator[Problem]:
    known = set(map(id, old.transitions)) if old else set()
    for transition in track.transitions:
        if id(transition) in known and not {transition.left, transition.right} & touched:
            continue
        why = why_not(track, transition, rate)
        if why is not None:
            yield why


def _clip_problems(clip: Clip, track: Track, rate: Fraction) -> Iterator[Problem]:
    where = f"clip {clip.name}"
    if clip.frames < 1:
        yield TooShort(where, "no frame of it would be left", "Remove it, or leave one frame.")
        return
    if clip.at < 0:
        why = f"it would begin {counted(-clip.at, 'frame')} before the film"
        yield TooShort(where, why, "Move it less far.")
    yield from _kind_problems(clip, track)
    yield from _media_problems(clip, where, rate)


def _kind_problems(clip: Clip, track: Track) -> Iterator[Problem]:
    kinds = FITTING.get(clip.source.kind, SEEN)
    if track.kind not in kinds:
        why = f"a {clip.source.kind} cannot lie on the {track.kind} track {track.name!r}"
        yield WrongKind(f"clip {clip.name}", why, f"Use a track of kind {' or '.join(kinds)}.")


def _media_problems(clip: Clip, where: str, rate: Fraction) -> Iterator[Problem]:
    span, used = clip.source.span, clip.used(rate)
    if span is None or span.covers(used):
        return
    head, tail = span.start - used.start, used.stop - span.stop
    by, end = (head, "start") if head.value > 0 else (tail, "end")
    more = counted(float(by.seconds * rate), "frame")
    why = f"it would play {more} beyond the {end} of its source"
    yield OutOfMedia(where, why, "Trim less, or render the shot with longer handles.")


def _tidied(track: Track, old: Track | None) -> Track:
    """Return the track without transitions whose clips have parted, the others in order."""
    if track is old or not track.transitions:
        return track
    kept = in_order(track, (each for each in track.transitions if meets(track, each)))
    return track if kept == track.transitions else replace(track, transitions=kept)


def _without_lone_links(before: Cut, after: Cut) -> Cut:
    """Take the link off clips that have no partner any more; locked ones stay as they are."""
    held = {clip.link for _, clip in before.clips() if clip.link}
    count = Counter(clip.link for _, clip in after.clips() if clip.link)
    lone = {link for link in held | set(count) if count[link] == 1}
    if not lone:
        return after

    def freed(track: Track) -> Track:
        if track.locked or not any(clip.link in lone and not clip.locked for clip in track.clips):
            return track
        clips = (
            replace(clip, link="") if clip.link in lone and not clip.locked else clip
            for clip in track.clips
        )
        return replace(track, clips=tuple(clips))

    return replace(after, tracks=tuple(freed(track) for track in after.tracks))

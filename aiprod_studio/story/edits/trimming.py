"""Edits at the ends of a clip: trim, ripple, roll, slip and slide. Linked clips go along."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from aiprod_studio.sdk import Refusal
from aiprod_studio.story.cut import Clip, Cut, Track
from aiprod_studio.story.edits.edit import CutEdit
from aiprod_studio.story.edits.laying import family, shifted, with_clips
from aiprod_studio.story.problems import DoesNotMeet, TooShort, counted


@dataclass(frozen=True)
class Trim(CutEdit):
    """Take frames off the head or tail of a clip (negative: give more); nothing else moves."""

    title: ClassVar[str] = "Trim clip"
    clip: str
    head: int = 0
    tail: int = 0

    def change(self, cut: Cut) -> Cut:
        return with_clips(
            cut,
            {
                clip.name: _shorter(clip, self.head, self.tail, cut)
                for _, clip in _members(cut, self.clip)
            },
        )


@dataclass(frozen=True)
class Ripple(CutEdit):
    """Trim a clip and let all that comes later on its track, with what is linked, move along."""

    title: ClassVar[str] = "Ripple trim"
    clip: str
    head: int = 0
    tail: int = 0

    def change(self, cut: Cut) -> Cut:
        members = _members(cut, self.clip)
        changed = {}
        for _, clip in members:
            shorter = _shorter(clip, self.head, self.tail, cut)
            changed[clip.name] = replace(shorter, at=clip.at)
        later = {track.name: clip.stop for track, clip in members}
        cut = shifted(cut, later, -(self.head + self.tail), but=changed)
        return with_clips(cut, changed)


@dataclass(frozen=True)
class Roll(CutEdit):
    """Move the cut between a clip and the next one by some frames; both stay where they are."""

    title: ClassVar[str] = "Roll cut"
    clip: str
    by: int = 0

    def change(self, cut: Cut) -> Cut:
        track, left = cut.find(self.clip)
        right = _next(track, left)
        if right is None:
            why = "no clip follows it without a gap"
            raise Refusal(DoesNotMeet(f"clip {self.clip}", why, "Trim it instead."))
        rights = family(cut, [right.name])
        changed: dict[str, Clip] = {}
        for member_track, member in _members(cut, self.clip):
            follower = _next(member_track, member)
            if follower is not None and follower.name in rights and member.stop == left.stop:
                changed[member.name] = _shorter(member, 0, -self.by, cut)
                changed[follower.name] = _shorter(follower, self.by, 0, cut)
        return with_clips(cut, changed)


@dataclass(frozen=True)
class Slip(CutEdit):
    """Show another part of the source, so many frames of the cut later; the clip stays."""

    title: ClassVar[str] = "Slip clip"
    clip: str
    by: int = 0

    def change(self, cut: Cut) -> Cut:
        changed = {}
        for name in family(cut, [self.clip]):
            _, clip = cut.find(name)
            start = clip.source_time(clip.at + self.by, cut.rate)
            changed[name] = replace(clip, start=start)
        return with_clips(cut, changed)


@dataclass(frozen=True)
class Slide(CutEdit):
    """Move a clip between its neighbours, which give and take the frames."""

    title: ClassVar[str] = "Slide clip"
    clip: str
    by: int = 0

    def change(self, cut: Cut) -> Cut:
        changed: dict[str, Clip] = {}
        members = _members(cut, self.clip)
        for track, clip in members:
            left, right = _previous(track, clip), _next(track, clip)
            if left is not None:
                changed[left.name] = _shorter(left, 0, -self.by, cut)
            if right is not None:
                changed[right.name] = _shorter(right, self.by, 0, cut)
            changed[clip.name] = replace(clip, at=clip.at + self.by)
        return with_clips(cut, changed)


def _members(cut: Cut, name: str) -> list[tuple[Track, Clip]]:
    """Return a clip and its partners with their tracks; two on one track cannot move as one."""
    found = [cut.find(member) for member in sorted(family(cut, [name]))]
    if len({track.name for track, _ in found}) < len(found):
        why = "it is linked with a clip on the same track"
        raise Refusal(DoesNotMeet(f"clip {name}", why, "Unlink them first."))
    return found


def _shorter(clip: Clip, head: int, tail: int, cut: Cut) -> Clip:
    if clip.frames - head - tail < 1:
        why = f"it has {counted(clip.frames, 'frame')}, and {head + tail} would be taken off"
        raise Refusal(TooShort(f"clip {clip.name}", why, "Leave one frame, or remove the clip."))
    return clip.trimmed(head, tail, cut.rate)


def _next(track: Track, clip: Clip) -> Clip | None:
    found = track.clip_at(clip.stop)
    return found if found is not None and found.at == clip.stop else None


def _previous(track: Track, clip: Clip) -> Clip | None:
    return track.clip_at(clip.at - 1)

"""Edits that put clips somewhere or take them away: split, move, insert, overwrite, lift, extract.

Insert and extract move what comes later on the tracks they name, together with clips linked to
it; lift and overwrite move nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from aiprod_studio.sdk import Refusal
from aiprod_studio.story.cut import Clip, Cut
from aiprod_studio.story.edits.edit import CutEdit
from aiprod_studio.story.edits.laying import (
    cleared,
    family,
    fresh,
    in_order,
    linked,
    shifted,
    split,
    split_tracks,
    with_clips,
    with_track,
    without_clips,
)
from aiprod_studio.story.problems import BadValue, NameTaken

Placed = tuple[str, Clip]
"""A clip and the track it goes to; without a name it gets one."""


@dataclass(frozen=True)
class Split(CutEdit):
    """Cut a clip, and those linked with it, in two at a frame of the cut."""

    title: ClassVar[str] = "Split clip"
    clip: str
    at: int

    def change(self, cut: Cut) -> Cut:
        _, clip = cut.find(self.clip)
        if not clip.at < self.at < clip.stop:
            why = f"frame {self.at} is not inside it; it lies from {clip.at} to {clip.stop}"
            raise Refusal(BadValue(f"clip {self.clip}", why, "Choose a frame between its ends."))
        return split(cut, family(cut, [self.clip]), self.at)


@dataclass(frozen=True)
class Move(CutEdit):
    """Move a clip to a frame, and to another track if one is named; linked clips go along."""

    title: ClassVar[str] = "Move clip"
    clip: str
    at: int
    track: str = ""

    def change(self, cut: Cut) -> Cut:
        old, clip = cut.find(self.clip)
        by = self.at - clip.at
        names = family(cut, [self.clip])
        moved = {name: replace(cut.find(name)[1], at=cut.find(name)[1].at + by) for name in names}
        if not self.track or self.track == old.name:
            return with_clips(cut, moved)
        target = cut.track(self.track)
        goes = moved.pop(self.clip)
        cut = with_clips(without_clips(cut, [self.clip]), moved)
        target = cut.track(self.track)
        return with_track(cut, replace(target, clips=in_order([*target.clips, goes])))


@dataclass(frozen=True)
class Insert(CutEdit):
    """Put clips at a frame; what comes later on their tracks makes room for the longest.

    Several clips become linked with each other.
    """

    title: ClassVar[str] = "Insert clip"
    placed: tuple[Placed, ...]
    at: int

    def change(self, cut: Cut) -> Cut:
        room = _room(self.placed)
        tracks = sorted({track for track, _ in self.placed})
        cut = split_tracks(cut, tracks, self.at)
        cut = shifted(cut, dict.fromkeys(tracks, self.at), room)
        return _put(cut, self.placed, self.at)


@dataclass(frozen=True)
class Overwrite(CutEdit):
    """Put clips at a frame, in place of what lies there; nothing moves."""

    title: ClassVar[str] = "Overwrite with clip"
    placed: tuple[Placed, ...]
    at: int

    def change(self, cut: Cut) -> Cut:
        _room(self.placed)
        for track, clip in self.placed:
            cut = cleared(cut, [track], self.at, self.at + clip.frames)
        return _put(cut, self.placed, self.at)


@dataclass(frozen=True)
class Lift(CutEdit):
    """Take away what lies on some tracks from start to stop; a gap stays."""

    title: ClassVar[str] = "Lift"
    tracks: tuple[str, ...]
    start: int
    stop: int

    def change(self, cut: Cut) -> Cut:
        return cleared(cut, self.tracks, self.start, self.stop)


@dataclass(frozen=True)
class Extract(CutEdit):
    """Take away what lies on some tracks from start to stop, and close the gap."""

    title: ClassVar[str] = "Extract"
    tracks: tuple[str, ...]
    start: int
    stop: int

    def change(self, cut: Cut) -> Cut:
        cut = cleared(cut, self.tracks, self.start, self.stop)
        return shifted(cut, dict.fromkeys(self.tracks, self.stop), self.start - self.stop)


@dataclass(frozen=True)
class Remove(CutEdit):
    """Take clips away, with those linked to them; gaps stay."""

    title: ClassVar[str] = "Remove clips"
    clips: tuple[str, ...]

    def change(self, cut: Cut) -> Cut:
        return without_clips(cut, family(cut, self.clips))


def _room(placed: tuple[Placed, ...]) -> int:
    tracks = [track for track, _ in placed]
    if not placed or len(set(tracks)) < len(tracks):
        why = "it needs clips, each for a track of its own"
        raise Refusal(BadValue("edit", why, "Name one clip for each track."))
    for track, clip in placed:
        if clip.frames < 1:
            why = f"a clip for track {track!r} lasts {clip.frames} frames"
            raise Refusal(BadValue("edit", why, "Give it at least one frame."))
    return max(clip.frames for _, clip in placed)


def _put(cut: Cut, placed: tuple[Placed, ...], at: int) -> Cut:
    names = []
    for track_name, clip in placed:
        name = clip.name
        if any(each.name == name for _, each in cut.clips()):
            why = f"the cut has a clip called {name!r} already"
            raise Refusal(NameTaken("edit", why, "Leave the name empty and it gets one."))
        if not name:
            cut, name = fresh(cut, "clip")
        track = cut.track(track_name)
        laid = replace(clip, name=name, at=at, link="")
        cut = with_track(cut, replace(track, clips=in_order([*track.clips, laid])))
        names.append(name)
    return linked(cut, names) if len(names) > 1 else cut

"""Edits of whole tracks: add, remove, move, rename, switch off, gain."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from aiprod_studio.sdk import Refusal
from aiprod_studio.story.cut import LOUDEST, Cut, Track, TrackKind
from aiprod_studio.story.edits.edit import CutEdit
from aiprod_studio.story.edits.laying import with_track
from aiprod_studio.story.problems import BadValue, NameTaken

LETTER = {"video": "V", "audio": "A", "title": "T"}


@dataclass(frozen=True)
class AddTrack(CutEdit):
    """Add an empty track, on top or at an index; without a name it is V2, A3 and so on."""

    title: ClassVar[str] = "Add track"
    kind: TrackKind = "video"
    name: str = ""
    index: int | None = None

    def change(self, cut: Cut) -> Cut:
        if self.kind not in LETTER:
            why = f"there are no {self.kind!r} tracks"
            raise Refusal(BadValue("track", why, "Choose video, audio or title."))
        name = self.name or _free_name(cut, self.kind)
        _refuse_taken(cut, name)
        index = len(cut.tracks) if self.index is None else self.index
        tracks = [*cut.tracks]
        tracks.insert(max(0, index), Track(name=name, kind=self.kind))
        return replace(cut, tracks=tuple(tracks))


@dataclass(frozen=True)
class RemoveTrack(CutEdit):
    """Remove a track and its clips."""

    title: ClassVar[str] = "Remove track"
    track: str

    def change(self, cut: Cut) -> Cut:
        gone = cut.track(self.track)
        return replace(cut, tracks=tuple(each for each in cut.tracks if each is not gone))


@dataclass(frozen=True)
class MoveTrack(CutEdit):
    """Put a track at another index; the first lies at the bottom."""

    title: ClassVar[str] = "Move track"
    track: str
    index: int

    def change(self, cut: Cut) -> Cut:
        track = cut.track(self.track)
        tracks = [each for each in cut.tracks if each is not track]
        tracks.insert(max(0, self.index), track)
        return replace(cut, tracks=tuple(tracks))


@dataclass(frozen=True)
class RenameTrack(CutEdit):
    """Call a track something else."""

    title: ClassVar[str] = "Rename track"
    track: str
    name: str

    def change(self, cut: Cut) -> Cut:
        old = cut.track(self.track)
        name = self.name.strip()
        if not name:
            raise Refusal(BadValue(f"track {self.track}", "a name is empty", "Give it a name."))
        if name != self.track:
            _refuse_taken(cut, name)
        tracks = (replace(each, name=name) if each is old else each for each in cut.tracks)
        return replace(cut, tracks=tuple(tracks))


@dataclass(frozen=True)
class SwitchTrack(CutEdit):
    """Hide or mute a track, or let it play again."""

    title: ClassVar[str] = "Switch track"
    track: str
    off: bool = True

    def change(self, cut: Cut) -> Cut:
        return with_track(cut, replace(cut.track(self.track), off=self.off))


@dataclass(frozen=True)
class SetTrackGain(CutEdit):
    """Make a whole track louder or softer: a factor, 1 leaves it as it is."""

    title: ClassVar[str] = "Change track gain"
    track: str
    gain: float

    def change(self, cut: Cut) -> Cut:
        if not 0 <= self.gain <= LOUDEST:
            why = f"a gain of {self.gain} is not between 0 and {LOUDEST:g}"
            raise Refusal(BadValue(f"track {self.track}", why, "Give a value in that range."))
        return with_track(cut, replace(cut.track(self.track), gain=float(self.gain)))


def _free_name(cut: Cut, kind: TrackKind) -> str:
    used = {track.name for track in cut.tracks}
    number = 1
    while f"{LETTER[kind]}{number}" in used:
        number += 1
    return f"{LETTER[kind]}{number}"


def _refuse_taken(cut: Cut, name: str) -> None:
    if any(track.name == name for track in cut.tracks):
        why = f"there is a track called {name!r} already"
        raise Refusal(NameTaken("track", why, "Choose another name."))

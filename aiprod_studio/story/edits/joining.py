"""Edits of what belongs together and what may not be touched: link, unlink, lock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from aiprod_studio.sdk import Refusal
from aiprod_studio.story.cut import Cut
from aiprod_studio.story.edits.edit import CutEdit
from aiprod_studio.story.edits.laying import family, linked, with_clips, with_track
from aiprod_studio.story.problems import BadValue, IsLocked


@dataclass(frozen=True)
class Link(CutEdit):
    """Let clips of different tracks be edited together; older links of theirs end."""

    title: ClassVar[str] = "Link clips"
    clips: tuple[str, ...]

    def change(self, cut: Cut) -> Cut:
        tracks = [cut.find(name)[0].name for name in self.clips]
        if len(tracks) < 2 or len(set(tracks)) < len(tracks):
            why = "a link needs at least two clips, each on a track of its own"
            raise Refusal(BadValue("link", why, "Choose clips on different tracks."))
        return linked(cut, self.clips)


@dataclass(frozen=True)
class Unlink(CutEdit):
    """Let a clip and those linked with it be edited alone again."""

    title: ClassVar[str] = "Unlink clips"
    clip: str

    def change(self, cut: Cut) -> Cut:
        names = family(cut, [self.clip])
        return with_clips(cut, {name: replace(cut.find(name)[1], link="") for name in names})


@dataclass(frozen=True)
class LockTrack(CutEdit):
    """Keep a track from being changed, or allow it again."""

    title: ClassVar[str] = "Lock track"
    minds_locks: ClassVar[bool] = False
    track: str
    locked: bool = True

    def change(self, cut: Cut) -> Cut:
        return with_track(cut, replace(cut.track(self.track), locked=self.locked))


@dataclass(frozen=True)
class LockClip(CutEdit):
    """Keep a clip from being changed, or allow it again; its track must not be locked."""

    title: ClassVar[str] = "Lock clip"
    minds_locks: ClassVar[bool] = False
    clip: str
    locked: bool = True

    def change(self, cut: Cut) -> Cut:
        track, clip = cut.find(self.clip)
        if track.locked:
            why = f"its track {track.name!r} is locked as a whole"
            raise Refusal(IsLocked(f"clip {self.clip}", why, "Unlock the track first."))
        return with_clips(cut, {self.clip: replace(clip, locked=self.locked)})

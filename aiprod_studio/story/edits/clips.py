"""Edits of what a clip plays and how: source, speed, opacity, gain, title."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import ClassVar, get_args

from aiprod_studio.sdk import Refusal
from aiprod_studio.story.cut import FASTEST, LOUDEST, SLOWEST, Clip, Cut, Place, Source
from aiprod_studio.story.edits.edit import CutEdit
from aiprod_studio.story.edits.laying import family, shifted, with_clips
from aiprod_studio.story.problems import BadValue, WrongKind, listed


@dataclass(frozen=True)
class SetSpeed(CutEdit):
    """Play a clip, and those linked with it, faster or slower; it shows the same of its source.

    The new length is rounded down to whole frames. With `ripple` what comes later moves along.
    """

    title: ClassVar[str] = "Change speed"
    clip: str
    speed: Fraction
    ripple: bool = True

    def change(self, cut: Cut) -> Cut:
        if not SLOWEST <= self.speed <= FASTEST:
            why = f"a speed of {self.speed} is not between {SLOWEST} and {FASTEST}"
            raise Refusal(BadValue(f"clip {self.clip}", why, "1 is the speed it was made at."))
        found = [cut.find(name) for name in family(cut, [self.clip])]
        changed = {clip.name: _at_speed(clip, self.speed) for _, clip in found}
        if self.ripple:
            by = changed[self.clip].frames - cut.find(self.clip)[1].frames
            cut = shifted(cut, {track.name: clip.stop for track, clip in found}, by, changed)
        return with_clips(cut, changed)


def _at_speed(clip: Clip, speed: Fraction) -> Clip:
    frames = max(1, int(clip.frames * clip.speed / speed))
    return replace(clip, speed=speed, frames=frames)


@dataclass(frozen=True)
class SetOpacity(CutEdit):
    """Let a clip be seen through: 0 is not to be seen, 1 hides what lies below."""

    title: ClassVar[str] = "Change opacity"
    clip: str
    opacity: float

    def change(self, cut: Cut) -> Cut:
        _in_range("an opacity", self.clip, self.opacity, 1.0)
        _, clip = cut.find(self.clip)
        return with_clips(cut, {self.clip: replace(clip, opacity=float(self.opacity))})


@dataclass(frozen=True)
class SetGain(CutEdit):
    """Make a clip louder or softer: a factor, 1 leaves it as it is."""

    title: ClassVar[str] = "Change gain"
    clip: str
    gain: float

    def change(self, cut: Cut) -> Cut:
        _in_range("a gain", self.clip, self.gain, LOUDEST)
        _, clip = cut.find(self.clip)
        return with_clips(cut, {self.clip: replace(clip, gain=float(self.gain))})


@dataclass(frozen=True)
class SetSource(CutEdit):
    """Let a clip play something else, another take say; place, length and start stay."""

    title: ClassVar[str] = "Change source"
    clip: str
    source: Source

    def change(self, cut: Cut) -> Cut:
        _, clip = cut.find(self.clip)
        return with_clips(cut, {self.clip: replace(clip, source=self.source)})


@dataclass(frozen=True)
class SetTitle(CutEdit):
    """Change the text of a title, and where it stands if a place is given."""

    title: ClassVar[str] = "Change title"
    clip: str
    text: str
    place: Place | None = None

    def change(self, cut: Cut) -> Cut:
        _, clip = cut.find(self.clip)
        if clip.source.kind != "title":
            why = f"it plays a {clip.source.kind}, not a title"
            raise Refusal(WrongKind(f"clip {self.clip}", why, "Choose a clip of a title track."))
        if self.place not in (None, *get_args(Place)):
            why = f"there is no place {self.place!r} for a title"
            raise Refusal(BadValue(f"clip {self.clip}", why, f"Use {listed(get_args(Place))}."))
        place = self.place or clip.source.place
        source = replace(clip.source, name=self.text, place=place)
        return with_clips(cut, {self.clip: replace(clip, source=source)})


def _in_range(what: str, clip: str, value: float, most: float) -> None:
    if not 0 <= value <= most:
        why = f"{what} of {value} is not between 0 and {most:g}"
        raise Refusal(BadValue(f"clip {clip}", why, "Give a value in that range."))

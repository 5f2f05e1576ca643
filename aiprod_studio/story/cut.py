"""The cut: tracks of clips at whole frames, frozen, and questions about them.

Edits make new cuts from old ones; `playing` says what shows at a frame; export, preview and
interchange read it. A clip lies at frames of the cut and reads its source from an exact time on;
gaps are where no clip lies. Nothing here changes anything.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import ClassVar, Literal, get_args

from aiprod_studio.sdk import Refusal
from aiprod_studio.story.problems import NoSuchThing, listed
from aiprod_studio.story.records import (
    FLAG,
    RATE,
    SPAN,
    TEXT,
    TIME,
    Field,
    Record,
    choice,
    many,
    number,
    one,
    ratio,
    whole,
)
from aiprod_studio.story.time import Span, Time

TrackKind = Literal["video", "audio", "title"]
Place = Literal["centre", "lower", "bottom"]
"""Where a title stands: a card, a name in the lower third, a subtitle."""

SLOWEST, FASTEST = Fraction(1, 100), Fraction(100)
LOUDEST = 8.0


@dataclass(frozen=True)
class Marker(Record):
    """A note at a frame: of the cut, or of a clip counted from where the clip begins."""

    name: str = ""
    at: int = 0
    frames: int = 0
    colour: str = ""
    text: str = ""

    FIELDS: ClassVar[Mapping[str, Field]] = {
        "name": TEXT,
        "at": whole(),
        "frames": whole(0),
        "colour": TEXT,
        "text": TEXT,
    }


@dataclass(frozen=True)
class Source(Record):
    """What a clip plays.

    `kind` shot: `name` is a shot of the board and `take` one of its takes ("" is the picked one),
    time 0 is the first frame of the shot and its handles lie around; panel: a still of the board;
    file: a media file, relative to the document; title: the text itself, at its `place` in the
    picture. `span` is what can be played; None means that it never ends (stills and titles).
    """

    kind: Literal["shot", "panel", "file", "title"] = "file"
    name: str = ""
    take: str = ""
    span: Span | None = None
    place: Place = "centre"

    FIELDS: ClassVar[Mapping[str, Field]] = {
        "kind": choice("shot", "panel", "file", "title"),
        "name": TEXT,
        "take": TEXT,
        "span": SPAN,
        "place": choice(*get_args(Place)),
    }


@dataclass(frozen=True)
class Clip(Record):
    """A stretch of a source on a track: `frames` frames of the cut from frame `at` on.

    `start` is the source's time at its first frame; each frame of the cut moves it on by `speed`
    frames of the cut's rate. `gain` is a factor on the sound. Clips with the same `link` are edited
    together.
    """

    name: str = ""
    source: Source = field(default_factory=Source)
    at: int = 0
    frames: int = 1
    start: Time = Time(Fraction(0), Fraction(24))
    speed: Fraction = Fraction(1)
    opacity: float = 1.0
    gain: float = 1.0
    link: str = ""
    locked: bool = False
    markers: tuple[Marker, ...] = ()

    FIELDS: ClassVar[Mapping[str, Field]] = {
        "name": TEXT,
        "source": one(Source),
        "at": whole(0),
        "frames": whole(1),
        "start": TIME,
        "speed": ratio(SLOWEST, FASTEST),
        "opacity": number(0, 1),
        "gain": number(0, LOUDEST),
        "link": TEXT,
        "locked": FLAG,
        "markers": many(Marker),
    }

    @property
    def stop(self) -> int:
        """The first frame after it."""
        return self.at + self.frames

    def source_time(self, frame: int, rate: Fraction) -> Time:
        """Return the source's time at a frame of the cut, within the clip or in its handles."""
        return self.start.plus((frame - self.at) * self.speed, rate)

    def used(self, rate: Fraction, before: int = 0, after: int = 0) -> Span:
        """Return what it reads of its source, with so many frames of the cut more on each side."""
        first = self.source_time(self.at - before, rate)
        return Span(first, self.source_time(self.stop + after, rate))

    def trimmed(self, head: int, tail: int, rate: Fraction) -> Clip:
        """Return it without `head` frames at its start and `tail` at its end (negative: more)."""
        start = self.source_time(self.at + head, rate) if head else self.start
        frames = self.frames - head - tail
        markers = self.markers
        if head:
            markers = tuple(replace(mark, at=mark.at - head) for mark in markers)
        return replace(self, at=self.at + head, frames=frames, start=start, markers=markers)


@dataclass(frozen=True)
class Transition(Record):
    """A passage over the cut between two clips, `before` frames ahead of it and `after` behind.

    With `left` or `right` empty it is a fade from or to nothing.
    """

    left: str = ""
    right: str = ""
    before: int = 0
    after: int = 0
    kind: str = "dissolve"

    FIELDS: ClassVar[Mapping[str, Field]] = {
        "left": TEXT,
        "right": TEXT,
        "before": whole(0),
        "after": whole(0),
        "kind": TEXT,
    }

    @property
    def frames(self) -> int:
        """How long it lasts."""
        return self.before + self.after


@dataclass(frozen=True)
class Track(Record):
    """Clips in order of time; the first video track lies at the bottom."""

    name: str = ""
    kind: TrackKind = "video"
    locked: bool = False
    off: bool = False
    gain: float = 1.0
    clips: tuple[Clip, ...] = ()
    transitions: tuple[Transition, ...] = ()

    FIELDS: ClassVar[Mapping[str, Field]] = {
        "name": TEXT,
        "kind": choice("video", "audio", "title"),
        "locked": FLAG,
        "off": FLAG,
        "gain": number(0, LOUDEST),
        "clips": many(Clip),
        "transitions": many(Transition),
    }

    @property
    def stop(self) -> int:
        """The first frame after its last clip."""
        return self.clips[-1].stop if self.clips else 0

    @cached_property
    def by_name(self) -> Mapping[str, Clip]:
        """Its clips by name; made once, because edits and playback ask for every frame."""
        return {clip.name: clip for clip in self.clips}

    @cached_property
    def into(self) -> Mapping[str, Transition]:
        """The transition that each clip begins with, by the clip's name."""
        return {each.right: each for each in self.transitions if each.right}

    @cached_property
    def out_of(self) -> Mapping[str, Transition]:
        """The transition that each clip ends with, by the clip's name."""
        return {each.left: each for each in self.transitions if each.left}

    def clip(self, name: str) -> Clip | None:
        """Return its clip of that name, or None."""
        return self.by_name.get(name)

    def index_at(self, frame: int) -> int:
        """Return the index of the last clip that begins at or before a frame, or -1."""
        return bisect_right(self.clips, frame, key=lambda clip: clip.at) - 1

    def clip_at(self, frame: int) -> Clip | None:
        """Return the clip that lies on a frame, or None in a gap."""
        index = self.index_at(frame)
        found = self.clips[index] if index >= 0 else None
        return found if found is not None and frame < found.stop else None

    def gap_at(self, frame: int) -> tuple[int, int] | None:
        """Return the gap that a frame lies in, as (start, stop); None where none is closed."""
        return next(((a, b) for a, b in self.gaps() if a <= frame < b), None)

    def gaps(self) -> Iterator[tuple[int, int]]:
        """Yield where no clip lies before the last one, as (start, stop) frames."""
        free = 0
        for clip in self.clips:
            if clip.at > free:
                yield free, clip.at
            free = max(free, clip.stop)


@dataclass(frozen=True)
class Cut(Record):
    """The edited timeline at one rate. `serial` counts the names ever given."""

    rate: Fraction = Fraction(24)
    serial: int = 0
    tracks: tuple[Track, ...] = ()
    markers: tuple[Marker, ...] = ()

    FIELDS: ClassVar[Mapping[str, Field]] = {
        "rate": RATE,
        "serial": whole(0),
        "tracks": many(Track),
        "markers": many(Marker),
    }

    @property
    def frames(self) -> int:
        """How long the film is."""
        return max((track.stop for track in self.tracks), default=0)

    def clips(self) -> Iterator[tuple[Track, Clip]]:
        """Yield every clip with its track."""
        return ((track, clip) for track in self.tracks for clip in track.clips)

    def track(self, name: str) -> Track:
        """Return a track by name. Raises a Refusal when there is none."""
        for track in self.tracks:
            if track.name == name:
                return track
        raise Refusal(_missing("track", name, [track.name for track in self.tracks]))

    def find(self, name: str) -> tuple[Track, Clip]:
        """Return a clip and its track by name. Raises a Refusal when there is none."""
        for track in self.tracks:
            clip = track.clip(name)
            if clip is not None:
                return track, clip
        raise Refusal(_missing("clip", name, [clip.name for _, clip in self.clips()]))

    def linked(self, name: str) -> tuple[str, ...]:
        """Return a clip's name and those of the clips linked with it."""
        _, clip = self.find(name)
        if not clip.link:
            return (name,)
        others = (other.name for _, other in self.clips() if other.link == clip.link)
        return (name, *(other for other in others if other != name))


def _missing(kind: str, name: str, known: list[str]) -> NoSuchThing:
    remedy = f"There are {listed(known)}." if known else "The cut has none yet."
    return NoSuchThing("cut", f"there is no {kind} {name!r}", remedy)

"""The items of one OpenTimelineIO track as clips at whole frames, one after the other.

Used by `otio_in`. Lengths are added up exactly and rounded once for each cut, so that errors
never add up. Items we have no word for become clips without media, and that is said.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote

from aiprod_studio.sdk import Problem
from aiprod_studio.story.cut import FASTEST, SLOWEST, Clip, Marker, Source
from aiprod_studio.story.interchange.otio_notes import note_of
from aiprod_studio.story.problems import LooksOdd
from aiprod_studio.story.records import read_as
from aiprod_studio.story.time import Span, Time, read_rate

NEAR = Fraction(1, 1000)
LONGEST = 10**9


def exact(time: Any, rate: Fraction) -> Fraction | None:
    """Return an OpenTimelineIO time in frames of a rate, or None when it makes no sense."""
    try:
        value, own = Fraction(time.value), read_rate(time.rate)
    except (ValueError, OverflowError, AttributeError):
        return None
    near = value.limit_denominator(1_000_000)
    frames = near * rate / own
    return frames if abs(frames) < LONGEST else None


def whole_frames(time: Any, rate: Fraction) -> int | None:
    """Return an OpenTimelineIO time in whole frames of a rate, or None."""
    frames = exact(time, rate)
    return None if frames is None else round(frames)


def path_of(url: str) -> str:
    """Return the path that a media address means; what is no address of a file stays as it is.

    Knows `file:///films/a%20b.mov`, `file://localhost/...`, `file:///C:/...` and shares.
    """
    kind, found, rest = url.partition("://")
    if not found or kind.lower() != "file":
        return url
    host, slash, path = unquote(rest).partition("/")
    path = slash + path
    if len(path) > 2 and path[1].isalpha() and path[2] == ":":
        return path[1:]
    return path if host in ("", "localhost") else f"//{host}{path}"


class ClipReader:
    """Reads the items of a track in order; `frame` is where the next one begins."""

    def __init__(self, rate: Fraction, track: str, problems: list[Problem]) -> None:
        self.rate = rate
        self.track = track
        self.problems = problems
        self.clips: list[Clip] = []
        self.addresses: dict[str, str] = {}
        self._at = Fraction(0)

    @property
    def frame(self) -> int:
        return round(self._at)

    def take(self, item: Any) -> None:
        """Read a clip or gap; anything else of a length becomes a clip without media."""
        import opentimelineio as otio

        at = self.frame
        length = self._length(item)
        if length is None or length < 0:
            self._odd(item, "its length makes no sense", "It is left out; look at it there.")
            return
        self._at += length
        frames = self.frame - at
        if isinstance(item, otio.schema.Gap):
            return
        if frames < 1:
            self._odd(item, "it lasts no frame at this rate", "It is left out; look at it there.")
            return
        if not isinstance(item, otio.schema.Clip):
            why = f"it is a {type(item).__name__}, which has no place on a track here"
            self._odd(item, why, "An empty clip of its length stands in for it.")
            self.clips.append(Clip(item.name, Source("file"), at, frames))
            return
        self.clips.append(self._clip(item, at, frames))

    def _odd(self, item: Any, why: str, remedy: str) -> None:
        where = f"track {self.track}, {item.name or 'an item'}"
        self.problems.append(LooksOdd(where, why, remedy))

    def _length(self, item: Any) -> Fraction | None:
        import opentimelineio as otio

        try:
            return exact(item.trimmed_range().duration, self.rate)
        except (otio.exceptions.OTIOError, AttributeError, ValueError, RuntimeError):
            return None

    def _clip(self, item: Any, at: int, frames: int) -> Clip:
        note = dict(note_of(item.metadata))
        head, active = _ratio(note.pop("head", "0")), note.pop("active", "")
        clip = read_as(Clip, note, f"clip {item.name}", self.problems)
        first = exact(item.trimmed_range().start_time, self.rate) or Fraction(0)
        markers = tuple(self._marker(mark, first) for mark in item.markers)
        clip = replace(clip, name=item.name or clip.name, at=at, frames=frames, markers=markers)
        clip = replace(clip, speed=self._speed(item, clip.speed if note else Fraction(1)))
        if not note:
            source, begin = self._source(item)
            return replace(clip, source=source, start=Time(first - begin, self.rate))
        self._note_addresses(item, clip.source)
        chosen = item.active_media_reference_key
        if clip.source.kind == "shot" and chosen != active:
            clip = replace(clip, source=replace(clip.source, take=chosen))
        start = first - head * self.rate
        if abs(start - clip.start.to(self.rate).value) > NEAR:
            clip = replace(clip, start=Time(start, self.rate))
        return clip

    def _note_addresses(self, item: Any, source: Source) -> None:
        """Remember where the files were that our own names stood for."""
        for media in item.media_references().values():
            own = note_of(media.metadata).get("media")
            name = own if isinstance(own, str) else source.name if source.kind == "file" else ""
            url = getattr(media, "target_url", "") or ""
            if name and url:
                self.addresses[name] = path_of(url)

    def _speed(self, item: Any, known: Fraction) -> Fraction:
        import opentimelineio as otio

        speed = Fraction(1)
        for effect in item.effects:
            scalar = getattr(effect, "time_scalar", None)
            if not isinstance(effect, otio.schema.LinearTimeWarp):
                remedy = "The clip is imported without it."
                self._odd(item, f"its effect {effect.effect_name!r} is not known here", remedy)
            elif scalar is None or not float(SLOWEST) <= scalar <= float(FASTEST):
                why = f"its speed {scalar} is not between {SLOWEST} and {FASTEST}"
                self._odd(item, why, "It plays at speed 1 here.")
            else:
                speed = Fraction(scalar).limit_denominator(10_000)
        return known if abs(known - speed) < NEAR else speed

    def _source(self, item: Any) -> tuple[Source, Fraction]:
        """Return the source of a foreign clip and where its media's own time begins, in frames."""
        import opentimelineio as otio

        media = item.media_reference
        url = path_of(getattr(media, "target_url", "") or "")
        others = {
            key: path_of(getattr(each, "target_url", "") or "")
            for key, each in item.media_references().items()
            if key != item.active_media_reference_key
        }
        extra = MappingProxyType({"other_media": others}) if others else MappingProxyType({})
        if isinstance(media, otio.schema.GeneratorReference) and "text" in media.parameters:
            return Source("title", str(media.parameters["text"]), extra=extra), Fraction(0)
        if not url:
            self._odd(item, "it has no media", "Choose a file for it.")
        whole = media.available_range if media is not None else None
        begin = exact(whole.start_time, self.rate) if whole is not None else None
        length = exact(whole.duration, self.rate) if whole is not None else None
        if begin is None or length is None or length < 0:
            return Source("file", url, extra=extra), Fraction(0)
        span = Span(Time(Fraction(0), self.rate), Time(length, self.rate))
        return Source("file", url, span=span, extra=extra), begin

    def _marker(self, found: Any, first: Fraction) -> Marker:
        marker = read_as(Marker, note_of(found.metadata), f"marker {found.name}", self.problems)
        start = exact(found.marked_range.start_time, self.rate) or Fraction(0)
        frames = whole_frames(found.marked_range.duration, self.rate) or 0
        at = round(start - first)
        return replace(marker, name=found.name, at=at, frames=max(0, frames))


def _ratio(value: Any) -> Fraction:
    try:
        return Fraction(value)
    except (ValueError, TypeError, ZeroDivisionError):
        return Fraction(0)

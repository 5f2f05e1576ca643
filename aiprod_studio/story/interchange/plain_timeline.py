"""The cut in the few words that every editing program knows: for FCP7 XML, FCPXML and EDL.

One file per clip, whole frames, dissolves and speeds. What a format has no word for is left out
here, before its adapter would trip over it; `dropping` says so in sentences. The full cut travels
as `.otio` (`otio_out`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from aiprod_studio.story.board import Board
from aiprod_studio.story.cut import Clip, Cut, Track, Transition
from aiprod_studio.story.interchange.adapter_texts import nominal
from aiprod_studio.story.interchange.otio_out import Address
from aiprod_studio.story.playing import Footage, Layer, Still, resolved
from aiprod_studio.story.time import Span

PlainFormat = Literal["fcp_xml", "fcpx_xml", "cmx_3600"]
"""Final Cut Pro 7 XML, FCPXML (Final Cut Pro X and later), CMX 3600 edit decision list."""

SMPTE = tuple(
    Fraction(rate)
    for rate in ("24000/1001", "24", "25", "30000/1001", "30", "48", "50", "60000/1001", "60")
)
"""The rates that timecode is defined for."""


@dataclass(frozen=True)
class Plain:
    """A timeline for an adapter, and the rate it is written at."""

    timeline: Any
    rate: Fraction


def smpte_rate(rate: Fraction) -> Fraction | None:
    """Return a rate with timecode in which every frame of a cut begins on a frame, or None."""
    return next((good for good in SMPTE if (good / rate).denominator == 1), None)


def plain_timeline(
    cut: Cut, board: Board, kind: PlainFormat, address: Address, title: str = ""
) -> Plain:
    """Return the cut as an OpenTimelineIO timeline that an adapter can write.

    Args:
        cut: the cut.
        board: what its shots play.
        kind: the format, which decides what is left out.
        address: where files are.
        title: what the timeline is called.
    """
    import opentimelineio as otio

    rate = smpte_rate(cut.rate) or cut.rate
    counted = nominal(rate) if kind != "fcp_xml" else rate
    timeline = otio.schema.Timeline(title or board.title or "film")
    timeline.global_start_time = otio.opentime.RationalTime(0, float(counted))
    writer = _Writer(cut, board, kind, address, rate, counted)
    tracks = [writer.track(track) for track in written_tracks(cut, kind)]
    timeline.tracks.extend(writer.over_a_spine(tracks) if kind == "fcpx_xml" else tracks)
    return Plain(timeline, rate)


def written_tracks(cut: Cut, kind: PlainFormat) -> list[Track]:
    """Return the tracks that a format can hold."""
    tracks = [track for track in cut.tracks if track.kind != "title" and track.clips]
    if kind != "cmx_3600":
        return tracks
    video = [track for track in tracks if track.kind == "video" and not track.off][:1]
    return video + [track for track in tracks if track.kind == "audio" and not track.off][:2]


@dataclass(frozen=True)
class _Writer:
    cut: Cut
    board: Board
    kind: PlainFormat
    address: Address
    rate: Fraction
    counted: Fraction
    """The rate that the adapter is told: a whole one for 24000/1001 and its like."""

    def over_a_spine(self, tracks: list[Any]) -> list[Any]:
        """Return tracks of which the first picture lasts the film, for others to be tied to."""
        import opentimelineio as otio

        kinds = otio.schema.TrackKind
        spine = next((track for track in tracks if track.kind == kinds.Video), None)
        if spine is None:
            spine = otio.schema.Track("V1", kind=kinds.Video)
            tracks = [spine, *tracks]
        last = max(each.duration().value for each in tracks if len(each))
        missing = last - (spine.duration().value if len(spine) else 0)
        if missing > 0:
            time = otio.opentime.RationalTime(missing, float(self.counted))
            span = otio.opentime.TimeRange(self._time(0), time)
            spine.append(otio.schema.Gap(source_range=span))
        return tracks

    def track(self, track: Track) -> Any:
        """Return one track."""
        import opentimelineio as otio

        kind = otio.schema.TrackKind.Audio if track.kind == "audio" else otio.schema.TrackKind.Video
        made = otio.schema.Track(track.name, kind=kind)
        made.enabled = not track.off
        made.extend(list(self._children(track)))
        return made

    def _children(self, track: Track) -> Iterator[Any]:
        import opentimelineio as otio

        at = 0
        for clip in track.clips:
            if clip.at > at:
                span = otio.opentime.TimeRange(self._time(0), self._time(clip.at - at))
                yield otio.schema.Gap(source_range=span)
            into = track.into.get(clip.name)
            before, after = self._passage(into) if into is not None and into.left else (0, 0)
            if before + after and track.kind == "video":
                yield otio.schema.Transition(
                    "dissolve",
                    transition_type=otio.schema.TransitionTypes.SMPTE_Dissolve,
                    in_offset=self._time(before),
                    out_offset=self._time(after),
                )
            yield self._clip(track, clip)
            at = clip.stop

    def _passage(self, into: Transition) -> tuple[int, int]:
        """Return how far a dissolve reaches over its cut: FCP7 XML has centred ones only."""
        if self.kind == "fcpx_xml":
            return 0, 0
        if self.kind == "fcp_xml" and into.before != into.after:
            half = min(into.before, into.after)
            return half, half
        return into.before, into.after

    def _clip(self, track: Track, clip: Clip) -> Any:
        import opentimelineio as otio

        name, first, whole = self._media(track, clip)
        used = otio.opentime.TimeRange(self._time(first), self._time(clip.frames))
        made = otio.schema.Clip(clip.name, source_range=used)
        if name:
            made.media_reference = otio.schema.ExternalReference(self.address(name), whole)
            made.media_reference.name = clip.name
        if clip.speed != 1 and self.kind != "fcpx_xml":
            made.effects.append(otio.schema.LinearTimeWarp(time_scalar=float(clip.speed)))
        return made

    def _media(self, track: Track, clip: Clip) -> tuple[str, int, Any]:
        """Return a clip's file, the file's frame that the clip begins with, what the file holds."""
        layer = Layer(track.name, track.kind, clip.name, clip.source, clip.start, clip.speed, 1, 1)
        shown = resolved(layer, self.board)
        if isinstance(shown, Still) or clip.source.kind == "panel":
            image = shown.image if isinstance(shown, Still) else ""
            return image, *self._still(track, clip)
        if not isinstance(shown, Footage):
            return "", *self._still(track, clip)
        zero, span = Fraction(0), clip.source.span
        if clip.source.kind == "shot":
            take = self.board.find_shot(clip.source.name)[1].take(clip.source.take)
            if take is not None:
                zero, span = Fraction(take.head) / take.rate, take.span
        first = max(0, int((clip.start.seconds + zero) * self.cut.rate // 1))
        return shown.media, first, self._range(clip, zero, span)

    def _still(self, track: Track, clip: Clip) -> tuple[int, Any]:
        """Return where in an endless still a clip begins: far enough in for a dissolve."""
        into, out = track.into.get(clip.name), track.out_of.get(clip.name)
        first = into.before if into else 0
        return first, self._frames(0, first + clip.frames + (out.after if out else 0))

    def _range(self, clip: Clip, zero: Fraction, span: Span | None) -> Any:
        """Return what a file holds; of one whose length is not known, as much as is played."""
        rate = self.cut.rate
        if span is None:
            return self._frames(0, int(clip.used(rate).stop.to(rate).value // 1) + 1)
        first = max(0, int((span.start.seconds + zero) * rate // 1))
        return self._frames(first, max(1, int((span.stop.seconds + zero) * rate // 1) - first))

    def _frames(self, first: int, length: int) -> Any:
        import opentimelineio as otio

        return otio.opentime.TimeRange(self._time(first), self._time(length))

    def _time(self, frames: Fraction | int) -> Any:
        import opentimelineio as otio

        value = Fraction(frames) * self.rate / self.cut.rate
        return otio.opentime.RationalTime(float(value), float(self.counted))

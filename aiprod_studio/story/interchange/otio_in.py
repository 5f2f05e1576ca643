"""An OpenTimelineIO timeline as cut and board: our own come back whole, others as far as we go.

Where a clip lies is read from the timeline itself, because another program may have edited it;
what OpenTimelineIO has no words for comes from our metadata if it is there. Nothing is dropped
without a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from aiprod_studio.sdk import Problem, Refusal
from aiprod_studio.story.board import Board
from aiprod_studio.story.cut import Cut, Marker, Track, Transition
from aiprod_studio.story.interchange.otio_clips import ClipReader, whole_frames
from aiprod_studio.story.interchange.otio_notes import note_of
from aiprod_studio.story.problems import FromTheFuture, LooksOdd, Unreadable
from aiprod_studio.story.records import read_as
from aiprod_studio.story.repairs import repaired_cut
from aiprod_studio.story.sections import parse_board
from aiprod_studio.story.time import rate_of


@dataclass(frozen=True)
class Imported:
    """What a file held, and what was odd about it."""

    board: Board
    cut: Cut
    problems: tuple[Problem, ...] = ()
    addresses: Mapping[str, str] = field(default_factory=dict)
    """Where files were when it was written, by the names that board and cut have for them."""


def from_otio_text(text: str, name: str = "timeline") -> Imported:
    """Read the text of an `.otio` file; `name` is what problems call it.

    Raises:
        Refusal: it is no timeline, or newer than this program understands.
    """
    import opentimelineio as otio

    try:
        found = otio.adapters.read_from_string(text, "otio_json")
    except otio.exceptions.UnsupportedSchemaError as error:
        why = f"it was written by a newer program ({str(error).splitlines()[0]})"
        remedy = "Export it again for OpenTimelineIO 0.18 or older."
        raise Refusal(FromTheFuture(name, why, remedy)) from None
    except (otio.exceptions.OTIOError, ValueError, RuntimeError, TypeError, KeyError):
        why = "it is no OpenTimelineIO file, or a damaged one"
        raise Refusal(Unreadable(name, why, "Export it again.")) from None
    return from_otio(found, name)


def from_otio(found: Any, name: str = "timeline") -> Imported:
    """Return what an OpenTimelineIO timeline holds. Raises a Refusal when it is none."""
    import opentimelineio as otio

    if not isinstance(found, otio.schema.Timeline):
        why = f"it holds a {type(found).__name__}; a Timeline is expected"
        raise Refusal(Unreadable(name, why, "Export the timeline itself."))
    return _Reader(name).timeline(found)


@dataclass
class _Reader:
    name: str
    problems: list[Problem] = field(default_factory=list)
    rate: Fraction = Fraction(24)
    addresses: dict[str, str] = field(default_factory=dict)

    def timeline(self, timeline: Any) -> Imported:
        note = note_of(timeline.metadata)
        board = self._board(note)
        own = note.get("cut")
        cut = Cut(rate=self._rate(timeline))
        if isinstance(own, Mapping):
            cut = read_as(Cut, own, self.name, self.problems)
        self.rate = cut.rate
        markers = tuple(self._marker(mark) for mark in timeline.tracks.markers)
        tracks = tuple(self._track(child) for child in timeline.tracks if self._is_track(child))
        cut, repairs = repaired_cut(replace(cut, tracks=tracks, markers=markers))
        found = (*self.problems, *repairs)
        return Imported(board, cut, found, self.addresses)

    def _board(self, note: Mapping[str, Any]) -> Board:
        if not isinstance(note.get("story"), Mapping):
            return Board()
        board, problems = parse_board(note["story"])
        self.problems += problems
        return board

    def _rate(self, timeline: Any) -> Fraction:
        """Return the rate: of the start, else of the first item that has one that can be."""
        import opentimelineio as otio

        times = [timeline.global_start_time]
        for item in timeline.find_children(descended_from_type=otio.core.Item):
            span = item.source_range
            times.append(span.duration if span is not None else None)
        for time in times:
            try:
                if time is not None:
                    return rate_of(time.rate, self.name)
            except Refusal as refusal:
                self.problems += refusal.problems
        if self.problems:
            remedy = "Set the rate of the cut if that is wrong."
            self.problems.append(LooksOdd(self.name, "24 frames a second are assumed", remedy))
        return Fraction(24)

    def _is_track(self, child: Any) -> bool:
        import opentimelineio as otio

        if isinstance(child, otio.schema.Track):
            return True
        why = f"a {type(child).__name__} lies where a track is expected"
        self.problems.append(LooksOdd(self.name, why, "Flatten it there and export again."))
        return False

    def _track(self, found: Any) -> Track:
        import opentimelineio as otio

        note = note_of(found.metadata)
        kind = "audio" if found.kind == otio.schema.TrackKind.Audio else "video"
        track = Track(kind="audio" if kind == "audio" else "video")
        if note:
            track = read_as(Track, note, f"track {found.name}", self.problems)
        track = replace(track, name=found.name or track.name, off=not found.enabled)
        clips = ClipReader(self.rate, track.name, self.problems)
        passages: list[tuple[int, Any]] = []
        for child in found:
            if isinstance(child, otio.schema.Transition):
                passages.append((clips.frame, child))
            else:
                clips.take(child)
        track = replace(track, clips=tuple(clips.clips))
        self.addresses |= clips.addresses
        made = tuple(self._transition(track, at, child) for at, child in passages)
        return replace(track, transitions=made)

    def _transition(self, track: Track, at: int, found: Any) -> Transition:
        """Read a transition over the cut at a frame of its track."""
        note = read_as(Transition, note_of(found.metadata), "transition", self.problems)
        before = whole_frames(found.in_offset, self.rate) or 0
        after = whole_frames(found.out_offset, self.rate) or 0
        left = next((clip.name for clip in track.clips if clip.stop == at), "")
        right = next((clip.name for clip in track.clips if clip.at == at), "")
        if before == 0 and (note.left == "" and note.right == right):
            left = ""
        if after == 0 and (note.right == "" and note.left == left):
            right = ""
        kind = note.kind if note != Transition() else found.name or "dissolve"
        dissolve = found.transition_type == "SMPTE_Dissolve"
        kind = "dissolve" if dissolve else kind
        return replace(note, left=left, right=right, before=before, after=after, kind=kind)

    def _marker(self, found: Any) -> Marker:
        note = note_of(found.metadata)
        marker = read_as(Marker, note, f"marker {found.name}", self.problems)
        span = found.marked_range
        at = whole_frames(span.start_time, self.rate) or 0
        frames = whole_frames(span.duration, self.rate) or 0
        if not note:
            extra = MappingProxyType({"colour_there": found.color}) if found.color else {}
            marker = replace(marker, extra=extra)
        return replace(marker, name=found.name, at=at, frames=max(0, frames))

"""The cut as an OpenTimelineIO timeline, with every take as a media reference of its clip.

Exports write it. Other programs see clips, gaps, dissolves, speeds, markers and media; what only
we know (links, locks, exact times, the whole board) travels as metadata and comes back through
`otio_in`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

from aiprod_studio.story.board import Board
from aiprod_studio.story.cut import Clip, Cut, Marker, Track, Transition
from aiprod_studio.story.interchange.otio_notes import noted
from aiprod_studio.story.records import write
from aiprod_studio.story.sections import dump_board
from aiprod_studio.story.takes import Take

NO_MEDIA = "DEFAULT_MEDIA"

Address = Callable[[str], str]
"""Where a file of the document is, as other programs read it."""


def to_otio(cut: Cut, board: Board, title: str = "", address: Address = str) -> Any:
    """Return the cut as an `opentimelineio.schema.Timeline`.

    `address` says where files of the document are, as other programs read it.
    """
    import opentimelineio as otio

    timeline = otio.schema.Timeline(title or board.title or "film")
    own = write(replace(cut, tracks=(), markers=()))
    timeline.metadata.update(noted({"cut": own, "story": dump_board(board)}))
    timeline.global_start_time = _time(Fraction(0), cut.rate)
    for mark in cut.markers:
        timeline.tracks.markers.append(_marker(mark, Fraction(mark.at), cut.rate))
    for track in cut.tracks:
        timeline.tracks.append(_track(track, cut, board, address))
    return timeline


def _track(track: Track, cut: Cut, board: Board, address: Address) -> Any:
    import opentimelineio as otio

    kind = otio.schema.TrackKind.Audio if track.kind == "audio" else otio.schema.TrackKind.Video
    made = otio.schema.Track(track.name, kind=kind)
    made.enabled = not track.off
    made.metadata.update(noted(write(replace(track, clips=(), transitions=()))))
    made.extend(list(_children(track, cut, board, address)))
    return made


def _children(track: Track, cut: Cut, board: Board, address: Address) -> Iterator[Any]:
    passages = {(each.left, each.right): each for each in track.transitions}
    at, last = 0, ""
    for clip in track.clips:
        meeting = passages.get((last, clip.name)) if last else None
        if meeting is not None:
            yield _transition(meeting, cut.rate)
        else:
            yield from _apart(passages, last, clip, at, cut.rate)
        yield _clip(clip, cut, board, address)
        at, last = clip.stop, clip.name
    if (last, "") in passages:
        yield _transition(passages[last, ""], cut.rate)


def _apart(
    passages: dict[tuple[str, str], Transition], last: str, clip: Clip, at: int, rate: Fraction
) -> Iterator[Any]:
    """Yield what lies before a clip that has no dissolve from the last: fades and a gap."""
    import opentimelineio as otio

    out, into = passages.get((last, "")) if last else None, passages.get(("", clip.name))
    if out is not None:
        yield _transition(out, rate)
    if clip.at > at or (out is not None and into is not None):
        span = otio.opentime.TimeRange(_time(Fraction(0), rate), _time(clip.at - at, rate))
        yield otio.schema.Gap(source_range=span)
    if into is not None:
        yield _transition(into, rate)


def _clip(clip: Clip, cut: Cut, board: Board, address: Address) -> Any:
    import opentimelineio as otio

    references, active, head = _references(clip, board, address)
    start = clip.start.to(cut.rate).value + head * cut.rate
    span = otio.opentime.TimeRange(_time(start, cut.rate), _time(clip.frames, cut.rate))
    made = otio.schema.Clip(clip.name, source_range=span)
    made.set_media_references(references, active)
    made.metadata.update(noted(write(clip) | {"head": str(head), "active": active}))
    if clip.speed != 1:
        made.effects.append(otio.schema.LinearTimeWarp(time_scalar=float(clip.speed)))
    for mark in clip.markers:
        made.markers.append(_marker(mark, start + mark.at, cut.rate))
    return made


def _references(clip: Clip, board: Board, address: Address) -> tuple[dict[str, Any], str, Fraction]:
    """Return media references by name, the active one, and its head handle in seconds."""
    import opentimelineio as otio

    source = clip.source
    if source.kind == "title":
        text = otio.schema.GeneratorReference("title", "title", parameters={"text": source.name})
        return {NO_MEDIA: text}, NO_MEDIA, Fraction(0)
    if source.kind == "shot":
        shot = next((each for _, each in board.shots() if each.name == source.name), None)
        picked = shot.take(source.take) if shot else None
        if shot is not None and shot.takes:
            references = {take.name: _take_reference(take, address) for take in shot.takes}
            active = picked or shot.takes[-1]
            return references, active.name, active.head / active.rate
        return {NO_MEDIA: otio.schema.MissingReference(source.name)}, NO_MEDIA, Fraction(0)
    return {NO_MEDIA: _file_reference(clip, board, address)}, NO_MEDIA, Fraction(0)


def _take_reference(take: Take, address: Address) -> Any:
    import opentimelineio as otio

    length = take.head + take.frames + take.tail
    span = otio.opentime.TimeRange(_time(Fraction(0), take.rate), _time(length, take.rate))
    made = otio.schema.ExternalReference(address(take.media) if take.media else "", span)
    made.name = take.name
    made.metadata.update(noted(write(take)))
    return made


def _file_reference(clip: Clip, board: Board, address: Address) -> Any:
    import opentimelineio as otio

    url, span = clip.source.name, None
    if clip.source.kind == "panel":
        images = {panel.name: panel.image for _, panel in board.panels()}
        url = images.get(clip.source.name, "")
    whole = clip.source.span
    if whole is not None:
        rate = whole.start.rate
        length = _time(whole.length.to(rate).value, rate)
        span = otio.opentime.TimeRange(_time(whole.start.value, rate), length)
    return otio.schema.ExternalReference(address(url) if url else "", span)


def _transition(passage: Transition, rate: Fraction) -> Any:
    import opentimelineio as otio

    types = otio.schema.TransitionTypes
    kind = types.SMPTE_Dissolve if passage.kind == "dissolve" else types.Custom
    made = otio.schema.Transition(
        passage.kind,
        transition_type=kind,
        in_offset=_time(passage.before, rate),
        out_offset=_time(passage.after, rate),
    )
    made.metadata.update(noted(write(passage)))
    return made


def _marker(mark: Marker, start: Fraction, rate: Fraction) -> Any:
    import opentimelineio as otio

    span = otio.opentime.TimeRange(_time(start, rate), _time(mark.frames, rate))
    made = otio.schema.Marker(mark.name, marked_range=span)
    made.metadata.update(noted(write(mark)))
    return made


def _time(value: Fraction | int, rate: Fraction) -> Any:
    import opentimelineio as otio

    return otio.opentime.RationalTime(float(value), float(rate))

"""What each exchange format leaves out, in sentences: asked by the export dialog and the log.

With a cut at hand only what that cut really loses is said, counted; without one, all that can be
lost. The sentences follow what `otio_out` and `plain_timeline` write, and tests hold them to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from aiprod_studio.story.board import Board
from aiprod_studio.story.cut import Cut
from aiprod_studio.story.interchange.plain_timeline import smpte_rate, written_tracks

CutFormat = Literal["otio", "otioz", "fcp_xml", "fcpx_xml", "edl"]
FORMATS: tuple[CutFormat, ...] = get_args(CutFormat)

NO_TIMECODE = "This frame rate has no timecode, so it cannot be written."


@dataclass(frozen=True)
class Losses:
    """What a cut has that a format may lose; with every count at 1, what may be lost at all."""

    titles: int = 1
    takes: int = 1
    fades: int = 1
    dissolves: int = 1
    odd_transitions: int = 1
    uneven: int = 1
    speeds: int = 1
    levels: int = 1
    audio_tracks: int = 1
    more_video: int = 1
    markers: int = 1
    links: int = 1
    rate: str = ""


def drops(kind: CutFormat, cut: Cut | None = None, board: Board | None = None) -> tuple[str, ...]:
    """Return a sentence for everything that a format leaves out.

    Args:
        kind: the format.
        cut: with it, only what this cut has is named.
        board: where the takes of the cut's shots are.
    """
    losses = Losses() if cut is None else _losses(kind, cut, board or Board())
    return tuple(_sentences(kind, losses, counted=cut is not None))


def _losses(kind: CutFormat, cut: Cut, board: Board) -> Losses:
    transitions = [each for track in cut.tracks for each in track.transitions]
    clips = [clip for _, clip in cut.clips()]
    video = [track for track in cut.tracks if track.kind == "video" and track.clips]
    edl = written_tracks(cut, "cmx_3600") if kind == "edl" else ()
    lone = [each for each in transitions if not (each.left and each.right)]
    good = smpte_rate(cut.rate)
    return Losses(
        titles=sum(len(track.clips) for track in cut.tracks if track.kind == "title"),
        takes=sum(max(0, len(shot.takes) - 1) for _, shot in board.shots()),
        fades=len(lone),
        dissolves=len(transitions) - len(lone),
        uneven=sum(each.before != each.after for each in transitions if each.left and each.right),
        odd_transitions=sum(each.kind != "dissolve" for each in transitions),
        speeds=sum(clip.speed != 1 for clip in clips),
        levels=sum(clip.opacity != 1 or clip.gain != 1 for clip in clips),
        audio_tracks=sum(track.kind == "audio" and bool(track.clips) for track in cut.tracks),
        more_video=len(video) - sum(track.kind == "video" for track in edl),
        markers=len(cut.markers) + sum(len(clip.markers) for clip in clips),
        links=len({clip.link for clip in clips if clip.link}),
        rate="" if good == cut.rate else f"{cut.rate}>{good or ''}",
    )


def _sentences(kind: CutFormat, lost: Losses, *, counted: bool) -> Iterator[str]:
    def some(count: int, one: str, many: str) -> str:
        return f"{count} {one if count == 1 else many}" if counted else many.capitalize()

    if kind in ("otio", "otioz"):
        if kind == "otioz":
            yield "Media files that are not there are left out of the bundle."
        if lost.titles:
            what = some(lost.titles, "title", "titles")
            yield f"{what}: other programs see a generator called title, and may show nothing."
        return
    if lost.takes:
        yield "Only the take that plays goes along; the other takes stay in the document."
    if lost.titles:
        yield f"{some(lost.titles, 'title is', 'titles are')} left out."
    yield from _passages(kind, lost, some)
    if kind == "fcpx_xml" and lost.speeds:
        yield f"{some(lost.speeds, 'clip plays', 'clips of another speed play')} at normal speed."
    if lost.levels:
        yield "Opacity and gain of clips are left out."
    if kind == "edl" and lost.more_video:
        yield "Only the lowest video track is written."
    if kind == "edl" and lost.audio_tracks:
        yield f"{some(lost.audio_tracks, 'audio track is', 'audio tracks are')} left out."
    if lost.markers:
        yield "Markers are left out."
    if lost.links:
        yield "Links between picture and sound, locks and other notes of this program are left out."
    if lost.rate:
        _, _, good = lost.rate.partition(">")
        yield f"It is written at {good} frames a second." if good else NO_TIMECODE


def _passages(kind: CutFormat, lost: Losses, some: Callable[[int, str, str], str]) -> Iterator[str]:
    if kind == "fcpx_xml" and lost.dissolves:
        yield f"{some(lost.dissolves, 'transition becomes a cut', 'transitions become cuts')}."
    elif lost.odd_transitions:
        yield "Dips, wipes and pushes become dissolves."
    if kind == "fcp_xml" and lost.uneven:
        what = some(lost.uneven, "uneven dissolve is", "uneven dissolves are")
        yield f"{what} shortened, so that they lie evenly over their cuts."
    if lost.fades:
        yield f"{some(lost.fades, 'fade', 'fades')} from and to nothing left out."

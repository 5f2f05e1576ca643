"""What comes onto the timeline, shots and files, and the edits that lay it.

What is heard lies on an audio track as well, linked with its picture. Keys, menus and drops all
lay through `laid`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from aiprod_studio.story.assembling import is_heard, shot_source
from aiprod_studio.story.board import Board, Shot
from aiprod_studio.story.cut import Clip, Cut, TrackKind
from aiprod_studio.story.edits import AddTrack, CutEdit, Insert, Overwrite
from aiprod_studio.story.time import Time

FIRST: Mapping[TrackKind, str] = {"video": "V1", "audio": "A1", "title": "T1"}
Targets = Mapping[TrackKind, str]
"""The track that new clips of a kind go to; kinds without one get a new track."""


@dataclass(frozen=True)
class Piece:
    """A clip without a name, and the kinds of tracks it goes to."""

    clip: Clip
    kinds: tuple[TrackKind, ...] = ("video",)


def piece_of(shot: Shot, board: Board, rate: Fraction) -> Piece:
    """Return a whole shot of a board as it lies on a cut of some rate."""
    frames = max(1, int(shot.length * rate / board.rate))
    clip = Clip("", shot_source(shot, board.rate), 0, frames, Time.at(0, board.rate))
    return Piece(clip, ("video", "audio") if is_heard(shot) else ("video",))


def laid(
    cut: Cut, pieces: Iterable[Piece], at: int, targets: Targets, *, insert: bool
) -> tuple[CutEdit, ...]:
    """Return the edits that put pieces one after the other from a frame on."""
    edits: list[CutEdit] = []
    found = {kind: name for kind, name in targets.items() if name}
    for piece in pieces:
        for kind in piece.kinds:
            if kind not in found:
                adding = AddTrack(kind, found.setdefault(kind, _free(cut, kind)))
                edits.append(adding)
        placed = tuple((found[kind], piece.clip) for kind in piece.kinds)
        edits.append(Insert(placed, at) if insert else Overwrite(placed, at))
        at += piece.clip.frames
    return tuple(edits)


def free_track(cut: Cut, kind: TrackKind, at: int, frames: int, wanted: str = "") -> str:
    """Return a track of a kind where nothing lies for so long, the wanted one first; else ""."""
    found = [track for track in cut.tracks if track.kind == kind and not track.locked]
    for track in sorted(found, key=lambda track: track.name != wanted):
        if all(clip.stop <= at or clip.at >= at + frames for clip in track.clips):
            return track.name
    return ""


def _free(cut: Cut, kind: TrackKind) -> str:
    """Return a name for a new track; a cut without tracks of a kind may still use the name."""
    used = {track.name for track in cut.tracks}
    name, number = FIRST[kind], 1
    while name in used:
        number += 1
        name = f"{FIRST[kind][0]}{number}"
    return name

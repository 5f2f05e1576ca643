"""A first cut from the board: all panels as an animatic, or all shots one after the other.

The animatic export plays the one, the window starts the timeline with the other. Nothing here
changes a cut that exists.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from aiprod_studio.story.board import Board, Shot
from aiprod_studio.story.cut import Clip, Cut, Source, Track
from aiprod_studio.story.time import Span, Time


def animatic(board: Board) -> Cut:
    """Return a cut of the panels as stills, with their scratch sound where they have one."""
    stills: list[Clip] = []
    sounds: list[Clip] = []
    at = 0
    for _, panel in board.panels():
        if panel.frames < 1:
            continue
        still = Source("panel", panel.name)
        stills.append(Clip(f"{panel.name}-still", still, at, panel.frames, _start(board.rate)))
        if panel.sound:
            sound = Source("file", panel.sound)
            name = f"{panel.name}-sound"
            sounds.append(Clip(name, sound, at, panel.frames, _start(board.rate)))
        at += panel.frames
    tracks = (Track("V1", "video", clips=tuple(stills)), Track("A1", "audio", clips=tuple(sounds)))
    return Cut(board.rate, tracks=tracks if sounds else tracks[:1])


def first_cut(board: Board) -> Cut:
    """Return a cut of all shots at their full length, in the order of the film."""
    return Cut(board.rate, tracks=(Track("V1", "video", clips=tuple(_in_line(board))),))


def shot_source(shot: Shot, rate: Fraction) -> Source:
    """Return what a clip of a shot plays: its picked take, with the handles it is rendered with."""
    take = shot.take()
    if take is not None:
        return Source("shot", shot.name, span=take.span)
    first, last = -shot.handles, shot.length + shot.handles
    return Source("shot", shot.name, span=Span(Time.at(first, rate), Time.at(last, rate)))


def _in_line(board: Board) -> Iterator[Clip]:
    at = 0
    for _, shot in board.shots():
        if shot.length < 1:
            continue
        source = shot_source(shot, board.rate)
        yield Clip(f"{shot.name}-clip", source, at, shot.length, _start(board.rate))
        at += shot.length


def _start(rate: Fraction) -> Time:
    return Time(Fraction(0), rate)

"""A first cut from the board: all panels as an animatic, or all shots one after the other.

The animatic export plays the one, the window starts the timeline with the other. Nothing here
changes a cut that exists.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from aiprod_studio.story.board import Board, Panel, Shot
from aiprod_studio.story.cut import Clip, Cut, Source, Track
from aiprod_studio.story.time import Span, Time


def animatic(board: Board) -> Cut:
    """Return a cut of the panels as stills, dialogue as subtitles, scratch sound where there is."""
    stills: list[Clip] = []
    words: list[Clip] = []
    sounds: list[Clip] = []
    at = 0
    for _, panel in board.panels():
        if panel.frames < 1:
            continue
        stills.append(_laid(panel, "still", Source("panel", panel.name), at, board.rate))
        if panel.dialogue.strip():
            said = Source("title", panel.dialogue.strip(), place="bottom")
            words.append(_laid(panel, "words", said, at, board.rate))
        if panel.sound:
            sound = Source("file", panel.sound)
            sounds.append(_laid(panel, "sound", sound, at, board.rate))
        at += panel.frames
    tracks = (
        Track("V1", "video", clips=tuple(stills)),
        Track("T1", "title", clips=tuple(words)),
        Track("A1", "audio", clips=tuple(sounds)),
    )
    return Cut(board.rate, tracks=(tracks[0], *(track for track in tracks[1:] if track.clips)))


def first_cut(board: Board) -> Cut:
    """Return a cut of all shots at their full length, in the order of the film.

    Shots whose take is heard get a clip of its sound as well, linked with the picture.
    """
    pictures = tuple(_in_line(board))
    heard = {shot.name for _, shot in board.shots() if is_heard(shot)}
    sounds = tuple(
        replace(clip, name=f"{clip.name}-sound", link=f"{clip.name}-link")
        for clip in pictures
        if clip.source.name in heard
    )
    pictures = tuple(
        replace(clip, link=f"{clip.name}-link") if clip.source.name in heard else clip
        for clip in pictures
    )
    tracks = (Track("V1", "video", clips=pictures), Track("A1", "audio", clips=sounds))
    return Cut(board.rate, tracks=tracks if sounds else tracks[:1])


def _laid(panel: Panel, kind: str, source: Source, at: int, rate: Fraction) -> Clip:
    return Clip(f"{panel.name}-{kind}", source, at, panel.frames, _start(rate))


def is_heard(shot: Shot) -> bool:
    """Say whether the take that plays has a sound of its own."""
    take = shot.take()
    return take is not None and take.sound


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

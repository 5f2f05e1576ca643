"""Putting right what an opened board or cut must not have: doubled names, clips upon clips.

Reading a section and importing a timeline end here, so that all other code can rely on unique
names, sorted clips and free frames. Nothing is thrown away; every repair is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, TypeVar

from aiprod_studio.sdk import Problem
from aiprod_studio.story.board import Board, Panel, Scene, Shot, free_letter
from aiprod_studio.story.cut import Clip, Cut, Track
from aiprod_studio.story.problems import LooksOdd, Repaired
from aiprod_studio.story.records import write
from aiprod_studio.story.takes import Take
from aiprod_studio.story.transitions import in_order, why_not

Named = TypeVar("Named", Scene, Shot, Panel, Take, Track, Clip)
LEFT_OUT = "transitions_left_out"


@dataclass
class _Names:
    """The names met so far in a document, and what had to be said about them."""

    place: str
    problems: list[Problem]
    used: set[str] = field(default_factory=set)

    def unique(self, item: Named, kind: str) -> Named:
        """Return the item with a name that nothing before it has."""
        if item.name and item.name not in self.used:
            self.used.add(item.name)
            return item
        start = item.name or kind
        number = 2 if item.name else 1
        while f"{start}-{number}" in self.used:
            number += 1
        name = f"{start}-{number}"
        why = f"two things are called {item.name!r}" if item.name else f"a {kind} has no name"
        self.problems.append(Repaired(self.place, why, f"The later one is called {name!r} now."))
        self.used.add(name)
        return replace(item, name=name)


def repaired_board(board: Board) -> tuple[Board, list[Problem]]:
    """Return the board with unique names and a letter for every shot, and what was done."""
    problems: list[Problem] = []
    names = _Names("story", problems)
    scenes = []
    for index, scene in enumerate(board.scenes):
        scene = names.unique(scene, "scene")
        scene = replace(scene, number=scene.number or str(index + 1))
        shots = tuple(_repaired_shot(shot, names) for shot in scene.shots)
        scenes.append(_lettered(replace(scene, shots=shots), problems))
    return replace(board, scenes=tuple(scenes)), problems


def _repaired_shot(shot: Shot, names: _Names) -> Shot:
    shot = names.unique(shot, "shot")
    panels = tuple(names.unique(panel, "panel") for panel in shot.panels)
    takes = tuple(names.unique(take, "take") for take in shot.takes)
    return replace(shot, panels=panels, takes=takes)


def _lettered(scene: Scene, problems: list[Problem]) -> Scene:
    seen: set[str] = set()
    for shot in scene.shots:
        if shot.letter and shot.letter not in seen:
            seen.add(shot.letter)
            continue
        letter = free_letter(scene)
        if shot.letter:
            why = f"two shots are numbered {scene.number}{shot.letter}"
            remedy = f"The later one, {shot.name}, is {scene.number}{letter} now."
            problems.append(Repaired("story", why, remedy))
        seen.add(letter)
        shots = (replace(s, letter=letter) if s is shot else s for s in scene.shots)
        scene = replace(scene, shots=tuple(shots))
    return scene


def oddities(board: Board) -> list[Problem]:
    """Return what is unfinished or strange on a board; none of it keeps it from playing."""
    problems: list[Problem] = []
    for scene, shot in board.shots():
        number = f"shot {scene.number}{shot.letter}"
        if shot.length < 1:
            remedy = "Give one of its panels a duration; until then it is skipped."
            problems.append(LooksOdd(number, "it lasts no frame", remedy))
        if shot.picked and shot.take() is None:
            why = f"its picked take {shot.picked!r} is not there"
            problems.append(LooksOdd(number, why, "Pick another take or render the shot."))
    return problems


def repaired_cut(cut: Cut) -> tuple[Cut, list[Problem]]:
    """Return the cut with unique names, sorted clips and no two on one frame, and what was done."""
    problems: list[Problem] = []
    track_names = _Names("timeline", problems)
    clip_names = _Names("timeline", problems)
    tracks = [track_names.unique(track, "track") for track in cut.tracks]
    done: list[Track] = []
    for track in tracks:
        clips = tuple(clip_names.unique(clip, "clip") for clip in track.clips)
        for layer in _laid_apart(replace(track, clips=clips), track_names):
            done.append(_with_good_transitions(layer, cut, problems))
    cut = replace(cut, tracks=tuple(done))
    return cut, problems + list(_beyond_media(cut))


def _laid_apart(track: Track, names: _Names) -> Iterator[Track]:
    """Yield the track without the clips that lie upon others, then tracks for those."""
    clips: Sequence[Clip] = sorted(track.clips, key=lambda clip: clip.at)
    first = True
    while clips or first:
        kept: list[Clip] = []
        over: list[Clip] = []
        for clip in clips:
            (over if kept and clip.at < kept[-1].stop else kept).append(clip)
        yield replace(track, clips=tuple(kept))
        first, clips = False, over
        if over:
            track = _above(track, over, names)


def _above(track: Track, over: list[Clip], names: _Names) -> Track:
    number = 2
    while f"{track.name}-{number}" in names.used:
        number += 1
    name = f"{track.name}-{number}"
    names.used.add(name)
    clips = ", ".join(clip.name for clip in over[:5])
    why = f"on track {track.name!r} {len(over)} clips lie upon others ({clips})"
    names.problems.append(Repaired("timeline", why, f"They lie on a new track {name!r} now."))
    return replace(track, name=name, clips=(), transitions=())


def _with_good_transitions(track: Track, cut: Cut, problems: list[Problem]) -> Track:
    out: list[Any] = []
    track = replace(track, transitions=in_order(track, track.transitions))
    for transition in track.transitions:
        why = why_not(track, transition, cut.rate)
        if why is not None:
            problems.append(why)
            out.append(transition)
            kept = tuple(other for other in track.transitions if other is not transition)
            track = replace(track, transitions=kept)
    if not out:
        return track
    before = track.extra.get(LEFT_OUT, [])
    left = [*(before if isinstance(before, list) else []), *(write(each) for each in out)]
    return replace(track, extra=MappingProxyType({**track.extra, LEFT_OUT: left}))


def _beyond_media(cut: Cut) -> Iterator[Problem]:
    for track, clip in cut.clips():
        span = clip.source.span
        if span is not None and not span.covers(clip.used(cut.rate)):
            why = (
                f"clip {clip.name!r} plays beyond its source, which is {span.start} to {span.stop}"
            )
            remedy = "Trim it; the frames that are missing play as gaps."
            yield LooksOdd(f"track {track.name}", why, remedy)

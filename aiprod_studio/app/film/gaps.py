"""A gap of the cut as a shot: made between the last frame before it and the first one after.

The timeline calls `fill_gap`, applies the edits as one step, and renders the new shot like any
other. The two pictures are taken from what the neighbours show and kept among the assets.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from aiprod_studio.app.film.exporting import composer_of
from aiprod_studio.app.film.ground import Ground
from aiprod_studio.sdk import Invalid, Refusal
from aiprod_studio.story.assembling import shot_source
from aiprod_studio.story.board import Board, Panel, Scene
from aiprod_studio.story.cut import Clip, Cut, Track
from aiprod_studio.story.edits import AddScene, AddShot, BoardEdit, CutEdit, Overwrite, SetShot
from aiprod_studio.story.time import Time

if TYPE_CHECKING:
    from aiprod_studio.sdk.values import UInt8Array

HANDLES = 1
"""The neighbours' frames stand in the handles, so that no frame is seen twice."""


@dataclass(frozen=True)
class Filling:
    """The edits that fill a gap, in their order, and the shot that they make."""

    shot: str
    board_edits: tuple[BoardEdit, ...]
    cut_edits: tuple[CutEdit, ...]

    @property
    def edits(self) -> tuple[BoardEdit | CutEdit, ...]:
        """All edits, for one step of the history."""
        return (*self.board_edits, *self.cut_edits)


def gap_at(track: Track, frame: int) -> tuple[int, int]:
    """Return the gap of a track that a frame lies in, as (start, stop).

    Raises:
        Refusal: a clip lies there, or no clip follows.
    """
    found = track.gap_at(frame)
    if found is None:
        why = f"there is no gap between two clips at frame {frame}"
        raise Refusal(Invalid(f"track {track.name}", why, "Choose a gap ahead of a clip."))
    return found


def fill_gap(
    board: Board, cut: Cut, ground: Ground, track: str, frame: int, *, prompt: str = ""
) -> Filling:
    """Return the edits that fill a gap with a new shot between its neighbours' frames.

    Reads films and writes two pictures, so call it outside of the window's thread.

    Args:
        board: the board.
        cut: the cut.
        ground: where the document lies.
        track: a video track.
        frame: any frame of the gap.
        prompt: what is seen; empty takes the words of the shot before.

    Raises:
        Refusal: there is no gap, its neighbours cannot be read, or the disk is full.
    """
    lane = cut.track(track)
    start, stop = gap_at(lane, frame)
    before, after = _pictures(board, cut, lane, ground, start, stop)
    length = max(1, math.ceil((stop - start) * board.rate / cut.rate))
    edits, made, name = _shot(board, cut, lane, start, length, prompt)
    values = {"handles": HANDLES, "comes_from": before, "goes_to": after, "title": "Between"}
    setting = SetShot(name, values)
    shot = setting.apply(made).find_shot(name)[1]
    clip = Clip("", shot_source(shot, board.rate), 0, stop - start, Time.at(0, cut.rate))
    return Filling(name, (*edits, setting), (Overwrite(((track, clip),), start),))


def _shot(
    board: Board, cut: Cut, track: Track, start: int, length: int, prompt: str
) -> tuple[tuple[BoardEdit, ...], Board, str]:
    """Return the edits that add a shot behind the one before the gap, and its name."""
    edits: tuple[BoardEdit, ...] = ()
    scene, index, words = _place(board, track, start)
    if scene is None:
        edits = (AddScene(),)
        board = edits[0].apply(board)
        scene = board.scenes[-1]
    panel = Panel(frames=length, action="Fills a gap of the cut.")
    adding = AddShot(scene.name, index, prompt or words, (panel,))
    made = adding.apply(board)
    known = {shot.name for _, shot in board.shots()}
    name = next(shot.name for _, shot in made.shots() if shot.name not in known)
    return (*edits, adding), made, name


def _place(board: Board, track: Track, start: int) -> tuple[Scene | None, int | None, str]:
    """Return the scene and index behind the shot that the gap follows, and that shot's words."""
    left = track.clip_at(start - 1) if start else None
    for scene in board.scenes:
        for index, shot in enumerate(scene.shots):
            if left is not None and left.source.kind == "shot" and shot.name == left.source.name:
                return scene, index + 1, shot.prompt
    return (board.scenes[0] if board.scenes else None), 0, ""


def _pictures(
    board: Board, cut: Cut, track: Track, ground: Ground, start: int, stop: int
) -> tuple[str, str]:
    """Keep what a track shows on both sides of a gap; "" where there is nothing before it."""
    alone = replace(cut, tracks=(replace(track, off=False),))
    with composer_of(board, alone, ground) as composer:
        before = _kept(composer.frame(start - 1), ground) if start else ""
        return before, _kept(composer.frame(stop), ground)


def _kept(pixels: UInt8Array, ground: Ground) -> str:
    """Write a picture among the assets, named by its content, and return its path."""
    from aiprod_studio.media import save_image
    from aiprod_studio.sdk import Image

    digest = hashlib.blake2b(pixels.tobytes(), digest_size=8).hexdigest()
    path: Path = ground.assets / "panels" / f"frame-{digest}.png"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        save_image(Image(pixels), path)
    return ground.relative(path)

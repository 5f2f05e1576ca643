"""What stands on a clip beside its picture: name, state, take, rating, speed, progress of a render.

The workspace makes `ShotLook`s from the board and the jobs; painting and the list of shots show
them. Nothing here decides whether a shot is stale.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import PurePosixPath
from typing import Literal

from aiprod_studio.story.board import Board, Shot
from aiprod_studio.story.cut import Clip
from aiprod_studio.story.takes import State

ShotState = State | Literal["empty", "blocked"]
"""As `takes.State`; empty is a shot that was never rendered and shows its panels, blocked one that
cannot be rendered as it is."""


@dataclass(frozen=True)
class ShotLook:
    """A shot as clips and lists show it. `progress` is None while it does not render."""

    name: str
    number: str
    title: str
    state: ShotState
    takes: int = 0
    progress: float | None = None
    note: str = ""

    @property
    def words(self) -> str:
        """Number and title."""
        return f"{self.number}  {self.title}".strip()


def shot_looks(board: Board, states: Mapping[str, ShotState]) -> dict[str, ShotLook]:
    """Return the looks of all shots; without a known state a shot with a take counts as fresh."""
    found = {}
    for scene, shot in board.shots():
        state = states.get(shot.name)
        number = f"{scene.number}{shot.letter}"
        title = shot.title or shot.prompt
        found[shot.name] = ShotLook(shot.name, number, title, _state(shot, state), len(shot.takes))
    return found


def _state(shot: Shot, known: ShotState | None) -> ShotState:
    if shot.locked:
        return "locked"
    if known == "blocked":
        return known
    if shot.take() is None:
        return "empty"
    return known or "fresh"


def clip_words(clip: Clip, shots: Mapping[str, ShotLook]) -> str:
    """Return the name of a clip as it stands on it."""
    source = clip.source
    if source.kind == "shot":
        look = shots.get(source.name)
        words = look.words if look is not None else source.name
    elif source.kind == "title":
        words = " ".join(source.name.split())
    else:
        words = PurePosixPath(source.name.replace("\\", "/")).name
    return f"{words}  {speed_words(clip.speed)}" if clip.speed != 1 else words


def speed_words(speed: Fraction) -> str:
    """Return a speed in per cent."""
    return f"{float(speed * 100):.4g} %"


def take_words(clip: Clip, board_shot: Shot | None) -> str:
    """Return which take a clip plays and its rating, say `take 2 ★★★`."""
    if board_shot is None or clip.source.kind != "shot":
        return ""
    take = board_shot.take(clip.source.take)
    if take is None:
        return ""
    place = board_shot.takes.index(take) + 1
    fixed = " ·" if clip.source.take else ""
    return f"take {place}{' ' + '★' * take.rating if take.rating else ''}{fixed}"

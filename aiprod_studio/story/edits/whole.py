"""Edits of the board as a whole: its title, the graph of its shots, its frame rate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import ClassVar

from aiprod_studio.sdk import Refusal
from aiprod_studio.story.board import Board, Panel, Shot
from aiprod_studio.story.edits.edit import BoardEdit
from aiprod_studio.story.problems import BadValue, IsLocked, listed
from aiprod_studio.story.records import Json
from aiprod_studio.story.time import rate_of

SETTABLE = ("title", "workflow")


@dataclass(frozen=True)
class SetBoard(BoardEdit):
    """Set fields of the board, as JSON values: title, and the graph that shots render through."""

    title: ClassVar[str] = "Change board"
    values: Mapping[str, Json]

    def apply(self, state: Board) -> Board:
        ready: dict[str, str] = {}
        for key, value in self.values.items():
            if key not in SETTABLE:
                why = f"{key!r} is no field that can be set"
                raise Refusal(BadValue("board", why, f"There are {listed(SETTABLE)}."))
            try:
                ready[key] = state.FIELDS[key].read(value)
            except ValueError as error:
                raise Refusal(BadValue("board", f"{key!r} {error}", "Give a text.")) from None
        return replace(state, title=ready.get("title", state.title),
                       workflow=ready.get("workflow", state.workflow))  # fmt: skip


@dataclass(frozen=True)
class SetRate(BoardEdit):
    """Count the board at another frame rate; durations stay, rounded to whole frames.

    The cut keeps its own rate. Boards with locked shots stay as they are.
    """

    title: ClassVar[str] = "Change frame rate"
    rate: Fraction

    def apply(self, state: Board) -> Board:
        rate = rate_of(self.rate, "board")
        for scene, shot in state.shots():
            if shot.locked:
                why = "it is locked, and its panels would be counted anew"
                number = f"shot {scene.number}{shot.letter}"
                raise Refusal(IsLocked(number, why, "Unlock it first."))
        pace = rate / state.rate
        scenes = (
            replace(scene, shots=tuple(_counted(shot, pace) for shot in scene.shots))
            for scene in state.scenes
        )
        return replace(state, rate=rate, scenes=tuple(scenes))


def _counted(shot: Shot, pace: Fraction) -> Shot:
    def panel(old: Panel) -> Panel:
        return replace(old, frames=max(1, round(old.frames * pace)) if old.frames else 0)

    frames = None if shot.frames is None else max(1, round(shot.frames * pace))
    handles = round(shot.handles * pace)
    return replace(shot, frames=frames, handles=handles, panels=tuple(map(panel, shot.panels)))

"""Edits of scenes: add, remove, move, set fields; and numbering the shots anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from aiprod_studio.sdk import Refusal
from aiprod_studio.story.board import Board, Scene, fresh, letter_of
from aiprod_studio.story.edits.boarding import changed, placed, with_scene, without
from aiprod_studio.story.edits.edit import BoardEdit
from aiprod_studio.story.problems import IsLocked, NameTaken
from aiprod_studio.story.records import Json


@dataclass(frozen=True)
class AddScene(BoardEdit):
    """Add an empty scene, at an index or at the end; without a number it gets the next free."""

    title: ClassVar[str] = "Add scene"
    heading: str = ""
    number: str = ""
    index: int | None = None

    def apply(self, state: Board) -> Board:
        number = self.number or _free_number(state)
        _refuse_number(state, number, "")
        board, name = fresh(state, "scene")
        scene = Scene(name=name, number=number, title=self.heading)
        return replace(board, scenes=placed(board.scenes, scene, self.index))


@dataclass(frozen=True)
class RemoveScene(BoardEdit):
    """Remove a scene with its shots; none of them may be locked."""

    title: ClassVar[str] = "Remove scene"
    scene: str

    def apply(self, state: Board) -> Board:
        scene = state.find_scene(self.scene)
        for shot in scene.shots:
            if shot.locked:
                why = f"its shot {scene.number}{shot.letter} is locked"
                raise Refusal(IsLocked(f"scene {scene.number}", why, "Unlock the shot first."))
        return replace(state, scenes=without(state.scenes, scene))


@dataclass(frozen=True)
class MoveScene(BoardEdit):
    """Put a scene at another place in the film; its number stays."""

    title: ClassVar[str] = "Move scene"
    scene: str
    index: int

    def apply(self, state: Board) -> Board:
        scene = state.find_scene(self.scene)
        rest = without(state.scenes, scene)
        return replace(state, scenes=placed(rest, scene, self.index))


@dataclass(frozen=True)
class SetScene(BoardEdit):
    """Set fields of a scene: number, title, notes."""

    title: ClassVar[str] = "Change scene"
    scene: str
    values: Mapping[str, Json]

    def apply(self, state: Board) -> Board:
        scene = state.find_scene(self.scene)
        where = f"scene {scene.number}"
        new = changed(scene, self.values, ("number", "title", "notes"), where)
        _refuse_number(state, new.number, scene.name)
        return with_scene(state, new)


@dataclass(frozen=True)
class Renumber(BoardEdit):
    """Give the shots of a scene, or of all, letters in their order; locked shots keep theirs."""

    title: ClassVar[str] = "Renumber shots"
    scene: str = ""

    def apply(self, state: Board) -> Board:
        scenes = [state.find_scene(self.scene)] if self.scene else list(state.scenes)
        for scene in scenes:
            state = with_scene(state, _renumbered(scene))
        return state


def _renumbered(scene: Scene) -> Scene:
    kept = {shot.letter for shot in scene.shots if shot.locked}
    shots, index = [], 0
    for shot in scene.shots:
        if not shot.locked:
            while letter_of(index) in kept:
                index += 1
            shot = replace(shot, letter=letter_of(index))
            index += 1
        shots.append(shot)
    return replace(scene, shots=tuple(shots))


def _free_number(board: Board) -> str:
    used = {scene.number for scene in board.scenes}
    number = len(board.scenes) + 1
    while str(number) in used:
        number += 1
    return str(number)


def _refuse_number(board: Board, number: str, but: str) -> None:
    if any(scene.number == number and scene.name != but for scene in board.scenes):
        why = f"there is a scene numbered {number!r} already"
        raise Refusal(NameTaken("scene", why, "Choose another number, say 12A between 12 and 13."))

"""Edits of shots: add, remove, move, split, join, set fields. Locked shots stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from aiprod_studio.sdk import Refusal
from aiprod_studio.story.board import Board, Panel, Scene, Shot, free_letter, fresh
from aiprod_studio.story.edits.boarding import (
    changed,
    open_shot,
    placed,
    with_scene,
    with_shot,
    without,
)
from aiprod_studio.story.edits.edit import BoardEdit
from aiprod_studio.story.problems import BadValue, DoesNotMeet, NameTaken
from aiprod_studio.story.records import Json

SETTABLE = (
    "letter",
    "title",
    "prompt",
    "seed",
    "frames",
    "handles",
    "workflow",
    "params",
    "comes_from",
    "goes_to",
    "notes",
    "locked",
)


@dataclass(frozen=True)
class AddShot(BoardEdit):
    """Add a shot to a scene, at an index or at the end; panels without a name get one."""

    title: ClassVar[str] = "Add shot"
    scene: str
    index: int | None = None
    prompt: str = ""
    panels: tuple[Panel, ...] = ()

    def apply(self, state: Board) -> Board:
        board, name = fresh(state, "shot")
        panels = []
        for panel in self.panels:
            board, panel = named(board, panel)
            panels.append(panel)
        scene = board.find_scene(self.scene)
        letter = free_letter(scene)
        shot = Shot(name=name, letter=letter, prompt=self.prompt, panels=tuple(panels))
        return with_scene(board, replace(scene, shots=placed(scene.shots, shot, self.index)))


def named(board: Board, panel: Panel) -> tuple[Board, Panel]:
    """Return a checked panel that has a name nothing else has, and the board that counts it."""
    if panel.frames < 1:
        why = f"a panel lasts {panel.frames} frames"
        raise Refusal(BadValue("panel", why, "Give it at least one frame."))
    if panel.name and panel.name in board.names():
        why = f"there is something called {panel.name!r} already"
        raise Refusal(NameTaken("panel", why, "Leave the name empty and it gets one."))
    if panel.name:
        return board, panel
    board, name = fresh(board, "panel")
    return board, replace(panel, name=name)


@dataclass(frozen=True)
class RemoveShot(BoardEdit):
    """Remove a shot with its panels and takes; clips that play it stay and say so."""

    title: ClassVar[str] = "Remove shot"
    shot: str

    def apply(self, state: Board) -> Board:
        scene, shot = open_shot(state, self.shot)
        return with_scene(state, replace(scene, shots=without(scene.shots, shot)))


@dataclass(frozen=True)
class MoveShot(BoardEdit):
    """Put a shot at another place; in another scene it gets that scene's next letter."""

    title: ClassVar[str] = "Move shot"
    shot: str
    scene: str
    index: int | None = None

    def apply(self, state: Board) -> Board:
        old, shot = state.find_shot(self.shot)
        if old.name != self.scene:
            open_shot(state, self.shot)
        board = with_scene(state, replace(old, shots=without(old.shots, shot)))
        scene = board.find_scene(self.scene)
        if old.name != self.scene:
            shot = replace(shot, letter=free_letter(scene))
        return with_scene(board, replace(scene, shots=placed(scene.shots, shot, self.index)))


@dataclass(frozen=True)
class SplitShot(BoardEdit):
    """Make a new shot of the panels from one on; takes stay with the first part."""

    title: ClassVar[str] = "Split shot"
    panel: str

    def apply(self, state: Board) -> Board:
        owner, panel = state.find_panel(self.panel)
        scene, shot = open_shot(state, owner.name)
        index = shot.panels.index(panel)
        if index == 0:
            why = "it is the first of its shot, so nothing would be left before it"
            raise Refusal(BadValue(f"panel {self.panel}", why, "Choose a later panel."))
        board, name = fresh(state, "shot")
        later = replace(
            shot,
            name=name,
            letter=free_letter(scene),
            frames=None,
            panels=shot.panels[index:],
            comes_from="",
            takes=(),
            picked="",
        )
        first = replace(shot, panels=shot.panels[:index], frames=None, goes_to="")
        shots = [first if each is shot else each for each in scene.shots]
        shots.insert(shots.index(first) + 1, later)
        return with_scene(board, replace(scene, shots=tuple(shots)))


@dataclass(frozen=True)
class JoinShots(BoardEdit):
    """Make one shot of a shot and the next; prompt, seed and graph are those of the first."""

    title: ClassVar[str] = "Join shots"
    first: str
    second: str

    def apply(self, state: Board) -> Board:
        scene, first = open_shot(state, self.first)
        _, second = open_shot(state, self.second)
        if second is not _after(scene, first):
            why = f"{self.second!r} does not follow {self.first!r} in its scene"
            raise Refusal(DoesNotMeet("join", why, "Move the shots side by side first."))
        set_by_hand = first.frames is not None or second.frames is not None
        joined = replace(
            first,
            frames=first.length + second.length if set_by_hand else None,
            panels=first.panels + second.panels,
            goes_to=second.goes_to,
            takes=first.takes + second.takes,
        )
        shots = (joined if each is first else each for each in without(scene.shots, second))
        return with_scene(state, replace(scene, shots=tuple(shots)))


def _after(scene: Scene, shot: Shot) -> Shot | None:
    index = scene.shots.index(shot) + 1
    return scene.shots[index] if index < len(scene.shots) else None


@dataclass(frozen=True)
class SetShot(BoardEdit):
    """Set fields of a shot, as JSON values; of a locked shot only `locked` can be set."""

    title: ClassVar[str] = "Change shot"
    shot: str
    values: Mapping[str, Json]

    def apply(self, state: Board) -> Board:
        scene, shot = state.find_shot(self.shot)
        if set(self.values) != {"locked"}:
            open_shot(state, self.shot)
        where = f"shot {scene.number}{shot.letter}"
        new = changed(shot, self.values, SETTABLE, where)
        others = {each.letter for each in scene.shots if each is not shot}
        if new.letter in others or not new.letter:
            why = f"{scene.number}{new.letter} is no number of its own"
            raise Refusal(NameTaken(where, why, "Choose a letter that no shot of the scene has."))
        return with_shot(state, new)

"""The few moves that all edits of the board are made of, and the check of given values.

They put scenes, shots and panels in place of those of their names; locked shots are refused here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from aiprod_studio.sdk import Refusal
from aiprod_studio.story.board import Board, Panel, Scene, Shot
from aiprod_studio.story.problems import BadValue, IsLocked, listed
from aiprod_studio.story.records import Json

T = TypeVar("T")
Part = TypeVar("Part", Scene, Shot, Panel)


def with_scene(board: Board, scene: Scene) -> Board:
    """Return the board with a scene in place of the one of its name."""
    return replace(board, scenes=tuple(scene if s.name == scene.name else s for s in board.scenes))


def with_shot(board: Board, shot: Shot) -> Board:
    """Return the board with a shot in place of the one of its name."""
    scene, _ = board.find_shot(shot.name)
    shots = tuple(shot if each.name == shot.name else each for each in scene.shots)
    return with_scene(board, replace(scene, shots=shots))


def open_shot(board: Board, name: str) -> tuple[Scene, Shot]:
    """Return a shot that may be changed, and its scene. Raises a Refusal when it is locked."""
    scene, shot = board.find_shot(name)
    if shot.locked:
        why = "it is locked, and this would change it"
        raise Refusal(IsLocked(f"shot {scene.number}{shot.letter}", why, "Unlock it first."))
    return scene, shot


def open_panel(board: Board, name: str) -> tuple[Shot, Panel]:
    """Return a panel that may be changed, and its shot. Raises a Refusal when that is locked."""
    shot, panel = board.find_panel(name)
    return open_shot(board, shot.name)[1], panel


def placed(items: Sequence[T], item: T, index: int | None) -> tuple[T, ...]:
    """Return the items with one more, at an index or at the end."""
    result = list(items)
    result.insert(len(result) if index is None else max(0, index), item)
    return tuple(result)


def without(items: Sequence[T], item: T) -> tuple[T, ...]:
    """Return the items without one."""
    return tuple(each for each in items if each is not item)


def changed(part: Part, values: Mapping[str, Json], allowed: Sequence[str], where: str) -> Part:
    """Return a part with JSON values in its fields. Raises a Refusal naming the field."""
    ready: dict[str, Any] = {}
    for key, value in values.items():
        if key not in allowed:
            why = f"{key!r} is no field that can be set"
            raise Refusal(BadValue(where, why, f"There are {listed(allowed, 20)}."))
        try:
            ready[key] = part.FIELDS[key].read(value)
        except ValueError as error:
            raise Refusal(BadValue(where, f"{key!r} {error}", "Give such a value.")) from None
    return replace(part, **ready)

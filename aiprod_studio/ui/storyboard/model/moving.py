"""Moving panels, shots and scenes on the board, as edits: dragged, or step by step by keys.

Each function returns the edits of one undo step, () when nothing would change.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal

from aiprod_studio.story.board import Board
from aiprod_studio.story.edits import BoardEdit, MovePanel, MoveScene, MoveShot
from aiprod_studio.ui.storyboard.model.layout import Drop, ShotDrop, in_order
from aiprod_studio.ui.storyboard.model.trial import Trial

Step = Literal["back", "on"]


def moved(board: Board, panels: Collection[str], drop: Drop) -> tuple[BoardEdit, ...]:
    """Return the edits that put panels to another place, () when they are there already."""
    order = in_order(board, frozenset(panels))
    trial = Trial(board)
    shot = drop.shot or trial.new_shot(drop.scene)
    before = _standing(board, drop, order)
    for name in order:
        owner, panel = trial.board.find_panel(name)
        rest = [p.name for p in trial.board.find_shot(shot)[1].panels if p.name != panel.name]
        index = rest.index(before) if before in rest else len(rest)
        if owner.name != shot or owner.panels.index(panel) != index:
            trial.do(MovePanel(name, shot, index))
    return trial.done() if order and _order(trial.board) != _order(board) else ()


def _standing(board: Board, drop: Drop, moving: Sequence[str]) -> str:
    """Return the first panel from the drop's place on that does not move itself."""
    if not drop.shot:
        return ""
    names = [panel.name for panel in board.find_shot(drop.shot)[1].panels]
    after = names[names.index(drop.before) :] if drop.before in names else []
    return next((name for name in after if name not in moving), "")


def _order(board: Board) -> list[tuple[str, tuple[str, ...]]]:
    return [(shot.name, tuple(p.name for p in shot.panels)) for _, shot in board.shots()]


def nudged(board: Board, panels: Collection[str], step: Step) -> tuple[BoardEdit, ...]:
    """Return the edits that move panels by one place, out of their shot where it ends."""
    order, trial = in_order(board, frozenset(panels)), Trial(board)
    if step == "on":
        order.reverse()
    for name in order:
        place = _next_place(trial.board, name, step)
        if place is None:
            return ()
        trial.do(MovePanel(name, *place))
    return trial.done()


def _next_place(board: Board, panel: str, step: Step) -> tuple[str, int] | None:
    """Return the shot and the index one place on, None at the end of the board."""
    shots = [shot for _, shot in board.shots()]
    shot, found = board.find_panel(panel)
    index, way = shot.panels.index(found), 1 if step == "on" else -1
    if 0 <= index + way < len(shot.panels):
        return shot.name, index + way
    place = shots.index(shot) + way
    if not 0 <= place < len(shots):
        return None
    beyond = shots[place]
    if step == "on":
        return beyond.name, 0
    return beyond.name, len(beyond.panels)


def shot_moved(board: Board, shot: str, drop: ShotDrop) -> tuple[BoardEdit, ...]:
    """Return the edit that puts a shot to another place."""
    if drop.beside == shot:
        return ()
    trial, index = Trial(board), None
    scene = drop.scene
    if not scene:
        owner, _ = board.find_shot(drop.beside)
        scene = owner.name
        rest = [each.name for each in owner.shots if each.name != shot]
        index = rest.index(drop.beside) + drop.behind
    trial.do(MoveShot(shot, scene, index))
    return trial.done() if _order(trial.board) != _order(board) else ()


def shot_nudged(board: Board, shot: str, step: Step) -> tuple[BoardEdit, ...]:
    """Return the edit that moves a shot by one place, into the next scene where its own ends."""
    scene, found = board.find_shot(shot)
    index = scene.shots.index(found) + (1 if step == "on" else -1)
    if 0 <= index < len(scene.shots):
        return (MoveShot(shot, scene.name, index),)
    place = board.scenes.index(scene) + (1 if step == "on" else -1)
    if not 0 <= place < len(board.scenes):
        return ()
    beyond = board.scenes[place]
    trial = Trial(board)
    trial.do(MoveShot(shot, beyond.name, 0 if step == "on" else len(beyond.shots)))
    return trial.done()


def scene_moved(board: Board, scene: str, step: Step) -> tuple[BoardEdit, ...]:
    """Return the edit that moves a scene by one place."""
    place = [each.name for each in board.scenes].index(scene) + (1 if step == "on" else -1)
    return (MoveScene(scene, place),) if 0 <= place < len(board.scenes) else ()

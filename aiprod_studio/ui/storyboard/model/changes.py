"""What the artist does on the board as edits: moving, adding, copying, splitting, joining.

Each function tries its edits on the board and returns them, so that they become one undo step. A
refusal of an edit passes through. Nothing here opens a file.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from fractions import Fraction

from aiprod_studio.story.board import Board, Panel, Shot
from aiprod_studio.story.edits import (
    AddPanel,
    AddScene,
    AddShot,
    BoardEdit,
    JoinPanels,
    JoinShots,
    MovePanel,
    RemovePanel,
    RemoveShot,
    SetPanel,
    SetShot,
    SplitPanel,
    SplitShot,
)
from aiprod_studio.story.timing import suggestions
from aiprod_studio.ui.storyboard.model.layout import Drop, in_order

SECONDS = 2
"""How long a new panel lasts."""


class Trial:
    """A board on which edits are tried one after the other."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.edits: list[BoardEdit] = []

    def do(self, edit: BoardEdit) -> None:
        """Try an edit. Raises a Refusal when it is not allowed."""
        self.board = edit.apply(self.board)
        self.edits.append(edit)

    def done(self) -> tuple[BoardEdit, ...]:
        """Return the edits."""
        return tuple(self.edits)


def usual_frames(rate: Fraction) -> int:
    """Return how many frames a new panel lasts."""
    return max(1, round(SECONDS * rate))


def moved(board: Board, panels: Collection[str], drop: Drop) -> tuple[BoardEdit, ...]:
    """Return the edits that put panels to another place, () when they are there already."""
    order = in_order(board, frozenset(panels))
    trial = Trial(board)
    shot = drop.shot or _new_shot(trial, drop.scene)
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


def _new_shot(trial: Trial, scene: str, index: int | None = None) -> str:
    known = {shot.name for _, shot in trial.board.shots()}
    trial.do(AddShot(scene, index))
    return next(shot.name for _, shot in trial.board.shots() if shot.name not in known)


def with_images(
    board: Board, images: Sequence[str], drop: Drop | None = None, frames: int = 0
) -> tuple[BoardEdit, ...]:
    """Return the edits that add images: to the shot that is aimed at, else as a shot each."""
    trial, frames = Trial(board), frames or usual_frames(board.rate)
    panels = [Panel(image=image, frames=frames) for image in images]
    if drop is not None and drop.shot:
        names = [panel.name for panel in board.find_shot(drop.shot)[1].panels]
        first = names.index(drop.before) if drop.before in names else len(names)
        for place, panel in enumerate(panels):
            trial.do(AddPanel(drop.shot, panel, first + place))
        return trial.done()
    scene = drop.scene if drop is not None and drop.scene else _last_scene(trial)
    for panel in panels:
        trial.do(AddShot(scene, panels=(panel,)))
    return trial.done()


def _last_scene(trial: Trial) -> str:
    if not trial.board.scenes:
        trial.do(AddScene())
    return trial.board.scenes[-1].name


def new_panel(board: Board, after: str) -> tuple[BoardEdit, ...]:
    """Return the edits that add an empty panel behind another, or at the end of the board."""
    trial, panel = Trial(board), Panel(frames=usual_frames(board.rate))
    if after in board.names():
        shot, before = board.find_panel(after)
        trial.do(AddPanel(shot.name, panel, shot.panels.index(before) + 1))
        return trial.done()
    shots = [shot for _, shot in board.shots()]
    if shots:
        trial.do(AddPanel(shots[-1].name, panel))
    else:
        trial.do(AddShot(_last_scene(trial), panels=(panel,)))
    return trial.done()


def new_shot(board: Board, scene: str = "", after: str = "") -> tuple[BoardEdit, ...]:
    """Return the edits that add a shot with one empty panel behind a shot, or to a scene's end."""
    trial, index = Trial(board), None
    if after:
        owner, shot = board.find_shot(after)
        scene, index = owner.name, owner.shots.index(shot) + 1
    panel = Panel(frames=usual_frames(board.rate))
    trial.do(AddShot(scene or _last_scene(trial), index, panels=(panel,)))
    return trial.done()


def copied(board: Board, panels: Collection[str]) -> tuple[BoardEdit, ...]:
    """Return the edits that put a copy of each panel behind it."""
    trial = Trial(board)
    for name in in_order(board, frozenset(panels)):
        shot, panel = trial.board.find_panel(name)
        copy = replace(panel, name="")
        trial.do(AddPanel(shot.name, copy, shot.panels.index(panel) + 1))
    return trial.done()


def removed(board: Board, panels: Collection[str]) -> tuple[BoardEdit, ...]:
    """Return the edits that remove panels, and shots without a take that have none left."""
    trial = Trial(board)
    for name in in_order(board, frozenset(panels)):
        shot, _ = trial.board.find_panel(name)
        trial.do(RemovePanel(name))
        left = trial.board.find_shot(shot.name)[1]
        if not left.panels and not left.takes and not left.prompt:
            trial.do(RemoveShot(left.name))
    return trial.done()


def joined(board: Board, panels: Collection[str]) -> tuple[BoardEdit, ...]:
    """Return the edits that join chosen panels of one shot, or the shots that they are in.

    One panel alone is joined with the next of its shot; the last of its shot joins the next shot.
    """
    order, trial = in_order(board, frozenset(panels)), Trial(board)
    if not order:
        return ()
    shots = [shot for _, shot in board.shots() if any(p.name in order for p in shot.panels)]
    if len(shots) > 1:
        for shot in shots[1:]:
            trial.do(JoinShots(shots[0].name, shot.name))
    elif len(order) > 1:
        for name in order[1:]:
            trial.do(JoinPanels(order[0], name))
    else:
        _join_on(trial, shots[0], order[0])
    return trial.done()


def _join_on(trial: Trial, shot: Shot, panel: str) -> None:
    names = [each.name for each in shot.panels]
    place = names.index(panel) + 1
    if place < len(names):
        trial.do(JoinPanels(panel, names[place]))
        return
    following = [each.name for _, each in trial.board.shots()]
    after = following.index(shot.name) + 1
    if after < len(following):
        trial.do(JoinShots(shot.name, following[after]))


def split(board: Board, panel: str) -> tuple[BoardEdit, ...]:
    """Return the edit that begins a new shot at a panel, or halves the first panel of a shot."""
    shot, found = board.find_panel(panel)
    trial = Trial(board)
    if shot.panels.index(found) == 0:
        trial.do(SplitPanel(panel, found.frames // 2))
    else:
        trial.do(SplitShot(panel))
    return trial.done()


def stretched(panel: str, frames: int) -> tuple[BoardEdit, ...]:
    """Return the edit that gives a panel another duration."""
    return (SetPanel(panel, {"frames": max(1, frames)}),)


def long_enough(board: Board, panels: Collection[str] = ()) -> tuple[BoardEdit, ...]:
    """Return the edits that make panels as long as their dialogue takes; all when none is named."""
    return tuple(
        SetPanel(each.panel, {"frames": each.suggested})
        for each in suggestions(board)
        if not panels or each.panel in panels
    )


def appended(board: Board, other: Board) -> tuple[BoardEdit, ...]:
    """Return the edits that put the scenes of another board behind those of this one."""
    trial = Trial(board)
    for scene in other.scenes:
        trial.do(AddScene(scene.title))
        name = trial.board.scenes[-1].name
        for shot in scene.shots:
            panels = tuple(replace(panel, name="") for panel in shot.panels if panel.frames > 0)
            trial.do(AddShot(name, prompt=shot.prompt, panels=panels))
            made = trial.board.find_scene(name).shots[-1]
            values = {key: value for key in ("title", "notes") if (value := getattr(shot, key))}
            if values:
                trial.do(SetShot(made.name, values))
    return trial.done()

"""What the artist does on the board as edits: adding, copying, removing, splitting, joining.

Each function tries its edits on the board and returns them, so that they become one undo step. A
refusal of an edit passes through. Nothing here opens a file.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from fractions import Fraction

from aiprod_studio.app.session.board_files import unlocked
from aiprod_studio.story.board import Board, Panel, Shot
from aiprod_studio.story.edits import (
    AddPanel,
    AddScene,
    AddShot,
    BoardEdit,
    JoinPanels,
    JoinShots,
    RemovePanel,
    RemoveScene,
    RemoveShot,
    SetPanel,
    SetRate,
    SetShot,
    SplitPanel,
    SplitShot,
)
from aiprod_studio.story.timing import suggestions
from aiprod_studio.ui.storyboard.model.layout import Drop, in_order
from aiprod_studio.ui.storyboard.model.trial import Trial

SECONDS = 2
"""How long a new panel lasts."""
TAKEN_ALONG = ("title", "notes", "seed", "frames", "handles")
"""What a shot of another board keeps beside its prompt and panels."""


def usual_frames(rate: Fraction) -> int:
    """Return how many frames a new panel lasts."""
    return max(1, round(SECONDS * rate))


def with_images(
    board: Board, images: Sequence[str], drop: Drop | None = None, frames: int = 0
) -> tuple[BoardEdit, ...]:
    """Return the edits that add images: to the shot that is aimed at, else as a shot each.

    The panel that is aimed at, if one is, takes the first image; the others go behind it.
    """
    trial, frames = Trial(board), frames or usual_frames(board.rate)
    if drop is not None and drop.onto and images:
        trial.do(SetPanel(drop.onto, {"image": images[0]}))
        images = images[1:]
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


def with_sounds(
    board: Board, sounds: Sequence[str], drop: Drop | None = None
) -> tuple[BoardEdit, ...]:
    """Return the edits that give sounds to panels: from the one that is aimed at on, one each.

    Without a place they begin at the first panel; what is left at the end of the board goes to
    panels of its own, so that no sound is lost.
    """
    names = [panel.name for _, panel in board.panels()]
    aimed = (drop.onto or drop.before) if drop is not None else ""
    start = names.index(aimed) if aimed in names else 0
    trial = Trial(board)
    for place, sound in enumerate(sounds, start):
        if place < len(names):
            trial.do(SetPanel(names[place], {"sound": sound}))
        else:
            panel = Panel(sound=sound, frames=usual_frames(board.rate))
            trial.do(AddShot(_last_scene(trial), panels=(panel,)))
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
    """Return the edits that remove panels, and what has none left and says nothing of its own.

    A shot with a take or a prompt stays, and so does a scene with a title or notes.
    """
    trial = Trial(board)
    for name in in_order(board, frozenset(panels)):
        shot, _ = trial.board.find_panel(name)
        trial.do(RemovePanel(name))
        scene, left = trial.board.find_shot(shot.name)
        if left.panels or left.takes or left.prompt:
            continue
        trial.do(RemoveShot(left.name))
        if len(scene.shots) == 1 and not scene.title and not scene.notes:
            trial.do(RemoveScene(scene.name))
    return trial.done()


def pasted(board: Board, panels: Sequence[Panel], after: str) -> tuple[BoardEdit, ...]:
    """Return the edits that put panels behind another, or at the end of the board."""
    trial = Trial(board)
    if after in board.names():
        shot, before = board.find_panel(after)
        place = shot.panels.index(before) + 1
        for index, panel in enumerate(panels):
            trial.do(AddPanel(shot.name, replace(panel, name=""), place + index))
        return trial.done()
    scene = _last_scene(trial)
    for panel in panels:
        trial.do(AddShot(scene, panels=(replace(panel, name=""),)))
    return trial.done()


def lengthened(board: Board, panels: Collection[str], by: int) -> tuple[BoardEdit, ...]:
    """Return the edits that make panels last so many frames more, or less down to one."""
    found = {panel.name: panel for _, panel in board.panels()}
    return tuple(
        SetPanel(name, {"frames": max(1, found[name].frames + by)})
        for name in in_order(board, frozenset(panels))
        if max(1, found[name].frames + by) != found[name].frames
    )


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
    """Return the edits that put the scenes of another board behind those of this one.

    Durations stay what they are in seconds; a panel without a frame gets one.
    """
    trial = Trial(board)
    if other.rate != board.rate:
        other = SetRate(board.rate).apply(unlocked(other))
    for scene in other.scenes:
        trial.do(AddScene(scene.title))
        name = trial.board.scenes[-1].name
        for shot in scene.shots:
            _append_shot(trial, name, shot)
    return trial.done()


def _append_shot(trial: Trial, scene: str, shot: Shot) -> None:
    panels = tuple(replace(each, name="", frames=max(1, each.frames)) for each in shot.panels)
    trial.do(AddShot(scene, prompt=shot.prompt, panels=panels))
    made = trial.board.find_scene(scene).shots[-1]
    values = {
        key: getattr(shot, key) for key in TAKEN_ALONG if getattr(shot, key) != getattr(made, key)
    }
    if values:
        trial.do(SetShot(made.name, values))

"""Shots and their takes: what is stale, how a shot is rendered, what a render leaves on the board.

The window, the headless run and scripts film through this module; behind it are `ground` (folders,
models), `shot_graph` (a shot as a workflow) and `takes` (recipes). Films without a window are
rendered by `terminal.film_rendering`. A window renders a shot like this; the cut stays as it is:

    frozen = freeze(document, board, shot.name, ground)           # a workflow of its own
    job = job_of(frozen, path, ground, on_done)                   # for app.jobs.Queue
    edit = record_take(board, frozen, ended.report, ground)       # in a worker: opens the film
    editing.do_story(edit)

`freeze_span` makes a span of a take anew in the same way; `fill_gap` gives the edits that put a new
shot between two clips, `frozen_take` with `restored` renders a take whose film is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from aiprod_studio.app.film.gaps import Filling, fill_gap, gap_at
from aiprod_studio.app.film.ground import Ground, ground
from aiprod_studio.app.film.retake import freeze_span, marked_span
from aiprod_studio.app.film.shot_graph import Frozen, freeze
from aiprod_studio.app.film.takes import (
    digest_of_frozen,
    frozen_take,
    has_media,
    record_take,
    restored,
)
from aiprod_studio.sdk import Invalid, Missing, Problem, Refusal
from aiprod_studio.story import sections
from aiprod_studio.story.board import Board, Scene, Shot
from aiprod_studio.story.takes import State, Take
from aiprod_studio.story.timing import too_much_said

if TYPE_CHECKING:
    from aiprod_studio.app.jobs.job import Job
    from aiprod_studio.app.jobs.messages import Ended
    from aiprod_studio.graph import Document

__all__ = [
    "Filling", "Frozen", "Ground", "ShotState", "board_of", "digest_of", "fill_gap", "freeze",
    "freeze_span", "frozen_take", "gap_at", "ground", "has_media", "job_of", "marked_span",
    "next_seed", "record_take", "restored", "shots", "shots_named", "state_of_shot", "to_render",
    "workflow_of",
]  # fmt: skip


@dataclass(frozen=True)
class ShotState:
    """A shot as lists show it.

    `state` is fresh, stale or locked; `digest` the hash of its recipe as it would be today (""
    when it cannot be rendered); `problems` say why it cannot be, or what is odd about it.
    `missing` names takes whose film is gone; they can be rendered again from their recipes.
    """

    name: str
    number: str
    title: str
    state: State
    frames: int
    takes: tuple[Take, ...] = ()
    picked: str = ""
    digest: str = ""
    problems: tuple[Problem, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def renderable(self) -> bool:
        """Whether a render could begin."""
        return bool(self.digest)


def board_of(document: Document) -> Board:
    """Return the document's board. Raises a Refusal when its section is no board at all."""
    return sections.parse_board(document.extra.get(sections.STORY))[0]


def shots(document: Document, ground: Ground, board: Board | None = None) -> tuple[ShotState, ...]:
    """Return all shots with their states, in the order of the film.

    Files and models are identified by content, which reads them the first time: for large models
    that takes a while, so ask outside of the window's thread.
    """
    board = board or board_of(document)
    return tuple(
        state_of_shot(document, board, scene, shot, ground) for scene, shot in board.shots()
    )


def state_of_shot(
    document: Document, board: Board, scene: Scene, shot: Shot, ground: Ground
) -> ShotState:
    """Return the state of one shot."""
    digest, problems = "", _oddities(board, scene, shot)
    try:
        digest = digest_of(document, shot.name, ground, board)
    except Refusal as refusal:
        problems = (*refusal.problems, *problems)
    gone = tuple(take.name for take in shot.takes if not has_media(take, ground))
    if shot.picked in gone:
        why = "the film of the take that plays is not there"
        problems = (*problems, Missing(f"shot {_number(scene, shot)}", why, "Render it again."))
    state = shot.state(digest)
    if state == "fresh" and shot.picked in gone:
        state = "stale"
    return ShotState(
        shot.name,
        _number(scene, shot),
        shot.title,
        state,
        shot.length,
        shot.takes,
        shot.picked,
        digest,
        problems,
        gone,
    )


def workflow_of(
    document: Document, shot: str, ground: Ground, board: Board | None = None
) -> Document:
    """Return the workflow that would render a shot: its graph with everything filled in.

    Words, panels as keyframes, the length with its handles and the seed are values in it; nothing
    that does not lead to the take is left. Raises as `freeze`.
    """
    return freeze(document, board or board_of(document), shot, ground).document


def digest_of(document: Document, shot: str, ground: Ground, board: Board | None = None) -> str:
    """Return the hash of a shot's recipe as it would be today.

    A shot without a seed of its own takes that of the take that plays, so that another take may be
    picked without the shot becoming stale. Raises as `freeze`.
    """
    board = board or board_of(document)
    _, found = board.find_shot(shot)
    return digest_of_frozen(freeze(document, board, shot, ground, seed_of(found)), ground)


def seed_of(shot: Shot) -> int | None:
    """Return the seed that a shot renders with: its own, else that of the take that plays."""
    take = shot.take()
    return shot.seed if shot.seed is not None or take is None else take.recipe.seed


def next_seed(document: Document, shot: str, ground: Ground, board: Board | None = None) -> int:
    """Return a seed that no take of a shot has, for one more take. Raises as `freeze`."""
    board = board or board_of(document)
    _, found = board.find_shot(shot)
    used = {take.recipe.seed for take in found.takes}
    seed = freeze(document, board, shot, ground, seed_of(found)).seed
    while seed in used:
        seed += 1
    return seed


def to_render(states: Iterable[ShotState]) -> tuple[ShotState, ...]:
    """Return the shots that "render what changed" renders: stale ones that can be rendered."""
    return tuple(state for state in states if state.state == "stale" and state.renderable)


def shots_named(board: Board, wanted: Sequence[str]) -> tuple[str, ...]:
    """Return the names of shots given by number (1A) or by name, in the order of the film.

    Raises:
        Refusal: with a sentence for each that is not there.
    """
    problems: list[Problem] = []
    found: set[str] = set()
    names = {shot.name for _, shot in board.shots()}
    for each in wanted:
        try:
            found.add(each if each in names else board.numbered(each).name)
        except Refusal as refusal:
            problems += refusal.problems
    if problems:
        raise Refusal(problems)
    if not found:
        remedy = "Name shots as they are numbered on the board, say 1A,2B."
        raise Refusal(Invalid("shots", "no shot is named", remedy))
    return tuple(shot.name for _, shot in board.shots() if shot.name in found)


def job_of(
    frozen: Frozen,
    path: Path,
    ground: Ground,
    on_done: Callable[[Ended], None] | None = None,
    *,
    fresh: bool = False,
) -> Job:
    """Return a job for the window's queue that renders a shot; its film lands among the takes.

    Events of the job name nodes of the frozen graph; its origin is `shot:NAME`.
    """
    from aiprod_studio.app.jobs.job import Job

    title = f"Shot {frozen.number} {frozen.title}".strip()
    return Job(
        title,
        frozen.document,
        path,
        (frozen.target,),
        f"shot:{frozen.shot}",
        on_done,
        fresh,
        ground.takes,
    )


def _oddities(board: Board, scene: Scene, shot: Shot) -> tuple[Problem, ...]:
    from dataclasses import replace

    alone = replace(board, scenes=(replace(scene, shots=(shot,)),))
    return too_much_said(alone)


def _number(scene: Scene, shot: Shot) -> str:
    return f"{scene.number}{shot.letter}"

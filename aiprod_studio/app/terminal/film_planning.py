"""What rendering a film would take, shot by shot, without rendering it.

`plan FILE` comes here when the file has a story with shots. The stale shots are laid side by side
and planned as one, exactly as `--run` does, so what shots share is counted once: with the first of
them. Prints a table, or JSON for programs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from aiprod_studio.app.film.filming import ShotState, board_of, shots
from aiprod_studio.app.opened import open_document
from aiprod_studio.app.planning.phases import PlanView, plan_view
from aiprod_studio.app.terminal import console, progress
from aiprod_studio.app.terminal.film_errands import (
    Errand,
    Stage,
    about,
    errands_for,
    side_by_side,
)
from aiprod_studio.app.terminal.film_rendering import plan_together
from aiprod_studio.app.terminal.film_report import ShotReport
from aiprod_studio.engine.services import Peaks
from aiprod_studio.memory.budgets import show_size
from aiprod_studio.sdk import ExitCode, Problem, Refusal

if TYPE_CHECKING:
    from aiprod_studio.engine import Plan
    from aiprod_studio.graph import Document

LEFT = {"fresh": "up to date", "locked": "locked, left as it is", "failed": "cannot be rendered"}


@dataclass(frozen=True)
class ShotPlan:
    """What one shot would take; `outcome` says in words what would be done with it.

    `seconds` (least, most) is None where something is not known, or nothing runs.
    """

    name: str
    number: str
    title: str
    frames: int
    outcome: str
    running: int = 0
    cached: int = 0
    seconds: tuple[float, float] | None = None
    peaks: Peaks = Peaks()
    problems: tuple[Problem, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "name": self.name, "number": self.number, "title": self.title, "frames": self.frames,
            "outcome": self.outcome, "running": self.running, "cached": self.cached,
            "seconds": list(self.seconds) if self.seconds else None,
            "peaks": self.peaks.to_dict(),
            "problems": [str(problem) for problem in self.problems],
        }  # fmt: skip


@dataclass(frozen=True)
class FilmPlan:
    """All shots in the order of the film, and the one plan and its view where anything runs."""

    shots: tuple[ShotPlan, ...]
    plan: Plan | None = None
    view: PlanView | None = None

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Why shots cannot be rendered, each reason once."""
        return tuple(dict.fromkeys(problem for shot in self.shots for problem in shot.problems))

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        told: dict[str, Any] = {}
        if self.plan is not None and self.view is not None:
            told = {**self.plan.to_dict(), **self.view.to_dict()}
        return {**told, "event": "film_plan", "shots": [shot.to_dict() for shot in self.shots]}


def plan_shots(
    document: Document, stage: Stage, only: Sequence[str] | None, fresh: bool, seed: int | None
) -> FilmPlan:
    """Plan what `film_rendering.render` would do; the arguments are the same."""
    board = board_of(document)
    states = shots(document, stage.ground, board)
    chosen = [state for state in states if only is None or state.name in only]
    errands, reports = errands_for(document, board, chosen, stage, fresh, seed)
    if not errands:
        return FilmPlan(tuple(_left(state, reports[state.name]) for state in chosen))
    wishes = replace(stage.wishes, output=stage.ground.takes)
    opened = open_document(
        document, stage.path, stage.registry, stage.places, stage.settings, wishes,
        flat=side_by_side(errands),
    )  # fmt: skip
    with closing(opened):
        try:
            plan = plan_together(opened, errands, fresh)
        except Refusal:  # nothing fits: said of every shot
            plan = opened.plan(targets=[errand.target for errand in errands], fresh=fresh)
        view = plan_view(plan, opened.services)
    by_shot = {errand.frozen.shot: errand for errand in errands}
    return FilmPlan(
        tuple(
            _planned(state, by_shot[state.name], plan, view)
            if state.name in by_shot
            else _left(state, reports[state.name])
            for state in chosen
        ),
        plan,
        view,
    )


def show(found: FilmPlan, *, as_json: bool) -> int:
    """Print a film's plan; return the exit code, 4 where something does not fit."""
    if as_json:
        console.show_json(found.to_dict())
    else:
        console.terminal().print(_table(found.shots))
        if found.plan is not None and found.view is not None:
            console.show_text(progress.budget_line(found.plan, found.view))
    if found.problems:
        raise Refusal(found.problems)
    return ExitCode.DONE


def _left(state: ShotState, report: ShotReport) -> ShotPlan:
    return ShotPlan(
        state.name, state.number, state.title, state.frames, LEFT[report.outcome],
        problems=report.problems,
    )  # fmt: skip


def _planned(state: ShotState, errand: Errand, plan: Plan, view: PlanView) -> ShotPlan:
    mine = set(errand.nodes.values())
    steps = [step for step in plan.steps if step.name in mine]
    running = [step for step in steps if step.state == "run"]
    known = [step.seconds for step in running if step.seconds is not None]
    problems = errand.problems or about(errand, view.problems)
    peaks = Peaks()
    for step in running:
        peaks = peaks.over(step.peaks)
    outcome = "to be rendered" + (" again from its recipe" if errand.take is not None else "")
    return ShotPlan(
        state.name, state.number, state.title, state.frames,
        LEFT["failed"] if problems else outcome,
        len(running), sum(step.state == "cached" for step in steps),
        None if problems or not known else (sum(a for a, _ in known), sum(b for _, b in known)),
        peaks, tuple(problems),
    )  # fmt: skip


def _table(found: Sequence[ShotPlan]) -> Any:
    memory = [("VRAM", "vram"), ("RAM", "host")]
    used = [(head, kind) for head, kind in memory if any(getattr(s.peaks, kind) for s in found)]
    heads = ("frames", "to run", "cached", "seconds", *(head for head, _ in used))
    table = progress.table_of(("shot", "title", ""), heads)
    for shot in found:
        sizes: Mapping[str, int] = shot.peaks.to_dict()
        held = [show_size(sizes[kind]) if sizes[kind] else "" for _, kind in used]
        counts = (str(shot.running), str(shot.cached)) if shot.running else ("", "")
        seconds = progress.range_of(shot.seconds) if shot.running else ""
        table.add_row(
            shot.number, shot.title, shot.outcome, str(shot.frames), *counts, seconds, *held
        )
    return table

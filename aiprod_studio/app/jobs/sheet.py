"""Turning an engine's plan into the sheet that travels to the window, and problems into plain ones.

The worker uses it; nothing here runs anything.
"""

from __future__ import annotations

import contextlib
import pickle
import traceback
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from aiprod_studio.app.jobs.messages import Sheet, SheetRow
from aiprod_studio.sdk import Failed, Invalid, Missing, Problem, Refusal

if TYPE_CHECKING:
    from aiprod_studio.app.opened import Opened
    from aiprod_studio.app.planning.phases import PlanView
    from aiprod_studio.engine import Plan, Step
    from aiprod_studio.graph import FlatGraph


def wanted_nodes(flat: FlatGraph, targets: Sequence[str]) -> tuple[str, ...] | None:
    """Return the steps that the named nodes stand for, None for the usual ones.

    A sub-graph's use stands for all that is inside it.

    Raises:
        Refusal: a node takes no part in the run, or is not there.
    """
    if not targets:
        return None
    found: list[str] = []
    for name in targets:
        inside = [step for step in flat.nodes if step == name or step.startswith(f"{name}/")]
        if not inside:
            why = flat.left_out.get(name, "it takes no part in this run")
            raise Refusal(Invalid(f"node {name!r}", why, "Make it active, or run another node."))
        found += inside
    return tuple(found)


def sheet_of(plan: Plan, opened: Opened) -> Sheet:
    """Return a plan as the window shows it."""
    services = opened.services
    return Sheet(
        rows=tuple(map(_row, plan.steps)),
        targets=plan.targets,
        problems=plain_problems(plan.problems),
        short=_short(plan, opened),
        peaks=plan.peaks,
        seconds=plan.seconds,
        unknown=plan.unknown,
        budgets=services.budgets,
        device=services.device,
        view=_view(plan, opened),
    )


def plain_problems(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return problems that can travel to another process; their sentences stay the same."""
    return tuple(map(_plain, problems))


def defect(error: Exception, log: Path) -> Problem:
    """Return a sentence for an error that nobody expected; the trace goes to the crash log."""
    with contextlib.suppress(OSError):
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    why = f"the program has a defect ({type(error).__name__}: {error})"
    return Failed("", why, f"Please report it with the file {log}.")


def _row(step: Step) -> SheetRow:
    models = sorted({f"{model.family} {model.component}".strip() for model in step.models.values()})
    return SheetRow(
        step.name, step.spec.type, step.spec.title, step.state, step.key, step.peaks,
        step.seconds, tuple(models),
    )  # fmt: skip


def _short(plan: Plan, opened: Opened) -> tuple[Problem, ...]:
    if plan.problems:
        return ()
    try:
        opened.services.check_fit(plan)
    except Refusal as refusal:
        return plain_problems(refusal.problems)
    return ()


def _view(plan: Plan, opened: Opened) -> PlanView:
    from aiprod_studio.app.planning.phases import plan_view

    view = plan_view(plan, opened.services)
    return replace(view, problems=plain_problems(view.problems))


def _plain(problem: Problem) -> Problem:
    kinds = (Invalid, Missing, Failed)
    try:
        pickle.dumps(problem)
    except Exception:  # whatever a pack put into it
        kind = next((kind for kind in kinds if isinstance(problem, kind)), Invalid)
        return kind(str(problem.where), str(problem.why), str(problem.remedy))
    return problem

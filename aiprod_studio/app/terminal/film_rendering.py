"""Rendering shots without a window: all of them in one run, each take onto the board.

The graphs of the shots are laid side by side and planned as one, so that all texts are encoded
before the first sampler and no model is loaded twice. A shot that fails stops no other. Used by the
command line and by tests; the window's queue runs shots one by one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self

from aiprod_studio.app.film.filming import ShotState, board_of, shots
from aiprod_studio.app.film.takes import record_take, restored
from aiprod_studio.app.opened import open_document
from aiprod_studio.app.terminal import progress
from aiprod_studio.app.terminal.film_errands import (
    Errand,
    Stage,
    about,
    errands_for,
    reported,
    side_by_side,
)
from aiprod_studio.app.terminal.film_report import Outcome, ShotReport
from aiprod_studio.engine import events
from aiprod_studio.sdk import Problem, Refusal, SavedFile
from aiprod_studio.story import sections
from aiprod_studio.story.board import Board
from aiprod_studio.story.edits import BoardEdit

if TYPE_CHECKING:
    from aiprod_studio.app.opened import Opened
    from aiprod_studio.engine import Plan, Report
    from aiprod_studio.graph import Document

    Outcomes = ShotReport | tuple[Report, SavedFile | None]


@dataclass(frozen=True)
class Rendered:
    """What a rendering gave: the board's edits in their order, and what happened to each shot."""

    edits: tuple[BoardEdit, ...]
    shots: tuple[ShotReport, ...]
    board: Board = field(default_factory=Board)


def render(
    document: Document,
    stage: Stage,
    *,
    only: Sequence[str] | None = None,
    fresh: bool = False,
    seed: int | None = None,
) -> Rendered:
    """Render what is stale, put takes on the document's board, and say what happened.

    The cut is never changed. A take whose recipe is still right but whose film is gone is rendered
    again from its recipe; locked shots are left alone.

    Args:
        document: the film; its `story` section gets the takes, in one step of its history.
        stage: everything else.
        only: names of shots; by default all.
        fresh: render also what is up to date, and compute everything anew.
        seed: in place of the shots' own.

    Raises:
        Refusal: nothing can be rendered at all, say because the budgets are too small for anything.
    """
    board = board_of(document)
    states = shots(document, stage.ground, board)
    chosen = [state for state in states if only is None or state.name in only]
    errands, reports = errands_for(document, board, chosen, stage, fresh, seed)
    outcomes: dict[str, Outcomes] = dict(reports)
    if errands:
        outcomes |= _filmed(document, errands, stage, fresh)
    return _recorded(document, board, chosen, errands, outcomes, stage)


def _filmed(
    document: Document, errands: Sequence[Errand], stage: Stage, fresh: bool
) -> dict[str, tuple[Report, SavedFile | None]]:
    """Run all errands; return what became of each shot's target."""
    flat = side_by_side(errands)
    wishes = replace(stage.wishes, output=stage.ground.takes)
    opened = open_document(
        document, stage.path, stage.registry, stage.places, stage.settings, wishes, flat=flat
    )
    with closing(opened):
        plan = plan_together(opened, errands, fresh)
        return _run(opened, plan, errands, stage)


def plan_together(opened: Opened, errands: Sequence[Errand], fresh: bool) -> Plan:
    """Plan all shots, leaving out those that do not fit; say why in their errands.

    Raises:
        Refusal: none of them fits.
    """
    fitting = list(errands)
    while True:
        plan = opened.plan(targets=[errand.target for errand in fitting], fresh=fresh)
        try:
            opened.services.check_fit(plan)
            return plan
        except Refusal as refusal:
            short = [errand for errand in fitting if about(errand, refusal.problems)]
            if not short or len(short) == len(fitting):
                raise
            for errand in short:
                errand.problems = about(errand, refusal.problems)
            fitting = [errand for errand in fitting if errand not in short]


def _run(
    opened: Opened, plan: Plan, errands: Sequence[Errand], stage: Stage
) -> dict[str, tuple[Report, SavedFile | None]]:
    from aiprod_studio.app.terminal.headless import carry_out

    watch = _Watch(stage.display, errands)
    report = carry_out(opened, plan, watch, partial=True)
    found: dict[str, tuple[Report, SavedFile | None]] = {}
    for errand in errands:
        own = _failures(errand, report)
        blocked = about(errand, plan.problems)
        if blocked or errand.problems:
            own[errand.target] = (*errand.problems, *blocked)
        part = replace(report, failed=own, files=(), kept=(), seconds=errand.seconds)
        found[errand.frozen.shot] = part, None if own else _saved(opened, plan, errand)
    return found


def _failures(errand: Errand, report: Report) -> dict[str, tuple[Problem, ...]]:
    """Return why steps of a shot failed, also those whose work another shot's step did."""
    mine = set(errand.nodes.values())
    causes = {because for name, because in report.skipped.items() if name in mine}
    return {name: why for name, why in report.failed.items() if name in mine | causes}


def _saved(opened: Opened, plan: Plan, errand: Errand) -> SavedFile | None:
    values = opened.store.get(plan.step(errand.target).key) or {}
    return next((value for value in values.values() if isinstance(value, SavedFile)), None)


class _Watch:
    """Passes events on and adds up what each shot took."""

    def __init__(self, display: progress.Display, errands: Sequence[Errand]) -> None:
        self._display = display
        self._owner = {name: errand for errand in errands for name in errand.nodes.values()}

    def __enter__(self) -> Self:
        self._display.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._display.__exit__(*error)

    def take(self, event: events.Event) -> None:
        """Count and show an event."""
        if isinstance(event, events.StepDone):
            self._owner[event.node].seconds += event.seconds
        self._display.take(event)


def _recorded(
    document: Document,
    board: Board,
    chosen: Sequence[ShotState],
    errands: Sequence[Errand],
    outcomes: Mapping[str, Outcomes],
    stage: Stage,
) -> Rendered:
    """Put the takes on the board and return what happened, in the order of the film."""
    from aiprod_studio.graph.commands import SetSection

    by_shot = {errand.frozen.shot: errand for errand in errands}
    reports: list[ShotReport] = []
    edits: list[BoardEdit] = []
    for state in chosen:
        outcome = outcomes[state.name]
        if isinstance(outcome, ShotReport):
            reports.append(outcome)
            continue
        report, edit = _record(board, state, by_shot[state.name], *outcome, stage)
        reports.append(report)
        if edit is not None:
            board = edit.apply(board)
            edits.append(edit)
    if edits:
        document.do(SetSection(sections.STORY, sections.dump_board(board)), title="Render shots")
    return Rendered(tuple(edits), tuple(reports), board)


def _record(
    board: Board,
    state: ShotState,
    errand: Errand,
    report: Report,
    saved: SavedFile | None,
    stage: Stage,
) -> tuple[ShotReport, BoardEdit | None]:
    if saved is None:
        outcome: Outcome = "cancelled" if report.cancelled and not report.failed else "failed"
        return reported(state, outcome, errand.seconds, problems=report.problems), None
    report = replace(report, files=(saved,))
    try:
        if errand.take is not None:
            restored(errand.take, errand.frozen, report, stage.ground)
            return reported(state, "restored", errand.seconds, errand.take.media), None
        edit = record_take(board, errand.frozen, report, stage.ground, device=_device(stage))
    except (Refusal, OSError) as error:
        problems = error.problems if isinstance(error, Refusal) else ()
        return reported(state, "failed", errand.seconds, problems=problems), None
    after = edit.apply(board) if edit is not None else board
    take = after.find_shot(state.name)[1].take()
    return reported(state, "rendered", errand.seconds, take.media if take else ""), edit


def _device(stage: Stage) -> str:
    from aiprod_studio.app.device import choose_device

    return choose_device(stage.wishes.device).identity

"""The plan as people read it: phase by phase, what is held where, how long, and what it waits for.

One value for the terminal, for JSON and for the window; nothing is printed here and nothing is
decided that the run would not decide the same way.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from aiprod_studio.app.planning.forecasting import Forecaster, Use, of_running
from aiprod_studio.app.planning.remedies import shortfalls
from aiprod_studio.app.planning.tile_choice import said
from aiprod_studio.engine.services import Peaks
from aiprod_studio.memory.budgets import Budgets
from aiprod_studio.sdk import Problem

if TYPE_CHECKING:
    from aiprod_studio.app.services import RunServices
    from aiprod_studio.engine.plan import Plan, Step

LIMITS = ("compute", "bus", "disk")


@dataclass(frozen=True)
class PhaseRow:
    """One model at work in one step; sizes in bytes, seconds as (least, most).

    `resident` and `streamed` are weights; of the streamed ones `pinned`, pageable RAM or the file
    is the source. `host` counts RAM with the pinned part; `limit` says what a pass waits for:
    compute, bus or disk. `fits` is false where it cannot run at all. `note` tells of tiles.
    """

    node: str
    phase: str
    model: str
    files: tuple[str, ...]
    resident: int = 0
    streamed: int = 0
    blocks: int = 0
    resident_blocks: int = 0
    activations: int = 0
    vram: int = 0
    host: int = 0
    pinned: int = 0
    disk: int = 0
    seconds: tuple[float, float] | None = None
    limit: str = ""
    fits: bool = True
    note: str = ""


@dataclass(frozen=True)
class PlanView:
    """A plan for people. `remedies` are the problems' last sentences; `limit` is the slowest's."""

    phases: tuple[PhaseRow, ...]
    peaks: Peaks
    budgets: Budgets
    seconds_low: float
    seconds_high: float
    limit: str
    problems: tuple[Problem, ...] = ()
    remedies: tuple[str, ...] = ()
    running: int = 0
    cached: int = 0
    unknown: int = 0

    @property
    def fits(self) -> bool:
        """Whether the run may start."""
        return not self.problems

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "phases": [asdict(row) for row in self.phases],
            "peaks": self.peaks.to_dict(),
            "budgets": self.budgets.to_dict(),
            "seconds": [round(self.seconds_low, 2), round(self.seconds_high, 2)],
            "limit": self.limit,
            "fits": self.fits,
            "problems": [str(problem) for problem in self.problems],
            "remedies": list(self.remedies),
            "running": self.running,
            "cached": self.cached,
            "unknown": self.unknown,
        }


def plan_view(plan: Plan, services: RunServices) -> PlanView:
    """Return a plan phase by phase, with what is wrong with it and what would help.

    Args:
        plan: what a run would do.
        services: those that the plan was made with.
    """
    forecaster = services.forecaster
    steps = of_running(plan.steps)
    rows = tuple(_row(forecaster, step, use) for step in steps for use in forecaster.uses(step))
    problems = (*plan.problems, *shortfalls(forecaster, plan))
    low, high = plan.seconds or (0.0, 0.0)
    return PlanView(
        rows, plan.peaks, services.budgets, low, high, _limit(rows), problems,
        tuple(p.remedy for p in problems if p.remedy), plan.count("run"), plan.count("cached"),
        plan.unknown,
    )  # fmt: skip


def _row(forecaster: Forecaster, step: Step, use: Use) -> PhaseRow:
    described, phase = use.described, use.phase
    files = tuple(file.path.name for file in use.model.files)
    blocks, activations = len(described.block_bytes), use.costs.activations
    name, kind = step.name, step.spec.costs.phase
    note = said(step, forecaster.facts_of(step))
    if phase is None:
        return PhaseRow(
            name,
            kind,
            described.name,
            files,
            blocks=blocks,
            activations=activations,
            fits=False,
            note=note,
        )
    return PhaseRow(
        name, kind, described.name, files, phase.resident_bytes, phase.streamed_bytes, blocks,
        phase.placement.resident if blocks else 0, activations, phase.vram, phase.host,
        phase.pinned, step.peaks.disk, phase.seconds if use.costs.flops else None, phase.limit,
        note=note,
    )  # fmt: skip


def _limit(rows: tuple[PhaseRow, ...]) -> str:
    """Return what most of the time is spent waiting for."""
    spent = dict.fromkeys(LIMITS, 0.0)
    for row in rows:
        if row.seconds and row.limit in spent:
            spent[row.limit] += row.seconds[1]
    return max(LIMITS, key=lambda limit: spent[limit]) if any(spent.values()) else ""

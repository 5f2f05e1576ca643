"""What the window and its worker tell each other: plain values that travel between processes.

`queue` sends what the window wants, `worker` answers. Nothing here does anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from aiprod_studio.app.opened import Wishes
from aiprod_studio.app.places import Places
from aiprod_studio.app.settings import Settings
from aiprod_studio.engine.events import Event
from aiprod_studio.engine.plan import State
from aiprod_studio.engine.report import Report
from aiprod_studio.engine.services import Peaks
from aiprod_studio.memory.budgets import Budgets
from aiprod_studio.sdk import Problem

if TYPE_CHECKING:
    from aiprod_studio.app.planning.phases import PlanView

Seconds: TypeAlias = tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One step of a plan: its node, what happens to it, and under which key its result lies."""

    node: str
    type: str
    title: str
    state: State
    key: str
    peaks: Peaks
    seconds: Seconds
    models: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A plan as the window shows it.

    `problems` say why steps cannot run; `short` why it does not fit this machine, with what would
    make it fit. `view` is the plan by phases (`planning.PlanView`). `seconds` is a range.
    """

    rows: tuple[SheetRow, ...] = ()
    targets: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    short: tuple[Problem, ...] = ()
    peaks: Peaks = Peaks()
    seconds: Seconds = None
    unknown: int = 0
    budgets: Budgets = Budgets(0, 0)
    device: str = ""
    view: PlanView | None = None

    @property
    def fits(self) -> bool:
        """Whether it may run."""
        return not self.problems and not self.short

    def row(self, node: str) -> SheetRow | None:
        """Return the step of a node, or None."""
        return next((row for row in self.rows if row.node == node), None)

    def count(self, state: State) -> int:
        """Return how many steps are in a state."""
        return sum(row.state == state for row in self.rows)


@dataclass(frozen=True, slots=True)
class JobPlanned(Event):
    """A job begins, after this plan; comes instead of the engine's `JobStarted`."""

    job: int
    sheet: Sheet

    def _facts(self) -> dict[str, Any]:
        return {"job": self.job, "steps": [row.node for row in self.sheet.rows]}


@dataclass(frozen=True, slots=True)
class Work:
    """A document to plan or to run: its text, where its paths start, which nodes are wanted."""

    text: str
    path: Path
    targets: tuple[str, ...] = ()
    fresh: bool = False
    wishes: Wishes = Wishes()


# From the window.


@dataclass(frozen=True, slots=True)
class Greeting:
    """The first message: the user's folders and decisions."""

    places: Places
    settings: Settings


@dataclass(frozen=True, slots=True)
class AskPlan:
    """Plan this; of several with the same `owner` only the latest is answered."""

    ticket: int
    owner: str
    work: Work


@dataclass(frozen=True, slots=True)
class AskRun:
    """Run this as job `job`."""

    job: int
    work: Work


@dataclass(frozen=True, slots=True)
class AskCancel:
    """Stop a job."""

    job: int


@dataclass(frozen=True, slots=True)
class Goodbye:
    """End; a job at work stops where it can be gone on with."""


# From the worker.


@dataclass(frozen=True, slots=True)
class Planned:
    """The answer to `AskPlan`; `refused` when the document cannot be planned at all."""

    ticket: int
    sheet: Sheet = field(default_factory=Sheet)
    refused: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of a job."""

    job: int
    event: Event


@dataclass(frozen=True, slots=True)
class Ended:
    """A job is over: with a report, or refused before it began."""

    job: int
    report: Report = field(default_factory=Report)
    refused: tuple[Problem, ...] = ()
    keys: Mapping[str, str] = field(default_factory=dict)

    @property
    def state(self) -> Literal["done", "failed", "cancelled"]:
        """How it ended."""
        if self.report.cancelled:
            return "cancelled"
        return "failed" if self.refused or self.report.failed else "done"

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All reasons why it did not go well."""
        return (*self.refused, *self.report.problems)


@dataclass(frozen=True, slots=True)
class Measured:
    """What the worker uses now, in bytes, against the budgets of the run at work."""

    host: int
    vram: int
    budgets: Budgets


FromWindow: TypeAlias = Greeting | AskPlan | AskRun | AskCancel | Goodbye
FromWorker: TypeAlias = Planned | Happened | Ended | Measured

"""What happens during a run, as facts that any thread may read.

The runner puts them on a queue; the command line prints them, the window shows them. Each is a
frozen dataclass with a `to_dict` for one line of JSON, where pictures are left out.
"""

from __future__ import annotations

import queue
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from aiprod_studio.sdk import Problem

if TYPE_CHECKING:
    from aiprod_studio.engine.plan import Plan
    from aiprod_studio.engine.report import Report
    from aiprod_studio.sdk.values import UInt8Array


class Sink(Protocol):
    """Where events go; a `queue.SimpleQueue` is one."""

    def put(self, event: Event, /) -> None:
        """Take an event; never waits."""


@dataclass(frozen=True, slots=True)
class Event:
    """Base of all events."""

    def to_dict(self) -> dict[str, Any]:
        """Return the event as plain values."""
        return {"event": _name(type(self)), **self._facts()}

    def _facts(self) -> dict[str, Any]:
        names = (name for cls in type(self).__mro__ for name in getattr(cls, "__slots__", ()))
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, slots=True)
class JobStarted(Event):
    """A run begins; `job` is its number in the journal."""

    job: int
    plan: Plan

    def _facts(self) -> dict[str, Any]:
        return {"job": self.job, "plan": self.plan.to_dict()}


@dataclass(frozen=True, slots=True)
class StepEvent(Event):
    """Base of events about one step."""

    node: str


@dataclass(frozen=True, slots=True)
class StepStarted(StepEvent):
    """A step begins to work."""

    title: str = ""


@dataclass(frozen=True, slots=True)
class StepProgress(StepEvent):
    """A step got on; `seconds_left` is None while nothing can be said."""

    done: float
    total: float
    note: str = ""
    seconds_left: float | None = None


@dataclass(frozen=True, slots=True)
class StepPreview(StepEvent):
    """A picture (H, W, 3) or film (F, H, W, 3), uint8, of the work so far."""

    frames: UInt8Array

    def _facts(self) -> dict[str, Any]:
        return {"node": self.node, "shape": list(self.frames.shape)}


@dataclass(frozen=True, slots=True)
class StepSaid(StepEvent):
    """A step has something to tell, one line."""

    text: str


@dataclass(frozen=True, slots=True)
class StepCached(StepEvent):
    """A step's result was there already."""


@dataclass(frozen=True, slots=True)
class StepDone(StepEvent):
    """A step is done; `files` are what it wrote for the artist."""

    seconds: float
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StepFailed(StepEvent):
    """A step could not do its work. `trace` is for the log only."""

    problems: tuple[Problem, ...]
    trace: str = ""

    def _facts(self) -> dict[str, Any]:
        return {"node": self.node, "problems": [str(problem) for problem in self.problems]}


@dataclass(frozen=True, slots=True)
class StepSkipped(StepEvent):
    """A step was not tried, because it depends on `because`, which failed."""

    because: str


@dataclass(frozen=True, slots=True)
class StoreDamaged(Event):
    """A stored result was damaged and is computed again, or could not be kept."""

    text: str
    node: str = ""


@dataclass(frozen=True, slots=True)
class JobDone(Event):
    """The run is over; some steps may have failed."""

    report: Report

    def _facts(self) -> dict[str, Any]:
        return {"report": self.report.to_dict()}


@dataclass(frozen=True, slots=True)
class JobCancelled(JobDone):
    """The run was cancelled; it can be gone on with."""


class EventQueue(queue.SimpleQueue[Event]):
    """Events from the thread of the engine to another thread."""


class Nowhere:
    """Takes events and forgets them."""

    def put(self, event: Event, /) -> None:
        """Do nothing."""


def _name(cls: type) -> str:
    """Return `StepDone` as `step_done`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", cls.__name__).lower()

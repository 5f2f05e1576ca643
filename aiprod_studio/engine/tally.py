"""What became of each step of a run, told as it happens: to the journal, to events, to the report.

The carrier writes it, and asks it which results are broken. It decides nothing.
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping

from aiprod_studio.engine import events as facts
from aiprod_studio.engine.events import Sink
from aiprod_studio.engine.failures import problems_of
from aiprod_studio.engine.journal import Journal
from aiprod_studio.engine.plan import Step
from aiprod_studio.engine.report import Report
from aiprod_studio.engine.services import Peaks
from aiprod_studio.sdk import Problem, SavedFile


class Tally:
    """The outcome of a run so far. `done` has the key of each step that was carried out."""

    def __init__(self, journal: Journal, events: Sink) -> None:
        self._journal, self._events = journal, events
        self.job = 0
        self.done: dict[str, str] = {}
        self.cached: dict[str, None] = {}
        self.failed: dict[str, tuple[Problem, ...]] = {}
        self._skipped: dict[str, str] = {}
        self._broken: dict[str, str] = {}
        self._files: list[SavedFile] = []
        self._kept: list[SavedFile] = []
        self._peaks = Peaks()

    def started(self, step: Step) -> None:
        """A step begins."""
        self._events.put(facts.StepStarted(step.name, step.spec.title))

    def found(self, step: Step, outputs: Mapping[str, object]) -> None:
        """A step's result was there; `outputs` are only needed of steps that write files."""
        self._kept += [value for value in outputs.values() if isinstance(value, SavedFile)]
        self.cached[step.name] = None
        self.note(step, "cached")
        self._events.put(facts.StepCached(step.name))

    def finished(
        self, step: Step, seconds: float, files: tuple[SavedFile, ...], peaks: Peaks | None
    ) -> None:
        """A step is done."""
        self.done[step.name] = step.key
        self._files += files
        self.note(step, "done", seconds, peaks)
        self._events.put(facts.StepDone(step.name, seconds, tuple(str(f.path) for f in files)))

    def failed_with(self, step: Step, error: Exception, seconds: float) -> None:
        """A step failed."""
        problems = problems_of(step.name, error)
        self.failed[step.name] = problems
        self._broken[step.key] = step.name
        self.note(step, "failed", seconds)
        trace = "".join(traceback.format_exception(error))
        self._events.put(facts.StepFailed(step.name, problems, trace))

    def skipped(self, step: Step, because: str) -> None:
        """A step is left out, because another failed."""
        self._skipped[step.name] = because
        self._broken[step.key] = because
        self.note(step, "skipped")
        self._events.put(facts.StepSkipped(step.name, because))

    def blame(self, step: Step) -> str:
        """Return the failed step that this one depends on, or nothing."""
        if not self._broken:
            return ""
        keys = (key for key, _ in step.sources.values())
        return next((self._broken[key] for key in keys if key in self._broken), "")

    def is_broken(self, step: Step) -> bool:
        """Say whether this step, or its twin, failed or was skipped."""
        return step.key in self._broken

    def again(self, step: Step) -> None:
        """A step has to be done once more: its result was lost."""
        self.done.pop(step.name, None)

    def measured(self, peaks: Peaks) -> Peaks:
        """Add peaks to those of the run."""
        self._peaks = self._peaks.over(peaks)
        return peaks

    def note(
        self, step: Step, state: str, seconds: float = 0.0, peaks: Peaks | None = None
    ) -> None:
        """Write a step's state into the journal, with its next flush."""
        self._journal.step(self.job, step.name, step.spec.type, step.key, state, seconds, peaks)

    def report(self, seconds: float, *, cancelled: bool) -> Report:
        """Return the outcome."""
        return Report(
            self.job, tuple(self.done), tuple(self.cached), self.failed, self._skipped,
            tuple(self._files), tuple(self._kept), seconds, self._peaks, cancelled,
        )  # fmt: skip

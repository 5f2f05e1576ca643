"""Carrying out one plan, step by step.

The engine makes a carrier for each run. A failure stops only what depends on it; a stored result
that turns out damaged is planned and computed again; a cancel or a kill leaves everything that was
done. It sees nodes only as functions, models only as names.
"""

from __future__ import annotations

import shutil
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

from aiprod_studio.engine import events as facts
from aiprod_studio.engine.calling import Call
from aiprod_studio.engine.cancel import CancelToken
from aiprod_studio.engine.checkpoints import StepCheckpoint
from aiprod_studio.engine.events import Sink
from aiprod_studio.engine.failures import is_out_of_memory
from aiprod_studio.engine.journal import JobState, Journal
from aiprod_studio.engine.plan import Plan, Step, history_line
from aiprod_studio.engine.planner import plan as make_plan
from aiprod_studio.engine.readers import Readers, keys_read
from aiprod_studio.engine.report import Report
from aiprod_studio.engine.run import StepRun
from aiprod_studio.engine.services import Services
from aiprod_studio.engine.store import Store
from aiprod_studio.engine.tally import Tally
from aiprod_studio.sdk import Cancelled, Failed, Refusal, SavedFile

LONG = 0.05
"""Seconds: before and after a step that takes longer, everything is committed."""

MOST_LOSSES = 3
"""How often a step may find its inputs damaged before it is given up."""


class Lost(Exception):
    """A result that the plan counts on is not usable; `step` needed it."""

    def __init__(self, step: Step) -> None:
        super().__init__(step.name)
        self.step = step


class Resettled(Lost):
    """Making room changed what the program chose for a step, and with it the step's key."""


class Carrier:
    """One run of a plan."""

    def __init__(
        self,
        store: Store,
        journal: Journal,
        services: Services,
        plan: Plan,
        events: Sink,
        cancel: CancelToken,
        *,
        verify: bool = False,
    ) -> None:
        self._store, self._journal, self._services = store, journal, services
        self._plan, self._events, self._cancel = plan, events, cancel
        self._verify = verify
        self._tally = Tally(journal, events)
        self._readers = Readers(store)
        self._losses: Counter[str] = Counter()
        self._seconds: dict[str, float] = {}
        self._checkpoints: set[str] = set()
        self._folders: list[Path] = []
        self._flushed = time.perf_counter()

    def run(self, workflow: str) -> Report:
        """Carry the plan out and return what became of it."""
        began = time.perf_counter()
        plan, tally = self._plan, self._tally
        count = plan.count("run") + plan.count("cached")
        tally.job = self._journal.begin(workflow, self._services.recipe, plan.targets, count)
        self._checkpoints = self._journal.checkpoints.keys()
        self._events.put(facts.JobStarted(tally.job, plan))
        state: JobState = "failed"
        try:
            self._carry_out()
            state = "failed" if tally.failed else "done"
        except (Cancelled, KeyboardInterrupt):
            state = "cancelled"
        finally:
            self._finish(state)
        tally.measured(self._services.measured())
        report = tally.report(time.perf_counter() - began, cancelled=state == "cancelled")
        ended = facts.JobCancelled if report.cancelled else facts.JobDone
        self._events.put(ended(report))
        return report

    def _carry_out(self) -> None:
        """Run all steps; when a stored result turns out to be unusable, plan again and go on."""
        while True:
            try:
                self._prepare()
                for step in self._plan.steps:
                    if step.state == "run" and step.name not in self._tally.done:
                        self._one(step)
                self._tell_twins()
                return
            except Lost as lost:
                self._plan_again(lost.step, counts=not isinstance(lost, Resettled))

    def _prepare(self) -> None:
        """Hold what will be read, and tell what is there."""
        self._readers.hold(self._plan)
        told = self._tally.cached.keys() | self._tally.done.keys()
        for step in self._plan.steps:
            if step.state == "cached" and not step.same_as and step.name not in told:
                # A file that was written for the artist is worth a look, nothing else is read.
                outputs = self._store.get(step.key, self._cancel.check) if step.spec.writes else {}
                if outputs is None:
                    raise Lost(step)
                self._tally.found(step, outputs)
        self._say_notices()

    def _tell_twins(self) -> None:
        """Tell what became of steps that share another's result."""
        for step in self._plan.steps:
            if step.same_as and self._tally.is_broken(step):
                self._tally.skipped(step, step.same_as)
            elif step.same_as and step.name not in self._tally.cached:
                self._tally.found(step, {})

    def _plan_again(self, lost: Step, *, counts: bool) -> None:
        self._flush()
        self._say_notices()
        self._losses[lost.name] += counts
        again = make_plan(
            self._plan.flat, self._services, self._store, journal=self._journal,
            targets=self._plan.targets, fresh=self._plan.fresh,
            trusted=set(self._tally.done.values()),
        )  # fmt: skip
        if self._losses[lost.name] > MOST_LOSSES:
            self._fail(lost, Refusal(Failed("", "what it reads is damaged again and again")))
        elif again.problems and not self._plan.problems:
            self._fail(lost, Refusal(again.problems))
        else:
            for step in again.steps:
                if step.state == "run":
                    self._tally.again(step)
            self._plan = again

    def _one(self, step: Step) -> None:
        if self._tally.is_broken(step):
            return
        blame = self._tally.blame(step)
        if blame:
            self._tally.skipped(step, blame)
            self._let_go(step)
            return
        self._cancel.check()
        call = Call(step, self._inputs(step))
        self._begin(step)
        began = time.perf_counter()
        try:
            files = self._compute(step, call)
        except (Cancelled, Resettled) as stopped:
            if isinstance(stopped, Cancelled):
                self._tally.note(step, "cancelled")
            raise
        except Exception as error:
            self._fail(step, error, time.perf_counter() - began)
        else:
            self._complete(step, time.perf_counter() - began, files)
        self._let_go(step)

    def _inputs(self, step: Step) -> dict[str, Any]:
        values = {}
        for name, (key, output) in step.sources.items():
            outputs = self._store.get(key, self._cancel.check)
            if outputs is None or output not in outputs:
                self._store.drop(key)
                raise Lost(step)
            values[name] = outputs[output]
        return values

    def _begin(self, step: Step) -> None:
        expected = self._seconds.get(step.spec.type)
        if expected is None and step.seconds is not None:
            expected = step.seconds[1]
        self._tally.note(step, "running")
        if expected is None or expected > LONG:
            self._flush()
        if self._plan.fresh and step.key in self._checkpoints:
            self._forget_checkpoint(step)
        self._tally.started(step)

    def _compute(self, step: Step, call: Call) -> tuple[SavedFile, ...]:
        """Call the function and file what it gives; try again when memory could be freed."""
        while True:
            run = self._new_run(step)
            began = time.perf_counter()
            try:
                outputs = call.make(run if step.spec.takes_run else None, verify=self._verify)
                self._file(step, outputs, time.perf_counter() - began)
                if self._store.only_in_ram(step.key) and (folder := run.take_folder()):
                    self._folders.append(folder)
                return run.files
            except Exception as error:
                if not is_out_of_memory(error):
                    raise
                # What the failed attempt holds in its frames is part of what does not fit.
                traceback.clear_frames(error.__traceback__)
                if not self._services.recover(step, error, run.say):
                    raise
                if not self._services.settle(step).items() <= step.params.items():
                    raise Resettled(step) from None
            finally:
                run.close()

    def _new_run(self, step: Step) -> StepRun:
        def say(text: str) -> None:
            self._events.put(facts.StepSaid(step.name, text))

        checkpoints = self._journal.checkpoints
        return StepRun(
            step.name, self._services, self._events, self._cancel,
            checkpoint=StepCheckpoint(checkpoints, step.key, step.name, say, self._checkpoints),
            new_folder=self._store.new_folder, writes=step.spec.writes,
        )  # fmt: skip

    def _file(self, step: Step, outputs: dict[str, Any], seconds: float) -> None:
        self._store.put(
            step.key, outputs, type_name=step.spec.type, seconds=seconds,
            precious=step.spec.costs.phase == "encode", check=self._cancel.check,
        )  # fmt: skip

    def _complete(self, step: Step, seconds: float, files: tuple[SavedFile, ...]) -> None:
        costs = step.spec.costs
        peaks = None
        if costs.models or costs.phase:
            peaks = self._tally.measured(self._services.measured())
        self._seconds[step.spec.type] = seconds
        self._journal.history.add(history_line(step, self._services.versions), seconds)
        if seconds > LONG:
            self._store.flush()  # who hears that it is done looks at it at once
        self._tally.finished(step, seconds, files, peaks)
        if step.key in self._checkpoints:
            # First the result, then the end of its checkpoint: a kill between loses neither.
            self._flush()
            self._forget_checkpoint(step)
        elif seconds > LONG or time.perf_counter() - self._flushed > LONG:
            self._flush()
        self._say_notices()

    def _fail(self, step: Step, error: Exception, seconds: float = 0.0) -> None:
        self._tally.failed_with(step, error, seconds)
        for key in keys_read(step):
            # It may have left its inputs half changed: what follows reads them from the disk.
            self._store.cool(key)
        self._flush()

    def _forget_checkpoint(self, step: Step) -> None:
        self._journal.checkpoints.forget(step.key)
        self._checkpoints.discard(step.key)

    def _let_go(self, step: Step) -> None:
        """Drop values and models that no later step needs."""
        self._readers.done(step)
        if step.releases:
            self._services.release(step.releases)

    def _flush(self) -> None:
        self._store.flush()
        self._journal.flush()
        self._flushed = time.perf_counter()

    def _say_notices(self) -> None:
        notices = self._store.notices()
        if self._journal.trouble:
            self._events.put(facts.StoreDamaged(self._journal.trouble))
            self._journal.trouble = ""
        if notices:
            names = {step.key: step.name for step in self._plan.steps}
            for notice in notices:
                self._events.put(facts.StoreDamaged(notice.text, names.get(notice.key, "")))

    def _finish(self, state: JobState) -> None:
        for step in self._plan.steps:
            self._store.release(step.key)
        self._flush()
        self._journal.end(self._tally.job, state)
        self._say_notices()
        for folder in self._folders:
            shutil.rmtree(folder, ignore_errors=True)

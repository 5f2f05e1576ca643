"""The plans and jobs of one open document, and how its nodes stand because of them.

`Editing` has one and passes its news on; it asks the queue and hears the worker. It shows nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from aiprod_studio.app.jobs.job import Job
from aiprod_studio.app.jobs.messages import JobPlanned, Planned, Sheet
from aiprod_studio.app.jobs.questions import OnPlan
from aiprod_studio.app.session.seeds import new_seeds
from aiprod_studio.app.session.states import NodeStates

if TYPE_CHECKING:
    from aiprod_studio.app.jobs.messages import Ended
    from aiprod_studio.engine.events import Event
    from aiprod_studio.ui.editing import Editing


class DocumentRuns(QObject):
    """Plans and runs a document.

    `sheet` is the plan of the document as it was last planned, None before the first.
    """

    happened = Signal(object)
    """An engine event of this document's jobs (`JobPlanned` at the start, `Ended` at the end)."""
    began = Signal(object)
    """The number of a job that was put into the queue."""
    planned = Signal(object)
    """The plan of the document as it is now: `Sheet`."""
    stand_changed = Signal(set)
    """The names of nodes that stand differently now."""

    def __init__(self, editing: Editing) -> None:
        super().__init__(editing)
        self._editing, self._studio = editing, editing.studio
        self.states = NodeStates()
        self.sheet: Sheet | None = None
        self.on_change = False
        self._jobs: set[int] = set()
        self._closed = False
        self._studio.bridge.happened.connect(self._hear)
        self._studio.bridge.ended.connect(self._hear_end)

    @property
    def jobs(self) -> frozenset[int]:
        """The jobs of this document that are not over."""
        return frozenset(self._jobs)

    def plan(self) -> None:
        """Ask what a run of the document as it is now would do; `planned` tells."""
        if not self._closed:
            editing = self._editing
            self._studio.queue.plan(
                editing.document, editing.file, self._take_plan,
                owner=editing.id, output=editing.output,
            )  # fmt: skip

    def ask_plan(self, targets: Sequence[str], on_plan: OnPlan, *, fresh: bool = False) -> None:
        """Ask what a run to some nodes would do; `on_plan` gets `Planned`."""
        editing = self._editing
        editing.settle()
        self._studio.queue.plan(
            editing.document, editing.file, on_plan,
            targets=targets, fresh=fresh, output=editing.output,
        )  # fmt: skip

    def run(
        self, targets: Sequence[str] = (), *, fresh: bool = False, title: str = "", throw: bool
    ) -> int:
        """Put a run of the document as it is now into the queue; return its number.

        With `throw`, seeds that the artist left open get a new number first.
        """
        editing = self._editing
        if throw:
            editing.settle()
            seeds = new_seeds(editing.document)
            if seeds:
                editing.do(*seeds, title="New seeds")
        names = tuple(targets)
        words = f"{editing.title}: {', '.join(names)}" if names else editing.title
        job = Job(
            title or words, editing.document, editing.file, names, editing.id,
            fresh=fresh, output=editing.output,
        )  # fmt: skip
        return self.follow(self._studio.queue.add(job))

    def follow(self, job: int) -> int:
        """Hear the events of a job that was added for this document; returns its number."""
        self._jobs.add(job)
        self.began.emit(job)
        return job

    def close(self) -> None:
        """Hear nothing more."""
        self._closed = True
        self._studio.bridge.happened.disconnect(self._hear)
        self._studio.bridge.ended.disconnect(self._hear_end)

    # Inside.

    def _take_plan(self, planned: Planned) -> None:
        if self._closed:
            return
        if planned.refused:
            self._mark(self.states.wrong(planned.refused))
            self.sheet = Sheet(problems=planned.refused)
            self.planned.emit(self.sheet)
            return
        sheet, results = planned.sheet, self._studio.results
        keys = [row.key for row in sheet.rows if row.key]
        self._studio.later(
            lambda: results.there(keys), lambda there: self._take_sheet(sheet, there), owner=self
        )

    def _take_sheet(self, sheet: Sheet, there: set[str]) -> None:
        if self._closed:
            return
        self.sheet = sheet
        self._mark(self.states.planned(sheet, there))
        self.planned.emit(sheet)
        if self.on_change and sheet.fits and sheet.count("run") and not self._jobs:
            self.run(throw=False)  # a new seed is a change, and so would run for ever

    def _hear(self, job: int, event: Event) -> None:
        if isinstance(event, JobPlanned) and job not in self._jobs:
            entry = self._studio.queue.entry(job)
            if entry is not None and entry.origin == self._editing.id:
                self.follow(job)  # one of before, run again from the queue
        if job in self._jobs:
            self._editing.node_looks.take(event)
            self._mark(self.states.take(event))
            self.happened.emit(event)

    def _hear_end(self, job: int, ended: Ended) -> None:
        if job in self._jobs:
            self._jobs.discard(job)
            # All of them: what was just filed when it was asked for can be read by now.
            self._mark(self.states.ended(ended) | set(self.states.all()))
            self.happened.emit(ended)
            self._editing.plan_soon()

    def _mark(self, names: set[str]) -> None:
        if names:
            self.stand_changed.emit(names)

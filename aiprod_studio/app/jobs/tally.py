"""How far a job has come: from the engine's events to one share, one note, one time left.

The queue has one for each job at work.
"""

from __future__ import annotations

import time
from dataclasses import replace

from aiprod_studio.app.jobs.history import Entry
from aiprod_studio.app.jobs.messages import JobPlanned
from aiprod_studio.engine.events import (
    Event,
    StepCached,
    StepDone,
    StepFailed,
    StepProgress,
    StepSkipped,
    StepStarted,
)

UNKNOWN = 1.0
"""Seconds that a step counts for when nothing is known of it."""


class Tally:
    """Weighs steps by their expected seconds and adds up what is done."""

    def __init__(self) -> None:
        self._weights: dict[str, float] = {}
        self._shares: dict[str, float] = {}
        self._titles: dict[str, str] = {}
        self._began = time.monotonic()

    def take(self, entry: Entry, event: Event) -> Entry:
        """Return how a job is listed after an event."""
        if isinstance(event, JobPlanned):
            self._plan(event)
        elif isinstance(event, StepDone | StepFailed | StepCached | StepSkipped):
            self._shares[event.node] = 1.0
        elif isinstance(event, StepStarted):
            return replace(entry, note=event.node)
        elif isinstance(event, StepProgress):
            share = event.done / event.total if event.total else 0.0
            self._shares[event.node] = min(1.0, max(0.0, share))
        else:
            return entry
        return replace(entry, share=self.share, seconds_left=self.seconds_left)

    @property
    def share(self) -> float:
        """How much is done, from 0 to 1."""
        total = sum(self._weights.values())
        if not total:
            return 0.0
        return sum(w * self._shares.get(n, 0.0) for n, w in self._weights.items()) / total

    @property
    def seconds_left(self) -> float | None:
        """How long the rest will take at the pace so far; None while that says nothing."""
        passed, share = time.monotonic() - self._began, self.share
        return passed * (1 - share) / share if share > 0.02 and passed > 1 else None

    def _plan(self, event: JobPlanned) -> None:
        for row in event.sheet.rows:
            if row.state == "run":
                self._weights[row.node] = sum(row.seconds) / 2 if row.seconds else UNKNOWN

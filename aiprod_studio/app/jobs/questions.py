"""Questions for plans that wait for the worker's answer, each with who wants to know.

The queue has one; it is not safe for several threads by itself.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import TypeAlias

from aiprod_studio.app.jobs.messages import Planned

OnPlan: TypeAlias = Callable[[Planned], None]
LATE = 64
"""The worker answers only the latest question of an owner; one so far behind is forgotten."""


class Questions:
    """Callbacks by ticket."""

    def __init__(self) -> None:
        self._waiting: dict[int, OnPlan] = {}
        self._tickets = itertools.count(1)

    def ask(self, on_plan: OnPlan) -> int:
        """Note who wants an answer; return the ticket of the question."""
        ticket = next(self._tickets)
        self._waiting[ticket] = on_plan
        return ticket

    def take(self, planned: Planned) -> OnPlan | None:
        """Return who wanted this answer, None when nobody does any more."""
        found = self._waiting.pop(planned.ticket, None)
        for ticket in [old for old in self._waiting if old < planned.ticket - LATE]:
            del self._waiting[ticket]
        return found

    def open(self) -> list[int]:
        """Return the tickets that wait."""
        return list(self._waiting)

    def forget(self) -> None:
        """Want no answers any more."""
        self._waiting.clear()

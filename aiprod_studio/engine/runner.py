"""The engine: plans graphs and runs plans, in the thread that calls it.

The application makes one; events tell the window or the terminal what happens. The engine never
decides what to compute (the plan does) nor how (nodes do), and never shows anything.
"""

from __future__ import annotations

from collections.abc import Sequence

from aiprod_studio.engine.cancel import CancelToken
from aiprod_studio.engine.carrier import Carrier
from aiprod_studio.engine.events import Nowhere, Sink
from aiprod_studio.engine.journal import Journal
from aiprod_studio.engine.plan import Plan
from aiprod_studio.engine.planner import plan as make_plan
from aiprod_studio.engine.report import Report
from aiprod_studio.engine.services import Services
from aiprod_studio.engine.store import Store
from aiprod_studio.graph.flat import FlatGraph


class Engine:
    """Plans and runs.

    Args:
        store: where results are kept.
        journal: where jobs, steps and checkpoints are noted.
        services: the application.
        verify: check after each step that it left its inputs as they were (for tests of nodes).
    """

    def __init__(
        self, store: Store, journal: Journal, services: Services, *, verify: bool = False
    ) -> None:
        self.store, self.journal, self.services, self.verify = store, journal, services, verify

    def plan(
        self, flat: FlatGraph, *, targets: Sequence[str] | None = None, fresh: bool = False
    ) -> Plan:
        """Return what a run of this graph would do; see `planner.plan`."""
        return make_plan(
            flat, self.services, self.store, journal=self.journal, targets=targets, fresh=fresh
        )

    def run(
        self,
        plan: Plan,
        *,
        events: Sink | None = None,
        cancel: CancelToken | None = None,
        workflow: str = "",
        partial: bool = False,
    ) -> Report:
        """Carry out a plan and return what was done; a cancelled run returns too.

        Args:
            plan: what to do.
            events: takes what happens.
            cancel: stops the run from another thread.
            workflow: the file that the graph came from, for the journal.
            partial: run what can run although the plan has problems.

        Raises:
            Refusal: the plan has problems, and `partial` is not set.
        """
        if not partial:
            plan.check()
        carrier = Carrier(
            self.store, self.journal, self.services, plan, events or Nowhere(),
            cancel or CancelToken(), verify=self.verify,
        )  # fmt: skip
        return carrier.run(workflow)

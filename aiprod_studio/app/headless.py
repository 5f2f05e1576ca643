"""Running and planning a workflow file with no window.

The engine works in a thread of its own; this thread shows its events and listens for Ctrl-C. The
first Ctrl-C cancels (the job can be gone on with), a second one ends the program at once.
"""

from __future__ import annotations

import argparse
import contextlib
import queue
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from aiprod_studio.app import progress
from aiprod_studio.app.listing import registry
from aiprod_studio.app.opened import Opened, open_workflow
from aiprod_studio.sdk import ExitCode, Refusal

if TYPE_CHECKING:
    from types import FrameType

    from aiprod_studio.engine import CancelToken, Plan, Report

LOOK = 0.2
"""Seconds between two looks at signals while nothing happens."""


def run_file(given: argparse.Namespace) -> int:
    """Run a workflow file and return the exit code."""
    with open_workflow(given, registry()) as opened:
        plan = opened.plan(fresh=given.fresh)
        plan.check()
        opened.services.check_fit(plan)
        shown = progress.display_for(as_json=given.json, quiet=given.quiet)
        return _carry_out(opened, plan, shown).exit_code


def plan_file(given: argparse.Namespace) -> int:
    """Show what a run would do; exit code 4 when it does not fit."""
    with open_workflow(given, registry()) as opened:
        plan = opened.plan(fresh=given.fresh)
        progress.show_plan(plan, opened.services.budgets, as_json=given.json)
        if plan.problems:
            raise Refusal(plan.problems)
        opened.services.check_fit(plan)
    return ExitCode.DONE


def _carry_out(opened: Opened, plan: Plan, display: progress.Display) -> Report:
    """Run the plan in a thread and show its events until it has ended."""
    from aiprod_studio.engine import CancelToken, Engine, EventQueue

    events, cancel = EventQueue(), CancelToken()
    outcome: list[Report | BaseException] = []
    engine = Engine(opened.store, opened.journal, opened.services)

    def work() -> None:
        try:
            workflow = str(opened.path.resolve())
            outcome.append(engine.run(plan, events=events, cancel=cancel, workflow=workflow))
        except BaseException as error:  # handed over to the thread that shows it
            outcome.append(error)

    thread = threading.Thread(target=work, name="engine")
    with _cancelled_by_signals(cancel), display:
        thread.start()
        while thread.is_alive() or not events.empty():
            with contextlib.suppress(queue.Empty):
                display.take(events.get(timeout=LOOK))
        thread.join()
    ending = outcome[0]
    if isinstance(ending, BaseException):
        raise ending
    return ending


@contextmanager
def _cancelled_by_signals(cancel: CancelToken) -> Iterator[None]:
    """Let Ctrl-C and a polite kill cancel the run; the second one ends the program."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        if cancel.is_set:
            raise KeyboardInterrupt
        cancel.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

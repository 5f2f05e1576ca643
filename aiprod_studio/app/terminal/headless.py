"""Running and planning a workflow file with no window.

The engine works in a thread of its own; this thread shows its events and listens for Ctrl-C. The
first Ctrl-C cancels within a second (the job can be gone on with), a second one at once.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

from aiprod_studio.app.opened import Opened, open_workflow
from aiprod_studio.app.packs import registry
from aiprod_studio.app.planning.phases import plan_view
from aiprod_studio.app.terminal import progress
from aiprod_studio.sdk import ExitCode, Refusal

if TYPE_CHECKING:
    from types import FrameType

    from aiprod_studio.engine import CancelToken, Plan, Report

LOOK = 0.2
"""Seconds between two looks at signals while nothing happens."""
PATIENCE = 0.7
"""Seconds that a cancelled run has to stop by itself."""


def run_file(given: argparse.Namespace) -> int:
    """Run a workflow file and return the exit code."""
    with open_workflow(given, registry()) as opened:
        plan = opened.plan(fresh=given.fresh)
        plan.check()
        opened.services.check_fit(plan)
        shown = progress.display_for(as_json=given.json, quiet=given.quiet)
        return carry_out(opened, plan, shown).exit_code


def plan_file(given: argparse.Namespace) -> int:
    """Show what a run would do; exit code 4 when it does not fit."""
    with open_workflow(given, registry()) as opened:
        plan = opened.plan(fresh=given.fresh)
        progress.show_plan(plan, plan_view(plan, opened.services), as_json=given.json)
        if plan.problems:
            raise Refusal(plan.problems)
        opened.services.check_fit(plan)
    return ExitCode.DONE


def carry_out(
    opened: Opened, plan: Plan, display: progress.Display, *, partial: bool = False
) -> Report:
    """Run the plan in a thread and show its events until it has ended.

    With `partial` what can run does, although the plan has problems.
    """
    from aiprod_studio.engine import CancelToken, Engine, EventQueue

    events, cancel = EventQueue(), CancelToken()
    outcome: list[Report | BaseException] = []
    engine = Engine(opened.store, opened.journal, opened.services)

    def work() -> None:
        try:
            workflow = str(opened.path.resolve())
            report = engine.run(
                plan, events=events, cancel=cancel, workflow=workflow, partial=partial
            )
            outcome.append(report)
        except BaseException as error:  # handed over to the thread that shows it
            outcome.append(error)

    thread = threading.Thread(target=work, name="engine")
    with _cancelled_by_signals(cancel) as asked, display:
        thread.start()
        while thread.is_alive() or not events.empty():
            with contextlib.suppress(queue.Empty):
                display.take(events.get(timeout=LOOK))
            if asked and thread.is_alive() and time.monotonic() - asked[0] > PATIENCE:
                _leave(display)
        thread.join()
    ending = outcome[0]
    if isinstance(ending, BaseException):
        raise ending
    return ending


def _leave(display: progress.Display) -> NoReturn:
    """End the process although the step at work cannot be stopped (a library being imported).

    Nothing is lost by it: what a killed run leaves behind is what the next one goes on from.
    """
    from aiprod_studio.engine import JobCancelled, Report

    display.take(JobCancelled(Report(cancelled=True)))
    display.__exit__()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(ExitCode.CANCELLED)


@contextmanager
def _cancelled_by_signals(cancel: CancelToken) -> Iterator[list[float]]:
    """Let Ctrl-C and a polite kill cancel the run; gives when that was asked for.

    A second Ctrl-C ends the program at once.
    """
    asked: list[float] = []
    if threading.current_thread() is not threading.main_thread():
        yield asked
        return

    def stop(number: int, frame: FrameType | None) -> None:
        if asked:
            os._exit(ExitCode.CANCELLED)
        asked.append(time.monotonic())
        cancel.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

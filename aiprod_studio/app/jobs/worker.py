"""The worker: a process that plans and runs for the window, so that the window never waits.

torch is imported here and nowhere else. One thread reads wishes, one plans, one runs. When the
window goes away, whatever way, the run at work stops at its next check and the worker ends; the
journal has what the next start needs.
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import threading
from typing import TYPE_CHECKING

from aiprod_studio.app.jobs.messages import (
    AskCancel,
    AskPlan,
    AskRun,
    Ended,
    FromWorker,
    Goodbye,
    Greeting,
    Happened,
    JobPlanned,
    Measured,
    Planned,
    Work,
)
from aiprod_studio.app.jobs.sheet import defect, plain_problems, sheet_of, wanted_nodes
from aiprod_studio.app.libraries import tell_libraries
from aiprod_studio.sdk import Refusal

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from aiprod_studio.app.opened import Opened
    from aiprod_studio.app.packs import Registry
    from aiprod_studio.engine import CancelToken, Event

MEASURE_GAP = 0.5
"""Seconds between two looks at memory while a job runs."""
NICENESS = 5
"""The window's process goes first when the machine is busy."""


def serve(connection: Connection) -> None:
    """Answer the window until it is gone; the entry point of the process."""
    _step_back()
    greeting = connection.recv()
    assert isinstance(greeting, Greeting)
    worker = _Worker(connection, greeting)
    with contextlib.suppress(EOFError, OSError):
        while not isinstance(message := connection.recv(), Goodbye):
            worker.take(message)
    worker.stop()


def _step_back() -> None:
    """Leave Ctrl-C to the window, and the processor to whoever is in a hurry."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tell_libraries()
    import psutil

    with contextlib.suppress(psutil.Error, OSError, AttributeError):
        lower = getattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS", NICENESS)
        psutil.Process().nice(lower)


class _Worker:
    """The worker's three threads and what they share."""

    def __init__(self, connection: Connection, greeting: Greeting) -> None:
        self._connection, self._greeting = connection, greeting
        self._log = greeting.places.cache / "crash.log"
        self._sending = threading.Lock()
        self._registry: Registry | None = None
        self._loading = threading.Lock()
        self._runs: queue.SimpleQueue[AskRun | None] = queue.SimpleQueue()
        self._plans: dict[str, AskPlan] = {}
        self._plan_asked = threading.Condition()
        self._cancels: dict[int, CancelToken] = {}
        self._ending = False
        self._threads = [
            threading.Thread(target=self._run_all, name="runs"),
            threading.Thread(target=self._plan_all, name="plans", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def take(self, message: object) -> None:
        """Take a wish of the window."""
        from aiprod_studio.engine import CancelToken

        if isinstance(message, AskRun):
            self._cancels[message.job] = CancelToken()
            self._runs.put(message)
        elif isinstance(message, AskCancel):
            token = self._cancels.get(message.job)
            if token is not None:
                token.set()
        elif isinstance(message, AskPlan):
            with self._plan_asked:
                self._plans[message.owner] = message
                self._plan_asked.notify()

    def stop(self) -> None:
        """End the run at work and the process soon."""
        self._ending = True
        for token in list(self._cancels.values()):
            token.set()
        self._runs.put(None)
        if self._cancels:
            self._threads[0].join(timeout=20)
        os._exit(0)

    def send(self, message: FromWorker) -> None:
        """Tell the window something; it may be gone."""
        if self._ending:
            return
        with self._sending, contextlib.suppress(OSError):
            self._connection.send(message)

    def _packs(self) -> Registry:
        """Return the node types; third parties' code is loaded here, once."""
        from aiprod_studio.app.packs import load_packs
        from aiprod_studio.app.places import shipped

        with self._loading:
            if self._registry is None:
                places, settings = self._greeting.places, self._greeting.settings
                self._registry = load_packs(shipped("nodes"), places.packs, settings.packs)
            return self._registry

    def _open(self, work: Work) -> Opened:
        from aiprod_studio import graph
        from aiprod_studio.app.opened import open_document

        registry = self._packs()
        loaded = graph.loads(work.text, registry.specs)
        if loaded.document is None:
            raise Refusal(loaded.problems)
        settings, places = self._greeting.settings, self._greeting.places
        return open_document(loaded.document, work.path, registry, places, settings, work.wishes)

    # Planning.

    def _plan_all(self) -> None:
        while True:
            with self._plan_asked:
                self._plan_asked.wait_for(lambda: bool(self._plans))
                asked = self._plans.pop(next(iter(self._plans)))
            try:
                self.send(self._planned(asked))
            except Exception as error:  # the window must get an answer
                self.send(Planned(asked.ticket, refused=(defect(error, self._log),)))

    def _planned(self, asked: AskPlan) -> Planned:
        try:
            opened = self._open(asked.work)
        except Refusal as refusal:
            return Planned(asked.ticket, refused=plain_problems(refusal.problems))
        try:
            targets = wanted_nodes(opened.flat, asked.work.targets)
            plan = opened.plan(targets=targets, fresh=asked.work.fresh)
            return Planned(asked.ticket, sheet_of(plan, opened))
        except Refusal as refusal:
            return Planned(asked.ticket, refused=plain_problems(refusal.problems))
        finally:
            opened.close()

    # Running.

    def _run_all(self) -> None:
        while (asked := self._runs.get()) is not None:
            try:
                ended = self._ran(asked)
            except Refusal as refusal:
                ended = Ended(asked.job, refused=plain_problems(refusal.problems))
            except Exception as error:  # a defect must not take the queue with it
                ended = Ended(asked.job, refused=(defect(error, self._log),))
            self._cancels.pop(asked.job, None)
            self.send(ended)

    def _ran(self, asked: AskRun) -> Ended:
        from aiprod_studio.engine import Engine

        opened = self._open(asked.work)
        measuring = _Measuring(self, opened)
        try:
            targets = wanted_nodes(opened.flat, asked.work.targets)
            plan = opened.plan(targets=targets, fresh=asked.work.fresh)
            plan.check()
            opened.services.check_fit(plan)
            self.send(Happened(asked.job, JobPlanned(asked.job, sheet_of(plan, opened))))
            measuring.start()
            engine = Engine(opened.store, opened.journal, opened.services)
            report = engine.run(
                plan,
                events=_Sender(self, asked.job),
                cancel=self._cancels[asked.job],
                workflow=str(asked.work.path),
            )
            return Ended(asked.job, report, keys={step.name: step.key for step in plan.steps})
        finally:
            measuring.stop()
            opened.close()


class _Sender:
    """Sends the engine's events to the window; the plan goes ahead of them as a sheet."""

    def __init__(self, worker: _Worker, job: int) -> None:
        self._worker, self._job = worker, job

    def put(self, event: Event, /) -> None:
        """Send an event."""
        from aiprod_studio.engine import JobStarted

        if not isinstance(event, JobStarted):
            self._worker.send(Happened(self._job, event))


class _Measuring:
    """Looks at memory now and then while a job runs."""

    def __init__(self, worker: _Worker, opened: Opened) -> None:
        self._worker, self._opened = worker, opened
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, name="meters", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for it."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()

    def _look(self) -> None:
        import psutil

        process = psutil.Process()
        budgets = self._opened.services.budgets
        while not self._over.wait(MEASURE_GAP):
            vram = _card_memory(self._opened.services.device)
            self._worker.send(Measured(process.memory_info().rss, vram, budgets))


def _card_memory(device: str) -> int:
    """Return the bytes that torch holds on a card; 0 for the processor."""
    import sys

    torch = sys.modules.get("torch")
    if torch is None or not device.startswith("cuda"):
        return 0
    return int(torch.cuda.memory_reserved(device))

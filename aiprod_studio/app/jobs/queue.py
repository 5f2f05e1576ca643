"""The queue of jobs of the window: what runs, what waits, what has been.

The window adds jobs and asks for plans; a worker process does the work, one job at a time, with the
same store, journal and services as runs without a window. Everything the window hears goes through
`drain`, which it calls in its own thread when `on_news` has told it to; nothing here waits.
"""

from __future__ import annotations

import itertools
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

from aiprod_studio.app.jobs.history import MOST_PAST, Entry, EntryState, QueueFiles
from aiprod_studio.app.jobs.messages import (
    AskCancel,
    AskPlan,
    AskRun,
    Ended,
    FromWorker,
    Greeting,
    Happened,
    JobPlanned,
    Measured,
    Planned,
    Sheet,
    Work,
)
from aiprod_studio.app.jobs.process import WorkerProcess
from aiprod_studio.app.jobs.tally import Tally
from aiprod_studio.app.opened import Wishes
from aiprod_studio.app.places import Places
from aiprod_studio.app.settings import Settings
from aiprod_studio.engine.events import Event, StoreDamaged
from aiprod_studio.engine.report import Report
from aiprod_studio.graph import Document, dumps
from aiprod_studio.sdk import Failed, Problem, Refusal

__all__ = [
    "Ended", "Entry", "EntryState", "Job", "JobPlanned", "Measured", "Planned", "Queue",
    "QueueChanged", "Sheet",
]  # fmt: skip

OnDone: TypeAlias = Callable[[Ended], None]
OnPlan: TypeAlias = Callable[[Planned], None]
News: TypeAlias = tuple[int, Event | Ended | Measured | Planned]


@dataclass(frozen=True)
class Job:
    """Something to run.

    `document` is copied as text when the job is added, so it may change afterwards. `path` is the
    workflow's file, or where it would lie: relative files start there. `targets` name nodes; none
    means all that write files. `origin` says who asked. `on_done` is called by `drain`.
    """

    title: str
    document: Document | str
    path: Path
    targets: Sequence[str] = ()
    origin: str = ""
    on_done: OnDone | None = None
    fresh: bool = False
    output: Path | None = None
    wishes: Wishes = field(default_factory=Wishes)

    @property
    def text(self) -> str:
        """The document as text."""
        return self.document if isinstance(self.document, str) else dumps(self.document)

    def work(self, text: str) -> Work:
        """Return what the worker is told."""
        output = self.output or self.path.parent / "outputs"
        wishes = replace(self.wishes, output=output)
        return Work(text, self.path, tuple(self.targets), self.fresh, wishes)


@dataclass(frozen=True, slots=True)
class QueueChanged(Event):
    """The list of jobs looks different now."""


class Queue:
    """Jobs, one after the other.

    Args:
        places: the user's folders.
        settings: the user's decisions; `renew` tells of new ones.
        on_news: called from any thread when `drain` has something.
    """

    def __init__(
        self, places: Places, settings: Settings, on_news: Callable[[], None] = lambda: None
    ) -> None:
        self._places, self.on_news = places, on_news
        self._lock = threading.RLock()
        self._news: queue.SimpleQueue[News] = queue.SimpleQueue()
        self._entries: dict[int, Entry] = {}
        self._work: dict[int, Work] = {}
        self._tallies: dict[int, Tally] = {}
        self._on_done: dict[int, OnDone] = {}
        self._on_plan: dict[int, OnPlan] = {}
        self._tickets = itertools.count(1)
        self._running: int | None = None
        self._stopping: set[int] = set()
        self._paused = False
        self._closed = False
        self._files = QueueFiles(places.data / "queue")
        self._process = self._new_process(settings)
        self._entries |= {entry.id: entry for entry in self._files.take_over()}
        self._keep()

    # What is asked.

    def add(self, job: Job, *, first: bool = False) -> int:
        """Put a job at the end (or the front) and return its number."""
        text = job.text
        with self._lock:
            number = self._new_number()
            entry = Entry(
                number,
                job.title,
                str(job.path),
                tuple(job.targets),
                job.origin,
                "waiting",
                job.fresh,
                str(job.output or ""),
                time.time(),
            )
            self._work[number] = job.work(text)
            if job.on_done is not None:
                self._on_done[number] = job.on_done
            self._files.write_text(number, text)
            self._put(entry)
            if first:
                self.move(number, 0)
            self._go_on()
        return number

    def plan(
        self,
        document: Document | str,
        path: Path,
        on_plan: OnPlan,
        *,
        targets: Sequence[str] = (),
        owner: str = "",
        fresh: bool = False,
    ) -> None:
        """Ask what a run would do; `on_plan` is called by `drain`.

        Of several questions with one `owner`, only the latest may be answered.
        """
        job = Job("", document, path, targets, fresh=fresh)
        with self._lock:
            ticket = next(self._tickets)
            self._on_plan[ticket] = on_plan
            self._process.send(AskPlan(ticket, owner or str(ticket), job.work(job.text)))

    def drain(self, most: int = 200) -> list[tuple[int, Event | Ended | Measured]]:
        """Return what happened, each with the number of its job (0: none), and call callbacks."""
        found: list[tuple[int, Event | Ended | Measured]] = []
        for _ in range(most):
            try:
                number, news = self._news.get_nowait()
            except queue.Empty:
                break
            if isinstance(news, Planned):
                self._answer(news)
                continue
            if isinstance(news, Ended):
                done = self._on_done.pop(number, None)
                if done is not None:
                    done(news)
            found.append((number, news))
        else:
            self.on_news()
        return found

    def entries(self) -> list[Entry]:
        """Return all jobs: those at work and waiting in their order, then what has been."""
        with self._lock:
            opened = [entry for entry in self._entries.values() if entry.is_open]
            past = [entry for entry in self._entries.values() if not entry.is_open]
        return opened + sorted(past, key=lambda entry: -(entry.ended or entry.added))

    def history(self) -> list[Entry]:
        """Return the jobs that ended, the latest first."""
        return [entry for entry in self.entries() if not entry.is_open]

    def entry(self, number: int) -> Entry | None:
        """Return a job, None when it is forgotten."""
        return self._entries.get(number)

    def text(self, number: int) -> str | None:
        """Return the document that a job runs or ran, to open it again."""
        return self._files.text(number)

    def cancel(self, number: int) -> None:
        """Stop a job, or take it out of those that wait."""
        with self._lock:
            entry = self._entries.get(number)
            if entry is None or not entry.is_open:
                return
            if number == self._running:
                self._process.send(AskCancel(number))
                self._put(replace(entry, note="Stopping"))
            else:
                self._end(number, Ended(number, Report(cancelled=True)))

    def pause(self) -> None:
        """Stop the job at work where it can be gone on with, and begin no other."""
        with self._lock:
            self._paused = True
            if self._running is not None:
                self._stopping.add(self._running)
                self._process.send(AskCancel(self._running))
            self._changed()

    def resume(self) -> None:
        """Go on."""
        with self._lock:
            self._paused = False
            self._changed()
            self._go_on()

    @property
    def paused(self) -> bool:
        """Whether no job is begun."""
        return self._paused

    @property
    def running(self) -> Entry | None:
        """The job at work."""
        with self._lock:
            return self._entries.get(self._running) if self._running is not None else None

    def waiting(self) -> list[Entry]:
        """Return the jobs that wait, in their order."""
        return [entry for entry in self.entries() if entry.state == "waiting"]

    def move(self, number: int, place: int) -> None:
        """Put a waiting job at another place among those that wait; 0 is next."""
        with self._lock:
            order = [entry.id for entry in self.waiting()]
            if number not in order:
                return
            order.remove(number)
            order.insert(max(0, place), number)
            rest = {n: e for n, e in self._entries.items() if n not in order}
            self._entries = rest | {n: self._entries[n] for n in order}
            self._changed()

    def remove(self, number: int) -> None:
        """Forget a job; one at work is stopped first and stays in the history."""
        with self._lock:
            entry = self._entries.get(number)
            if entry is None:
                return
            if number == self._running:
                self.cancel(number)
                return
            self._forget(number)
            self._changed()

    def clear_history(self) -> None:
        """Forget all that has been."""
        with self._lock:
            for entry in self.history():
                self._forget(entry.id)
            self._changed()

    def retry(self, number: int) -> int | None:
        """Run a job that ended (or was kept) again; it goes on from its last checkpoint."""
        with self._lock:
            entry, text = self._entries.get(number), self.text(number)
            if entry is None or text is None or entry.state in ("waiting", "running"):
                return None
            output = Path(entry.output) if entry.output else None
            job = Job(
                entry.title,
                text,
                Path(entry.path),
                entry.targets,
                entry.origin,
                fresh=entry.fresh,
                output=output,
            )
            if entry.state == "kept":
                self._forget(number)
            return self.add(job)

    def kept(self) -> list[Entry]:
        """Return the jobs that waited or ran when the program ended."""
        return [entry for entry in self.entries() if entry.state == "kept"]

    def give_up_kept(self) -> None:
        """Do not offer them again."""
        with self._lock:
            for entry in self.kept():
                self._put(replace(entry, state="cancelled", ended=time.time()))

    def renew(self, settings: Settings) -> None:
        """Work by other settings from now on; a job at work is begun again and goes on."""
        with self._lock:
            old, running = self._process, self._running
            self._process = self._new_process(settings)
            if running is not None:
                self._back_to_waiting(running, first=True)
            self._on_plan.clear()
        threading.Thread(target=old.close, name="closing worker", daemon=True).start()
        with self._lock:
            self._go_on()

    def warm_up(self) -> None:
        """Start the worker ahead of the first wish."""
        self._process.send(AskCancel(0))

    @property
    def worker_pid(self) -> int | None:
        """The number of the worker's process, None while there is none."""
        return self._process.pid

    def close(self) -> None:
        """End; a job at work stops, and it and those that wait are offered at the next start."""
        with self._lock:
            self._closed = True
            self._files.write(self._entries.values())
        self._process.close()

    # What the worker says; these run in its listener's thread.

    def _hear(self, message: FromWorker) -> None:
        with self._lock:
            if self._closed:
                return
            if isinstance(message, Planned):
                self._tell(0, message)
            elif isinstance(message, Measured):
                self._tell(self._running or 0, message)
            elif isinstance(message, Happened):
                self._happened(message.job, message.event)
            else:
                self._end(message.job, message)
                self._go_on()

    def _happened(self, number: int, event: Event) -> None:
        entry, tally = self._entries.get(number), self._tallies.get(number)
        if entry is None or tally is None or number != self._running:
            return
        self._entries[number] = tally.take(entry, event)
        self._tell(number, event)

    def _died(self, process: WorkerProcess, code: int) -> None:
        """Give an answer to all that was asked of a worker that is no more."""
        with self._lock:
            if self._closed or process is not self._process:
                return
            problem = _death(code)
            for ticket in list(self._on_plan):
                self._tell(0, Planned(ticket, refused=(problem,)))
            if self._running is not None:
                self._end(self._running, Ended(self._running, refused=(problem,)))
            self._go_on()

    def _end(self, number: int, ended: Ended) -> None:
        entry = self._entries.get(number)
        if entry is None or not entry.is_open:
            return
        if number == self._running:
            self._running = None
        if number in self._stopping and ended.state == "cancelled":
            self._back_to_waiting(number, first=True)
            return
        self._stopping.discard(number)
        self._work.pop(number, None)
        self._tallies.pop(number, None)
        self._put(_ended(entry, ended))
        self._tell(number, ended)
        past = self.history()
        for old in past[MOST_PAST:]:
            self._forget(old.id)

    # Inside.

    def _go_on(self) -> None:
        """Begin the next job, if one waits and none is at work."""
        if self._running is not None or self._paused or self._closed:
            return
        waiting = self.waiting()
        if not waiting:
            return
        entry = waiting[0]
        self._running = entry.id
        self._tallies[entry.id] = Tally()
        self._put(replace(entry, state="running", started=time.time(), note="Planning"))
        self._process.send(AskRun(entry.id, self._work[entry.id]))

    def _back_to_waiting(self, number: int, *, first: bool) -> None:
        self._stopping.discard(number)
        self._running = None
        self._put(replace(self._entries[number], state="waiting", note="", seconds_left=None))
        if first:
            self.move(number, 0)

    def _new_process(self, settings: Settings) -> WorkerProcess:
        def died(code: int) -> None:
            self._died(process, code)

        def heard(message: FromWorker) -> None:
            if process is self._process:
                self._hear(message)

        process = WorkerProcess(Greeting(self._places, settings), heard, died)
        return process

    def _new_number(self) -> int:
        return max(int(time.time() * 1000), max(self._entries, default=0) + 1)

    def _answer(self, planned: Planned) -> None:
        with self._lock:
            on_plan = self._on_plan.pop(planned.ticket, None)
            # Questions that a later one of the same owner replaced are never answered.
            for ticket in [old for old in self._on_plan if old < planned.ticket - 64]:
                del self._on_plan[ticket]
        if on_plan is not None:
            on_plan(planned)

    def _put(self, entry: Entry) -> None:
        self._entries[entry.id] = entry
        self._changed()

    def _forget(self, number: int) -> None:
        self._entries.pop(number, None)
        self._work.pop(number, None)
        self._on_done.pop(number, None)
        self._files.forget(number)

    def _changed(self) -> None:
        self._keep()
        self._tell(0, QueueChanged())

    def _keep(self) -> None:
        """Write the list; what is wrong with the disk is told once."""
        if not self._entries:
            return
        before = self._files.trouble
        self._files.write(self._entries.values())
        if self._files.trouble and not before:
            self._tell(0, StoreDamaged(self._files.trouble))

    def _tell(self, number: int, news: Event | Ended | Measured | Planned) -> None:
        self._news.put((number, news))
        self.on_news()


def _ended(entry: Entry, ended: Ended) -> Entry:
    """Return how a job is listed when it is over."""
    node = next(iter(ended.report.failed), "")
    return replace(
        entry,
        state=ended.state,
        ended=time.time(),
        share=1.0 if ended.state == "done" else entry.share,
        note="",
        seconds_left=None,
        problems=tuple(map(str, ended.problems)),
        node=node,
        files=tuple(str(f.path) for f in (*ended.report.files, *ended.report.kept)),
    )


def _death(code: int) -> Problem:
    killed = code in (-9, 137)
    why = (
        "the process that renders was ended by the system, most likely because memory ran out"
        if killed
        else f"the process that renders ended unexpectedly (code {code})"
    )
    remedy = "Run it again: it goes on from where it stopped."
    if killed:
        remedy = "Close other programs or lower the RAM budget in the settings. " + remedy
    return Failed("", why, remedy)


def refusal_of(ended: Ended) -> Refusal | None:
    """Return why a job did not go well as a refusal, None when it did."""
    return Refusal(ended.problems) if ended.problems else None

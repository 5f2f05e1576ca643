"""The queue of jobs of the window: what runs, what waits, what has been.

The window adds jobs and asks for plans; a worker process does the work, one job at a time, with the
same store, journal and services as runs without a window. Everything the window hears goes through
`drain`, which it calls in its own thread when `on_news` has told it to; nothing here waits.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from aiprod_studio.app.jobs.endings import death_of_worker, over
from aiprod_studio.app.jobs.history import Entry, QueueFiles
from aiprod_studio.app.jobs.job import Job, OnDone
from aiprod_studio.app.jobs.job_list import JobList
from aiprod_studio.app.jobs.messages import (
    AskCancel,
    AskPlan,
    AskRun,
    Ended,
    FromWorker,
    Greeting,
    Happened,
    Measured,
    Planned,
    Work,
)
from aiprod_studio.app.jobs.news import NewsBox, QueueChanged
from aiprod_studio.app.jobs.process import WorkerProcess
from aiprod_studio.app.jobs.questions import OnPlan, Questions
from aiprod_studio.app.jobs.tally import Tally
from aiprod_studio.app.places import Places
from aiprod_studio.app.settings import Settings
from aiprod_studio.engine.events import Event, StoreDamaged
from aiprod_studio.engine.report import Report
from aiprod_studio.graph import Document


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
        self._places = places
        self._lock = threading.RLock()
        self._news = NewsBox(on_news)
        self._work: dict[int, Work] = {}
        self._tallies: dict[int, Tally] = {}
        self._on_done: dict[int, OnDone] = {}
        self._questions = Questions()
        self._running: int | None = None
        self._stopping: set[int] = set()
        self._paused = False
        self._closed = False
        self._process = self._new_process(settings)
        self._list = JobList(QueueFiles(places.data / "queue"))

    def call_on_news(self, on_news: Callable[[], None]) -> None:
        """Call this from now on when `drain` has something."""
        self._news.on_news = on_news

    # What is asked.

    def add(self, job: Job, *, first: bool = False) -> int:
        """Put a job at the end (or the front) and return its number."""
        text = job.text
        with self._lock:
            number = self._list.new_number()
            self._work[number] = job.work(text)
            if job.on_done is not None:
                self._on_done[number] = job.on_done
            self._list.add(job.entry(number), text)
            self._changed()
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
        output: Path | None = None,
    ) -> None:
        """Ask what a run would do; `on_plan` is called by `drain`.

        Of several questions with one `owner`, only the latest may be answered. `output` is where
        files would go: it decides whether they are there already.
        """
        job = Job("", document, path, targets, fresh=fresh, output=output)
        with self._lock:
            ticket = self._questions.ask(on_plan)
            self._process.send(AskPlan(ticket, owner or str(ticket), job.work(job.text)))

    def drain(self, most: int = 200) -> list[tuple[int, Event | Ended | Measured]]:
        """Return what happened, each with the number of its job (0: none), and call callbacks."""
        found: list[tuple[int, Event | Ended | Measured]] = []
        for number, news in self._news.take(most):
            if isinstance(news, Planned):
                self._answer(news)
                continue
            if isinstance(news, Ended):
                done = self._on_done.get(number)
                if news.state == "done":
                    self._on_done.pop(number, None)  # else it may be run again
                if done is not None:
                    done(news)
            found.append((number, news))
        return found

    def entries(self) -> list[Entry]:
        """Return all jobs: those at work and waiting in their order, then what has been."""
        with self._lock:
            return self._list.all()

    def history(self) -> list[Entry]:
        """Return the jobs that ended, the latest first."""
        with self._lock:
            return self._list.past()

    def entry(self, number: int) -> Entry | None:
        """Return a job, None when it is forgotten."""
        return self._list.get(number)

    def text(self, number: int) -> str | None:
        """Return the document that a job runs or ran, to open it again."""
        return self._list.text(number)

    def cancel(self, number: int) -> None:
        """Stop a job, or take it out of those that wait."""
        with self._lock:
            entry = self._list.get(number)
            if entry is None or not entry.is_open:
                return
            if number == self._running:
                self._stopping.discard(number)
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
            return self._list.get(self._running) if self._running is not None else None

    def waiting(self) -> list[Entry]:
        """Return the jobs that wait, in their order."""
        with self._lock:
            return self._list.waiting()

    def move(self, number: int, place: int) -> None:
        """Put a waiting job at another place among those that wait; 0 is next."""
        with self._lock:
            if self._list.move(number, place):
                self._changed()

    def remove(self, number: int) -> None:
        """Forget a job; one at work is stopped first and stays in the history."""
        with self._lock:
            entry = self._list.get(number)
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
        """Run a job that ended (or was kept) again; it goes on from its last checkpoint.

        Who wanted to know of its end hears of this one, unless it was done already.
        """
        with self._lock:
            entry, text = self._list.get(number), self.text(number)
            if entry is None or text is None or entry.state in ("waiting", "running"):
                return None
            job = replace(Job.again(entry, text), on_done=self._on_done.get(number))
            if entry.state == "kept":
                self._forget(number)
            return self.add(job)

    def kept(self) -> list[Entry]:
        """Return the jobs that waited or ran when the program ended."""
        with self._lock:
            return self._list.kept()

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
                self._back_to_waiting(running)
            self._questions.forget()
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
            self._list.write()
        self._process.close()

    # What the worker says; these run in its listener's thread.

    def _hear(self, message: FromWorker) -> None:
        with self._lock:
            if self._closed:
                return
            if isinstance(message, Planned):
                self._news.put(0, message)
            elif isinstance(message, Measured):
                self._news.put(self._running or 0, message)
            elif isinstance(message, Happened):
                self._happened(message.job, message.event)
            else:
                self._end(message.job, message)
                self._go_on()

    def _happened(self, number: int, event: Event) -> None:
        entry, tally = self._list.get(number), self._tallies.get(number)
        if entry is None or tally is None or number != self._running:
            return
        self._list.put(tally.take(entry, event))
        self._news.put(number, event)

    def _died(self, process: WorkerProcess, code: int) -> None:
        """Give an answer to all that was asked of a worker that is no more."""
        with self._lock:
            if self._closed or process is not self._process:
                return
            problem = death_of_worker(code)
            for ticket in self._questions.open():
                self._news.put(0, Planned(ticket, refused=(problem,)))
            if self._running is not None:
                self._end(self._running, Ended(self._running, refused=(problem,)))
            self._go_on()

    def _end(self, number: int, ended: Ended) -> None:
        entry = self._list.get(number)
        if entry is None or not entry.is_open:
            return
        if number == self._running:
            self._running = None
        if number in self._stopping and ended.state == "cancelled":
            self._back_to_waiting(number)
            return
        self._stopping.discard(number)
        self._work.pop(number, None)
        self._tallies.pop(number, None)
        self._put(over(entry, ended))
        self._news.put(number, ended)
        self._list.drop_oldest()

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

    def _back_to_waiting(self, number: int) -> None:
        self._stopping.discard(number)
        self._running = None
        entry = self._list.get(number)
        assert entry is not None
        self._put(replace(entry, state="waiting", note="", seconds_left=None))
        self.move(number, 0)

    def _new_process(self, settings: Settings) -> WorkerProcess:
        def died(code: int) -> None:
            self._died(process, code)

        def heard(message: FromWorker) -> None:
            if process is self._process:
                self._hear(message)

        process = WorkerProcess(Greeting(self._places, settings), heard, died)
        return process

    def _answer(self, planned: Planned) -> None:
        with self._lock:
            on_plan = self._questions.take(planned)
        if on_plan is not None:
            on_plan(planned)

    def _put(self, entry: Entry) -> None:
        self._list.put(entry)
        self._changed()

    def _forget(self, number: int) -> None:
        self._list.drop(number)
        self._work.pop(number, None)
        self._on_done.pop(number, None)

    def _changed(self) -> None:
        """Keep the list and say that it changed; what is wrong with the disk is told once."""
        trouble = self._list.write()
        self._news.put(0, QueueChanged())
        if trouble:
            self._news.put(0, StoreDamaged(trouble))

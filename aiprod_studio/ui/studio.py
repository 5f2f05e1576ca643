"""What all open documents of the window share: folders, settings, node types, queue, results.

The shell makes one at the start; tests make one in a folder of their own. Slow reading goes through
`later`, which works in threads and answers in the window's thread.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from aiprod_studio.app.jobs.queue import Queue
from aiprod_studio.app.packs import Registry, load_packs
from aiprod_studio.app.places import Places, shipped, user_places
from aiprod_studio.app.session.earlier import EarlierRuns
from aiprod_studio.app.session.results import Results
from aiprod_studio.app.settings import Settings, load_settings, save_settings
from aiprod_studio.sdk import Missing, NodeSpec, Problem, Refusal
from aiprod_studio.ui.queue.bridge import QueueBridge

T = TypeVar("T")
THREADS = 2


class Studio(QObject):
    """The program as the window sees it."""

    settings_changed = Signal()
    specs_changed = Signal()
    refused = Signal(object)
    """A problem that belongs to no document."""
    _ready = Signal(object)
    """An errand has been run; told from its thread, heard in this one."""

    def __init__(
        self,
        places: Places | None = None,
        settings: Settings | None = None,
        registry: Registry | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.places = places or user_places()
        self.start_problems: list[Problem] = []
        self.settings = settings if settings is not None else self._load_settings()
        self.registry = registry or load_packs(
            shipped("nodes"), self.places.packs, self.settings.packs
        )
        self.start_problems += self.registry.problems
        self.queue = Queue(self.places, self.settings)
        self.bridge = QueueBridge(self.queue, self)
        self.results = Results(self.places.store)
        self.earlier = EarlierRuns(self.places.store, self.results)
        # Threads of Python: Qt's pool never lets go of runnables that are written in Python.
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="reading")
        self._under_way: set[Future[None]] = set()
        self._ready.connect(self._answer, Qt.ConnectionType.QueuedConnection)
        self._closed = False

    @property
    def specs(self) -> Mapping[str, NodeSpec]:
        """All node types by name."""
        return self.registry.specs

    def decide(self, settings: Settings) -> bool:
        """Keep new settings and work by them; False when they cannot be written."""
        before, self.settings = self.settings, settings
        try:
            save_settings(settings, self.places.settings)
        except OSError as error:
            why = f"they cannot be written ({error.strerror or error})"
            self.refused.emit(Problem("the settings", why, "They hold until the program ends."))
        if before.packs != settings.packs:
            self.registry = load_packs(shipped("nodes"), self.places.packs, settings.packs)
            self.specs_changed.emit()
        if settings != before:
            self.queue.renew(settings)
            self.settings_changed.emit()
        return True

    def later(
        self,
        work: Callable[[], T],
        then: Callable[[T], None],
        failed: Callable[[Problem], None] | None = None,
        *,
        owner: QObject | None = None,
    ) -> None:
        """Do something slow in a thread, then tell its result in the window's thread.

        Nothing is told when `owner` is gone by then. A refusal goes to `failed`.
        """
        if self._closed:
            return
        keeper = weakref.ref(owner) if owner is not None else None

        def answer(result: Any, problem: Problem | None) -> None:
            if self._closed or (keeper is not None and not _alive(keeper())):
                return
            if problem is None:
                then(result)
            elif failed is not None:
                failed(problem)

        future = self._pool.submit(lambda: self._ready.emit((answer, *_outcome(work))))
        self._under_way.add(future)
        future.add_done_callback(self._under_way.discard)

    def show_folder(self, folder: Path) -> None:
        """Open a folder in what the system shows folders with; say where it is if there is none."""
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            why = "the system has no program that shows folders"
            self.refused.emit(Missing(f"folder {folder}", why, "Look into it by other means."))

    def _answer(self, told: tuple[Callable[[Any, Any], None], Any, Any]) -> None:
        answer, result, problem = told
        answer(result, problem)

    def wait(self) -> None:
        """Wait until nothing slow is under way; for the end and for tests."""
        while self._under_way:
            wait(tuple(self._under_way))

    def close(self) -> None:
        """End the worker and all threads."""
        self._closed = True
        self._pool.shutdown(wait=True, cancel_futures=True)
        self.bridge.close()
        self.queue.close()
        self.earlier.close()
        self.results.close()

    def _load_settings(self) -> Settings:
        try:
            return load_settings(self.places.settings)
        except Refusal as refusal:
            self.start_problems += refusal.problems
            return Settings()


def _outcome(work: Callable[[], T]) -> tuple[T | None, Problem | None]:
    """Do the work and return its result, or why there is none."""
    try:
        return work(), None
    except Refusal as refusal:
        return None, refusal.problems[0]
    except Exception as error:  # a thread must not die silently
        why = f"the program has a defect ({type(error).__name__}: {error})"
        return None, Problem("", why, "Please report it.")


def _alive(owner: QObject | None) -> bool:
    """Say whether a Qt object still exists behind its Python name."""
    from shiboken6 import isValid

    return owner is not None and bool(isValid(owner))  # type: ignore[no-untyped-call]

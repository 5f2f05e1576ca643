"""An export in a thread of its own: how far it is, how it ended, and a way to stop it.

The dialog starts one and shows it. The document is handed over as text, so that editing goes on.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from aiprod_studio.sdk import Cancelled, Failed, Problem, Refusal

if TYPE_CHECKING:
    from aiprod_studio.graph import Document

Progress = Callable[[int, int], None]
Check = Callable[[], None]
Work = Callable[["Document", Progress, Check], tuple[str, ...]]
"""Writes something of the document; returns sentences worth telling."""


class ExportJob(QObject):
    """One export; `done` is told in the window's thread."""

    progressed = Signal(int, int)
    done = Signal(object, object)
    """Sentences worth telling, and the problem that ended it or None."""

    def __init__(
        self, read: Callable[[], Document], work: Work, path: Path, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.path = path
        self._read, self._work = read, work
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="export", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def cancel(self) -> None:
        """Stop soon; no file is left."""
        self._stop.set()

    def wait(self) -> None:
        """Wait until it is over."""
        if self._thread.is_alive():
            self._thread.join(30)

    @property
    def cancelled(self) -> bool:
        """Whether it was asked to stop."""
        return self._stop.is_set()

    def _check(self) -> None:
        if self._stop.is_set():
            raise Cancelled

    def _run(self) -> None:
        told: tuple[str, ...] = ()
        problem: Problem | None = None
        try:
            told = self._work(self._read(), self.progressed.emit, self._check)
        except Refusal as refusal:
            problem = refusal.problems[0]
        except Cancelled:
            pass
        except Exception as error:  # a thread must not die silently
            problem = _defect(error)
        self.done.emit(told, problem)


def _defect(error: Any) -> Problem:
    why = f"the program has a defect ({type(error).__name__}: {error})"
    return Failed("the export", why, "Please report it.")

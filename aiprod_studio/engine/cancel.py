"""The token that stops a run; set from any thread, looked at by the runner and by every node.

The window, the command line's Ctrl-C handler and the queue set it. It never interrupts anything by
itself: work stops at its next `check()`.
"""

from __future__ import annotations

import threading

from aiprod_studio.sdk import Cancelled


class CancelToken:
    """Says that the artist wants a run to stop."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def set(self) -> None:
        """Ask the run to stop; safe from any thread and from a signal handler."""
        self._event.set()

    @property
    def is_set(self) -> bool:
        """Whether somebody asked."""
        return self._event.is_set()

    def check(self) -> None:
        """Raise `Cancelled` when somebody asked."""
        if self._event.is_set():
            raise Cancelled("the run was cancelled")

"""Brings what the queue hears to the window's thread, as signals.

The window has one. It decides nothing; whoever shows jobs connects here.
"""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject, Qt, Signal

from aiprod_studio.app.jobs.messages import Ended, Measured
from aiprod_studio.app.jobs.news import QueueChanged
from aiprod_studio.app.jobs.queue import Queue

AT_ONCE = 60
"""Events handled before the window gets its turn again."""


class QueueBridge(QObject):
    """Signals of a queue."""

    happened = Signal(object, object)
    """An engine event (or `JobPlanned`) of a job."""
    ended = Signal(object, object)
    """A job is over: its number, `Ended`."""
    changed = Signal()
    """The list of jobs looks different."""
    measured = Signal(object)
    """What the worker uses now: `Measured`."""
    _news = Signal()

    def __init__(self, queue: Queue, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.queue = queue
        self._asked = threading.Event()
        self._news.connect(self._drain, Qt.ConnectionType.QueuedConnection)
        queue.call_on_news(self._wake)

    def _wake(self) -> None:
        """Ask for a turn in the window's thread; called from any thread."""
        if not self._asked.is_set():
            self._asked.set()
            self._news.emit()

    def _drain(self) -> None:
        self._asked.clear()
        changed = False
        for number, news in self.queue.drain(AT_ONCE):
            if isinstance(news, QueueChanged):
                changed = True
            elif isinstance(news, Measured):
                self.measured.emit(news)
            elif isinstance(news, Ended):
                self.ended.emit(number, news)
            else:
                self.happened.emit(number, news)
        if changed:
            self.changed.emit()

    def close(self) -> None:
        """Hear no more."""
        self.queue.call_on_news(lambda: None)
        self._news.disconnect()

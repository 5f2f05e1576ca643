"""What happened in the worker, waiting for the window to fetch it in its own thread."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from aiprod_studio.app.jobs.messages import Ended, Measured, Planned
from aiprod_studio.engine.events import Event

News: TypeAlias = Event | Ended | Measured | Planned


@dataclass(frozen=True, slots=True)
class QueueChanged(Event):
    """The list of jobs looks different now."""


class NewsBox:
    """News, each with the number of its job (0: of none). Any thread may put some in.

    `on_news` is called from any thread when there is something to take.
    """

    def __init__(self, on_news: Callable[[], None]) -> None:
        self.on_news = on_news
        self._box: queue.SimpleQueue[tuple[int, News]] = queue.SimpleQueue()

    def put(self, number: int, news: News) -> None:
        """Put news in and say so."""
        self._box.put((number, news))
        self.on_news()

    def take(self, most: int) -> Iterator[tuple[int, News]]:
        """Take at most so many out; when more are left, it is said again."""
        for _ in range(most):
            try:
                yield self._box.get_nowait()
            except queue.Empty:
                return
        self.on_news()

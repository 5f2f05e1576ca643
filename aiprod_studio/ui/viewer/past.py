"""What nodes gave before: each result that was seen while the document is open, newest first.

The viewer offers it for comparing with an earlier run. Results stay in the store until it needs
room; one that is gone is said when it is opened. No Qt.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from aiprod_studio.app.session.results import Result

MOST = 20


@dataclass(frozen=True)
class Earlier:
    """A result and when it was there first."""

    result: Result
    at: datetime

    @property
    def words(self) -> str:
        """How a menu calls it."""
        return f"{self.at:%H:%M:%S}"


class Past:
    """The results of nodes as they came."""

    def __init__(self, now: Callable[[], datetime] = datetime.now) -> None:
        self._now = now
        self._found: dict[str, list[Earlier]] = {}

    def note(self, result: Result) -> None:
        """Remember a result; one that is known keeps its time."""
        known = self._found.setdefault(result.node, [])
        if all(entry.result.key != result.key for entry in known):
            known.insert(0, Earlier(result, self._now()))
            del known[MOST:]

    def renamed(self, old: str, new: str) -> None:
        """Follow a node to its new name."""
        if old in self._found:
            self._found[new] = self._found.pop(old)

    def before(self, result: Result) -> list[Earlier]:
        """Return what the same node gave at other times, newest first."""
        known = self._found.get(result.node, [])
        return [entry for entry in known if entry.result.key != result.key]

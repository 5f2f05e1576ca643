"""What nodes gave before, newest first: in earlier runs, and seen while the document is open.

The viewer offers it for comparing with an earlier run. Results stay in the store until it needs
room; one that is gone is said when it is opened. No Qt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from aiprod_studio.app.session.earlier import Earlier
from aiprod_studio.app.session.results import Result

MOST = 20


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

    def take(self, node: str, earlier: Iterable[Earlier]) -> None:
        """Take what the journal tells of a node: it knows the times, and how the runs differed."""
        told = {entry.result.key: entry for entry in earlier}
        rest = [entry for entry in self._found.get(node, []) if entry.result.key not in told]
        found = sorted((*told.values(), *rest), key=lambda entry: entry.at, reverse=True)
        self._found[node] = found[:MOST]

    def renamed(self, old: str, new: str) -> None:
        """Follow a node to its new name."""
        if old in self._found:
            self._found[new] = self._found.pop(old)

    def before(self, result: Result) -> list[Earlier]:
        """Return what the same node gave at other times, newest first."""
        known = self._found.get(result.node, [])
        return [entry for entry in known if entry.result.key != result.key]

    def words(self, entry: Earlier) -> str:
        """Return how a menu calls an earlier result."""
        return entry.words(self._now())

"""Entries of the store that are in use here, and how other processes get to know.

Only the store uses it. Small entries are pinned in this process alone: who deletes one costs nobody
more than computing it again. Entries with files are written to the index, because a file that
disappears while it is read would stop a step.
"""

from __future__ import annotations

from collections.abc import Iterable

from aiprod_studio.engine.database import Batch
from aiprod_studio.engine.owners import myself


class Pins:
    """Keys in use."""

    def __init__(self) -> None:
        self.keys: set[str] = set()
        self._with_files: set[str] = set()
        self._shown: set[str] = set()
        self._showing: set[str] = set()

    def have_files(self, keys: Iterable[str]) -> None:
        """Note which entries have files."""
        self._with_files.update(keys)

    def add(self, key: str) -> None:
        """Note that an entry is in use."""
        self.keys.add(key)

    def discard(self, key: str) -> None:
        """Note that an entry is no longer in use."""
        self.keys.discard(key)

    def clear(self) -> None:
        """Note that nothing is in use."""
        self.keys.clear()

    def batches(self) -> list[Batch]:
        """Return what has to be written for other processes to know."""
        self._showing = self.keys & self._with_files
        if self._showing == self._shown:
            return []
        owner = str(myself())
        new = [(key, owner) for key in self._showing - self._shown]
        old = [(key, owner) for key in self._shown - self._showing]
        return [
            ("INSERT OR REPLACE INTO pins VALUES (?,?)", new),
            ("DELETE FROM pins WHERE key=? AND owner=?", old),
        ]

    def written(self) -> None:
        """Note that the last batches are in the index."""
        self._shown = self._showing

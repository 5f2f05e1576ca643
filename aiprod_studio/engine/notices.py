"""What the store has to say to the artist, kept until the run asks for it.

The store and its index add to it, from whatever thread; the carrier takes and shows it.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Literal

Kind = Literal["damaged", "full", "unkept"]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the artist should know: an entry was damaged, or could not be kept on disk."""

    kind: Kind
    key: str
    text: str


class Notices:
    """Notices that nobody has taken yet."""

    def __init__(self) -> None:
        self._waiting: list[Notice] = []
        self._lock = threading.Lock()

    def add(self, kind: Kind, key: str, text: str) -> None:
        """Add one, unless the same already waits."""
        notice = Notice(kind, key, text)
        with self._lock:
            if notice not in self._waiting:
                self._waiting.append(notice)

    def take(self) -> list[Notice]:
        """Return what waits, once."""
        with self._lock:
            taken, self._waiting = self._waiting, []
        return taken

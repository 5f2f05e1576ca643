"""The store's first tier: values in RAM, up to a size, the least recently used going first.

Only the store uses it. Entries that exist nowhere else are held until they are released.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiprod_studio.engine.entries import Blob

SMALL = 1 << 20
"""Values up to this size stay after their last user, for the next run; larger ones go at once."""


@dataclass(slots=True)
class Held:
    """A value in RAM, and the files of the store that it cannot do without."""

    value: Mapping[str, Any]
    size: int
    only: bool = False
    files: Sequence[Blob] = ()


class Warm:
    """Values by key; safe to use from several threads."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._lock = threading.Lock()
        self._entries: OrderedDict[str, Held] = OrderedDict()
        self._size = 0

    @property
    def size(self) -> int:
        """Bytes held, about."""
        return self._size

    def get(self, key: str) -> Held | None:
        """Return the value, and count it as used now."""
        with self._lock:
            found = self._entries.get(key)
            if found is not None:
                self._entries.move_to_end(key)
            return found

    def only_here(self, key: str) -> bool:
        """Say whether this key's value exists in RAM alone."""
        found = self._entries.get(key)
        return found is not None and found.only

    def put(self, key: str, held: Held) -> None:
        """Hold a value; with `only` until it is released."""
        with self._lock:
            self._remove(key)
            if held.size > self.capacity and not held.only:
                return
            self._entries[key] = held
            self._size += held.size
            if self._size > self.capacity:
                self._make_room()

    def release(self, key: str) -> None:
        """Say that this run needs the value no more."""
        with self._lock:
            found = self._entries.get(key)
            if found is not None and (found.only or found.size > SMALL):
                self._remove(key)

    def drop(self, key: str) -> None:
        """Forget a value."""
        with self._lock:
            self._remove(key)

    def clear(self) -> None:
        """Forget all values."""
        with self._lock:
            self._entries.clear()
            self._size = 0

    def _remove(self, key: str) -> None:
        found = self._entries.pop(key, None)
        if found is not None:
            self._size -= found.size

    def _make_room(self) -> None:
        going = [key for key, entry in self._entries.items() if not entry.only]
        for key in going:
            if self._size <= self.capacity:
                return
            self._remove(key)

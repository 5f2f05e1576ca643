"""Arrays held in memory within a number of bytes: decoded frames, samples, composed pictures.

`reels` and `composing` keep what they have read or made here. Nothing is ever written to the disk.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any, Generic, TypeVar

K = TypeVar("K")


class Kept(Generic[K]):
    """Arrays by key, the least used leaving first when they take more than so many bytes."""

    def __init__(self, most: int) -> None:
        self._most, self._size = most, 0
        self._held: OrderedDict[K, Any] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: K) -> Any:
        """Return an array, or None."""
        with self._lock:
            found = self._held.get(key)
            if found is not None:
                self._held.move_to_end(key)
            return found

    def put(self, key: K, array: Any) -> Any:
        """Keep an array, read-only, and return it."""
        array.flags.writeable = False
        with self._lock:
            before = self._held.pop(key, None)
            self._size += array.nbytes - (before.nbytes if before is not None else 0)
            self._held[key] = array
            while self._size > self._most and len(self._held) > 1:
                self._size -= self._held.popitem(last=False)[1].nbytes
        return array

"""Decoding ahead: one worker thread that reads frames and keeps the last ones in memory.

The player says where it is and which way it goes; the worker reads that frame first and then those
that come next, within a budget of bytes. It never calls the window: it emits `ready` and `failed`,
which Qt hands to the thread of the receiver.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from aiprod_studio.sdk import Failed, Problem, Refusal
from aiprod_studio.ui.viewer.source import Frames

if TYPE_CHECKING:
    from aiprod_studio.sdk.values import UInt8Array

KEPT_BYTES = 384 * 2**20
AHEAD = 24
"""How many frames are read before they are needed."""


class Decoder(QObject):
    """Reads frames of one source; ask with `want`, look with `get`."""

    ready = Signal(object, int)
    """This decoder has read a frame."""
    failed = Signal(object, object)
    """This decoder could not read a frame, and why not."""

    def __init__(self, source: Frames, kept_bytes: int = KEPT_BYTES) -> None:
        super().__init__()
        self.source = source
        width, height = source.size
        self._most = max(4, kept_bytes // max(1, width * height * 3))
        self._kept: OrderedDict[int, UInt8Array] = OrderedDict()
        self._bad: set[int] = set()
        self._wish: list[int] = []
        self._changed = threading.Condition()
        self._ended = False
        self._thread = threading.Thread(target=self._work, name="frames", daemon=True)
        self._thread.start()

    def get(self, index: int) -> UInt8Array | None:
        """Return a frame if it is there."""
        with self._changed:
            found = self._kept.get(index)
            if found is not None:
                self._kept.move_to_end(index)
            return found

    def want(self, index: int, way: int = 1, first: int = 0, last: int | None = None) -> None:
        """Ask for a frame, and after it for those that follow in a direction within a range."""
        end = self.source.count - 1 if last is None else last
        ahead = min(AHEAD, self._most - 2)
        wish = [index]
        if way:
            wish += [n for k in range(1, ahead + 1) if first <= (n := index + k * way) <= end]
            room = ahead + 1 - len(wish)
            back = first if way > 0 else end  # a loop goes on there
            wish += [n for k in range(room) if first <= (n := back + k * way) <= end]
        with self._changed:
            self._wish = [n for n in dict.fromkeys(wish) if n not in self._kept]
            self._changed.notify()

    def cached(self) -> list[int]:
        """Return the numbers of the frames that are there, in order."""
        with self._changed:
            return sorted(self._kept)

    @property
    def alive(self) -> bool:
        """Whether its thread still runs; keep it until then."""
        return self._thread.is_alive()

    def close(self, wait: bool = False) -> None:
        """End the thread and let go of the source; at most the frame being read is waited for."""
        with self._changed:
            self._ended = True
            self._wish = []
            self._changed.notify()
        if wait:
            self._thread.join(10)

    def _work(self) -> None:
        while (index := self._next()) is not None:
            self._read(index)
        shut = getattr(self.source, "close", None)
        if shut is not None:
            shut()

    def _next(self) -> int | None:
        """Wait for a wish; None when it is over."""
        with self._changed:
            while not self._ended:
                while self._wish:
                    index = self._wish.pop(0)
                    if index not in self._bad:
                        return index
                self._changed.wait()
        return None

    def _read(self, index: int) -> None:
        try:
            frame = self.source.frame(index)
        except Refusal as refusal:
            self._tell_failed(index, refusal.problems[0])
            return
        except Exception as error:  # whatever a decoder raises must not end the thread
            why = f"it cannot be read ({type(error).__name__}: {error})"
            self._tell_failed(index, Failed(f"frame {index}", why, "Render it again."))
            return
        with self._changed:
            self._kept[index] = frame
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
            if not self._ended:
                self.ready.emit(self, index)

    def _tell_failed(self, index: int, problem: Problem) -> None:
        with self._changed:
            self._bad.add(index)
            self._wish = []
            if not self._ended:
                self.failed.emit(self, problem)

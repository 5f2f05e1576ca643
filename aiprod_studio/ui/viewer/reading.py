"""Reading one film after another: a decoder for what is shown now, and those that still end.

The player and the other side of a comparison have one each. Nobody waits for a decoder that is let
go, and no word of it arrives any more; only `close` waits for the threads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from aiprod_studio.ui.viewer.decoder import Decoder
from aiprod_studio.ui.viewer.source import Frames

if TYPE_CHECKING:
    from aiprod_studio.sdk.values import UInt8Array


class Reading(QObject):
    """Reads frames of the source that was set last."""

    arrived = Signal(int)
    """This frame is in memory."""
    failed = Signal(object)
    """A frame could not be read: the problem."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._decoder: Decoder | None = None
        self._ending: list[Decoder] = []

    @property
    def source(self) -> Frames | None:
        """What is read."""
        return self._decoder.source if self._decoder else None

    def set_source(self, source: Frames | None) -> None:
        """Read something else, None for nothing."""
        self._let_go()
        if source is not None:
            self._decoder = Decoder(source)
            self._decoder.ready.connect(self._arrived)
            self._decoder.failed.connect(self._stumbled)

    def want(self, index: int, way: int = 1, first: int = 0, last: int | None = None) -> None:
        """Ask for a frame, and after it for those that follow in a direction within a range."""
        if self._decoder is not None:
            self._decoder.want(index, way, first, last)

    def get(self, index: int) -> UInt8Array | None:
        """Return a frame, uint8 (height, width, 3), if it is in memory."""
        return self._decoder.get(index) if self._decoder else None

    def cached(self) -> list[int]:
        """Return the numbers of the frames that are in memory, in order."""
        return self._decoder.cached() if self._decoder else []

    def close(self) -> None:
        """Let go, and wait for the threads."""
        self._let_go()
        for decoder in self._ending:
            decoder.close(wait=True)
        self._ending = []

    def _let_go(self) -> None:
        """Let the decoder end by itself; it is kept for as long as its thread may speak."""
        self._ending = [decoder for decoder in self._ending if decoder.alive]
        if self._decoder is not None:
            self._decoder.close()
            self._ending.append(self._decoder)
            self._decoder = None

    def _arrived(self, decoder: object, index: int) -> None:
        if decoder is self._decoder:
            self.arrived.emit(index)

    def _stumbled(self, decoder: object, problem: object) -> None:
        if decoder is self._decoder:
            self.failed.emit(problem)

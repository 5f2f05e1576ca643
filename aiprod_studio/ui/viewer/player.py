"""The transport: play, pause, J K L, loop, in and out, steps; which frame is due at what time.

Viewer and Edit workspace share it. It counts time by a rational rate from a monotonic clock, so
nothing drifts; a frame that comes too late is dropped and counted. It shows nothing itself: give
`frame_ready` to a `Screen`. Sound follows by `sound_started` and `sound_stopped`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from aiprod_studio.ui.viewer.reading import Reading
from aiprod_studio.ui.viewer.source import Frames

if TYPE_CHECKING:
    from aiprod_studio.sdk.values import UInt8Array

SPEEDS = (1, 2, 4, 8)
PATIENCE = 6
"""Frames that may be late before the clock waits for the decoder."""


class Player(QObject):
    """Plays frames; `index` is the frame that should be seen, from 0."""

    frame_changed = Signal(int)
    """The frame that should be seen is another."""
    frame_ready = Signal(int, object)
    """The frame that should be seen is here: its number, uint8 (height, width, 3)."""
    state_changed = Signal()
    """Playing, speed, loop, range or source changed."""
    cache_changed = Signal()
    failed = Signal(object)
    sound_started = Signal(float, float)
    """Sound should be heard from this second on, at this speed (1 is forward)."""
    sound_stopped = Signal()

    def __init__(
        self,
        source: Frames | None = None,
        parent: QObject | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self.reading = Reading(self)
        self.reading.arrived.connect(self._arrived)
        self.reading.failed.connect(self._stumbled)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self.index = 0
        self.speed = 0
        self.loop = True
        self.dropped = 0
        self._first, self._last = 0, 0
        self._since, self._from = 0.0, 0
        self._seen = -1
        if source is not None:
            self.set_source(source)

    # What it plays.

    @property
    def source(self) -> Frames | None:
        """What is played."""
        return self.reading.source

    @property
    def count(self) -> int:
        """How many frames there are."""
        return self.source.count if self.source else 0

    @property
    def rate(self) -> Fraction:
        """Frames a second."""
        return self.source.rate if self.source else Fraction(24)

    @property
    def playing(self) -> bool:
        """Whether time goes on."""
        return self.speed != 0

    @property
    def range(self) -> tuple[int, int]:
        """The first and the last frame that are played."""
        return (self._first, self._last)

    def set_source(self, source: Frames | None, keep: bool = False) -> None:
        """Play something else; `keep` stays at the time and goes on as it was."""
        was, index = self.speed, self.index
        rate = self.rate if self.source is not None else None
        self.pause()
        self.reading.set_source(source)
        self._first, self._last = 0, max(0, self.count - 1)
        self.index, self._seen, self.dropped = -1, -1, 0
        if rate is not None and source is not None:
            index = round(index * self.rate / rate)
        self._go(min(index, self._last) if keep else 0)
        if keep and was:
            self._run(was)
        self.state_changed.emit()

    def frame(self, index: int | None = None) -> UInt8Array | None:
        """Return a frame if it is in memory, the one that should be seen by default."""
        return self.reading.get(self.index if index is None else index)

    def cached(self) -> list[int]:
        """Return the numbers of the frames that are in memory."""
        return self.reading.cached()

    def refresh(self) -> None:
        """Read everything again, because the source shows something else now."""
        source, first, last = self.source, self._first, self._last
        if source is not None:
            self.set_source(source, keep=True)
            if last < self.count:
                self.set_range(first, last)

    def close(self) -> None:
        """Stop, and wait for the worker threads to end."""
        self.set_source(None)
        self.reading.close()

    # The transport.

    def play(self, speed: int = 1) -> None:
        """Play from here; negative speeds go back."""
        if self.count > 1:
            at_end = self.index >= self._last if speed > 0 else self.index <= self._first
            if at_end or not self._first <= self.index <= self._last:
                self._go(self._first if speed > 0 else self._last)
            self._run(speed)

    def pause(self) -> None:
        """Stop at the frame that is seen."""
        if self.speed:
            self.speed = 0
            self._timer.stop()
            self.sound_stopped.emit()
            self.state_changed.emit()
            self._wish()

    def toggle(self) -> None:
        """Play or pause."""
        if self.playing:
            self.pause()
        else:
            self.play()

    def forward(self) -> None:
        """Key L: play; again, faster."""
        self._shuttle(1)

    def backward(self) -> None:
        """Key J: play backwards; again, faster."""
        self._shuttle(-1)

    def seek(self, index: int) -> None:
        """Go to a frame; playing goes on from there."""
        self._go(max(0, min(index, self.count - 1)))
        if self.playing:
            self._anchor()

    def step(self, frames: int) -> None:
        """Pause and go some frames on."""
        self.pause()
        self.seek(self.index + frames)

    def to_start(self) -> None:
        """Go to the first frame of the range."""
        self.seek(self._first)

    def to_end(self) -> None:
        """Go to the last frame of the range."""
        self.seek(self._last)

    def set_loop(self, loop: bool) -> None:
        """Begin again at the end, or stop there."""
        self.loop = loop
        self.state_changed.emit()

    def set_range(self, first: int | None = None, last: int | None = None) -> None:
        """Play only a range, both ends included; None takes the whole."""
        low = 0 if first is None else max(0, min(first, self.count - 1))
        high = self.count - 1 if last is None else max(0, min(last, self.count - 1))
        self._first, self._last = min(low, high), max(low, high)
        self.state_changed.emit()
        self._wish()

    def mark_in(self) -> None:
        """Let the range begin here."""
        self.set_range(self.index, self._last if self._last > self.index else None)

    def mark_out(self) -> None:
        """Let the range end here."""
        self.set_range(self._first if self._first < self.index else None, self.index)

    # How time goes.

    def _shuttle(self, way: int) -> None:
        if self.speed * way > 0:
            faster = next((s for s in SPEEDS if s > abs(self.speed)), SPEEDS[-1])
            self._run(way * faster)
        elif self.speed:
            self.pause()
            self.play(way)
        else:
            self.play(way)

    def _run(self, speed: int) -> None:
        self.speed = speed
        self._anchor()
        self._wish()
        self._timer.start(max(2, int(250 / float(self.rate) / abs(speed))))
        self.state_changed.emit()

    def _anchor(self) -> None:
        """Count time from now and from the frame that is seen."""
        self._since, self._from = self._clock(), self.index
        self.sound_started.emit(float(self.index / self.rate), float(self.speed))

    def _tick(self) -> None:
        elapsed = Fraction(self._clock() - self._since).limit_denominator(1_000_000)
        steps = int(elapsed * self.rate * abs(self.speed))
        way = 1 if self.speed > 0 else -1
        wanted = self._from + way * steps
        if wanted == self.index:
            return
        if not self._first <= wanted <= self._last:
            self._turn(way)
            return
        behind = abs(wanted - self.index)
        if self.frame(wanted) is None:
            found = self._newest(wanted, way)
            if found is None:
                if behind > PATIENCE * abs(self.speed):
                    self._anchor()  # the decoder is slower than time: wait for it
                self._wish()
                return
            wanted = found
        skipped = abs(wanted - self.index) - 1
        self.dropped += max(0, skipped) if abs(self.speed) == 1 else 0
        self._go(wanted)

    def _newest(self, wanted: int, way: int) -> int | None:
        """Return the last frame before the one that is due that is in memory."""
        for index in range(wanted - way, self.index, -way):
            if self.frame(index) is not None:
                return index
        return None

    def _turn(self, way: int) -> None:
        end, start = (self._last, self._first) if way > 0 else (self._first, self._last)
        if not self.loop:
            self._go(end)
            self.pause()
        elif self.frame(start) is not None or self._last == self._first:
            self._go(start)
            self._anchor()
        else:
            self._ask(start, way)

    def _go(self, index: int) -> None:
        if index != self.index:
            self.index = index
            self.frame_changed.emit(index)
        self._wish()
        self._show()

    def _wish(self) -> None:
        way = 0 if self.count < 2 else (-1 if self.speed < 0 else 1)
        self._ask(self.index, way)

    def _ask(self, index: int, way: int) -> None:
        inside = self._first <= index <= self._last
        first, last = (self._first, self._last) if inside else (0, self.count - 1)
        self.reading.want(index, way, first, last)

    def _show(self) -> None:
        found = self.frame()
        if found is not None and self._seen != self.index:
            self._seen = self.index
            self.frame_ready.emit(self.index, found)

    def _arrived(self, index: int) -> None:
        self.cache_changed.emit()
        self._show()

    def _stumbled(self, problem: object) -> None:
        self.pause()
        self.failed.emit(problem)

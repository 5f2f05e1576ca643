"""The sound of the film while it plays, in step with the picture.

The samples are the composer's, the same as in the export, fetched ahead in a thread. The picture's
clock leads, and sound is heard only at normal speed. Whatever is written to the device is the
sound of the moment at which it will be heard, known from what the device has played so far; so a
slow start, a late block or a clock that drifts costs silence for a moment and never the sync.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from aiprod_studio.ui.footage.errands import Clerk
from aiprod_studio.ui.footage.sound_device import FRAME, SAMPLE_RATE, Device, SystemDevice
from aiprod_studio.ui.viewer.player import Player

if TYPE_CHECKING:
    from aiprod_studio.media.composing import Composer
    from aiprod_studio.story.cut import Cut

PUMP = 20
"""Milliseconds between two looks at the device."""
AHEAD = SAMPLE_RATE * 15 // 100
"""Samples kept in the device while the film plays: more than a busy window is late."""
IDLE = SAMPLE_RATE * 5 // 100
"""Samples of silence kept in it while it waits: the next sound comes behind them."""
TOLERANCE = SAMPLE_RATE * 25 // 1000
"""Samples that sound and picture may be apart: half a frame; the device's own clock is coarse."""
SOON = 150
"""Milliseconds after which the sound of a frame that stays is fetched, to be there for play."""
PATIENCE = 5.0
"""Seconds of silence after which the device rests."""
BLOCK = SAMPLE_RATE // 5
BLOCKS_AHEAD, BLOCKS_KEPT = 4, 40


class Speaker(QObject):
    """Plays the sound of one film; `note` says why not."""

    note_changed = Signal()

    def __init__(
        self,
        player: Player,
        parent: QObject | None = None,
        device: Device | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        super().__init__(parent)
        self.player, self.muted, self.note = player, False, ""
        self._device = device if device is not None else SystemDevice()
        self._clock = clock
        self._composer: Composer | None = None
        self._blocks: OrderedDict[int, bytes] = OrderedDict()
        self._lock = threading.Lock()
        self._clerk = Clerk("sound", self._fetch)
        self._timer = QTimer(self, interval=PUMP)
        self._timer.timeout.connect(self.pump)
        self._soon = QTimer(self, singleShot=True, interval=SOON)
        self._soon.timeout.connect(self._prepare)
        self._playing = False
        self._from, self._since = 0, 0.0
        self._next: int | None = None
        self._stale = 0
        self._quiet_since = 0.0
        player.sound_started.connect(self._start)
        player.sound_stopped.connect(self.stop)
        player.frame_changed.connect(lambda _: self._soon.start())

    @property
    def heard(self) -> bool:
        """Whether sound can be heard, as far as is known before it was tried."""
        return not self.note

    def show_film(self, composer: Composer) -> None:
        """Play the sound of another state of the film; the device is started for the first."""
        with self._lock:
            self._composer = composer
            self._blocks.clear()
        self._soon.start()
        if not self._timer.isActive() and not self._device.played() and is_heard(composer.cut):
            self._say(self._device.open())
            if not self.note:
                self._quiet_since = self._clock()
                self._timer.start()

    def set_muted(self, muted: bool) -> None:
        """Be silent, or not."""
        self.muted = muted
        if muted:
            self.stop()
        elif self.player.playing:
            self._start(float(self.player.index / self.player.rate), float(self.player.speed))

    def stop(self) -> None:
        """End what is heard, at once."""
        if self._playing:
            self._playing, self._next = False, None
            self._quiet_since = self._clock()
            self._device.set_loud(False)
            self._stale = self._device.written()

    def close(self) -> None:
        """Let go of the device and of the thread."""
        self.stop()
        self._timer.stop()
        self._soon.stop()
        self._clerk.close()
        self._device.close()

    # When it sounds.

    def _start(self, second: float, speed: float) -> None:
        if self._composer is None or self.muted or speed != 1:
            self.stop()
            return
        self._say(self._device.open())
        if self.note:
            return
        self._from, self._since = round(second * SAMPLE_RATE), self._clock()
        self._playing = True
        self._wish(self._from)
        self._timer.start()
        self.pump()

    def _say(self, note: str) -> None:
        if note != self.note:
            self.note = note
            self.note_changed.emit()

    def pump(self) -> None:
        """Fill the device: with sound while the film plays, with silence while it waits.

        A timer calls it.
        """
        device = self._device
        self._say(self.note or device.trouble())
        if self.note:
            self._timer.stop()
            return
        queued = device.written() - device.played()
        if device.played() >= self._stale:
            device.set_loud(True)
        if self._playing and device.played():
            self._write(queued)
        else:
            self._write_silence(IDLE - queued)
        if not self._playing and self._clock() - self._quiet_since > PATIENCE:
            self._timer.stop()
            device.rest()

    def _write(self, queued: int) -> None:
        """Write the sound that will be due behind what the device still holds."""
        due = self._from + round((self._clock() - self._since) * SAMPLE_RATE) + queued
        if self._next is None or abs(due - self._next) > TOLERANCE:
            if self._next is not None:
                self._stale = self._device.written()
                self._device.set_loud(False)
            self._next = due
        self._wish(self._next)
        room = AHEAD - queued
        while room > 0:
            part = self._ready(self._next, room)
            if not part:
                break
            taken = self._device.write(part)
            self._next += taken
            room -= taken
            if taken * FRAME < len(part):
                return
        if room > AHEAD - IDLE // 2:
            self._write_silence(IDLE // 2)
            self._next = None

    def _write_silence(self, samples: int) -> None:
        if samples > 0:
            self._device.write(bytes(samples * FRAME))

    # What sounds.

    def _ready(self, start: int, most: int) -> bytes:
        """Return the sound from a sample of the film on, as far as it is there."""
        number, skip = divmod(max(start, 0), BLOCK)
        with self._lock:
            block = self._blocks.get(number, b"")
        return block[skip * FRAME : (skip + most) * FRAME]

    def is_ready(self, second: float) -> bool:
        """Say whether the sound of a moment of the film is there to be played."""
        return bool(self._ready(round(second * SAMPLE_RATE), 1))

    def _wish(self, start: int) -> None:
        """Ask for the blocks from a sample on, the first of them first."""
        first = max(start, 0) // BLOCK
        with self._lock:
            wanted = [n for n in range(first, first + BLOCKS_AHEAD) if n not in self._blocks]
            composer = self._composer
        for number in reversed(wanted):
            self._clerk.wish(number, composer)

    def _prepare(self) -> None:
        """Fetch the sound of the frame that stands, so that it is there when it shall play."""
        if self._composer is not None and not self._playing and not self.note:
            self._wish(round(float(self.player.index / self.player.rate) * SAMPLE_RATE))

    def _fetch(self, number: int, composer: Composer) -> None:
        with self._lock:
            if number in self._blocks or composer is not self._composer:
                return
        data = packed(composer.audio.block(number * BLOCK, (number + 1) * BLOCK))
        with self._lock:
            if composer is self._composer:
                self._blocks[number] = data
                while len(self._blocks) > BLOCKS_KEPT:
                    self._blocks.popitem(last=False)


def is_heard(cut: Cut) -> bool:
    """Say whether a cut has any sound."""
    return any(t.kind == "audio" and t.clips and not t.off for t in cut.tracks)


def packed(samples: Any) -> bytes:
    """Return float32 samples (2, n) in [-1, 1] as 16-bit little-endian pairs."""
    import numpy as np

    return bytes((np.clip(samples, -1, 1).T * 32767).astype("<i2").tobytes())

"""The sound of the film while it plays, where the system has QtMultimedia; else silence and a note.

The player says when sound begins and ends; the samples are the composer's, the same as in the
export, fetched ahead in a thread. The picture's clock leads: sound is heard only at normal speed.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from aiprod_studio.ui.viewer.player import Player

if TYPE_CHECKING:
    from aiprod_studio.media.composing import Composer

SAMPLE_RATE, CHANNELS = 48_000, 2
AHEAD = 0.35
"""Seconds of sound kept ready in the device."""
BLOCK = SAMPLE_RATE // 5
SILENT = "Playback is silent: this system has no QtMultimedia (PySide6-Addons)."
NO_DEVICE = "Playback is silent: the system offers no sound device."


class Speaker(QObject):
    """Plays the sound of one film; `note` says why not."""

    note_changed = Signal()

    def __init__(self, player: Player, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.player = player
        self.muted = False
        self.note = ""
        self._multimedia = _multimedia()
        if self._multimedia is None:
            self.note = SILENT
        self._composer: Composer | None = None
        self._sink: Any = None
        self._device: Any = None
        self._pump = QTimer(self, interval=40)
        self._pump.timeout.connect(self._feed)
        self._ready = bytearray()
        self._lock = threading.Lock()
        self._at = 0
        self._fetching: threading.Thread | None = None
        self._run = 0
        player.sound_started.connect(self._start)
        player.sound_stopped.connect(self.stop)

    @property
    def heard(self) -> bool:
        """Whether sound can be heard at all."""
        return self._multimedia is not None and not self.note

    def show_film(self, composer: Composer) -> None:
        """Play the sound of another state of the film."""
        self._composer = composer

    def set_muted(self, muted: bool) -> None:
        """Be silent, or not."""
        self.muted = muted
        if muted:
            self.stop()
        elif self.player.playing:
            self._start(float(self.player.index / self.player.rate), float(self.player.speed))

    def stop(self) -> None:
        """End what is heard."""
        self._run += 1
        self._pump.stop()
        with self._lock:
            self._ready.clear()
        if self._sink is not None:
            self._sink.reset()
            self._device = None

    def close(self) -> None:
        """Let go of the device and wait for the thread."""
        self.stop()
        if self._fetching is not None:
            self._fetching.join(10)
        if self._sink is not None:
            self._sink.deleteLater()
            self._sink = None

    def _start(self, second: float, speed: float) -> None:
        self.stop()
        if self._multimedia is None or self._composer is None or self.muted or speed != 1:
            return
        if not self._open():
            return
        self._at = round(second * SAMPLE_RATE)
        self._device = self._sink.start()
        self._pump.start()
        self._feed()

    def _open(self) -> bool:
        if self._sink is None:
            kit = self._multimedia
            form = kit.QAudioFormat()
            form.setSampleRate(SAMPLE_RATE)
            form.setChannelCount(CHANNELS)
            form.setSampleFormat(kit.QAudioFormat.SampleFormat.Int16)
            device = kit.QMediaDevices.defaultAudioOutput()
            if device.isNull():
                self._say(NO_DEVICE)
                return False
            self._sink = kit.QAudioSink(device, form, self)
            self._sink.setBufferSize(round(AHEAD * SAMPLE_RATE) * CHANNELS * 2)
        return True

    def _say(self, note: str) -> None:
        if note != self.note:
            self.note = note
            self.note_changed.emit()

    def _feed(self) -> None:
        """Give the device what is ready, and fetch more ahead of it."""
        if self._device is None:
            return
        with self._lock:
            free = self._sink.bytesFree()
            part = bytes(self._ready[:free])
            written = self._device.write(part) if part else 0
            del self._ready[: max(written, 0)]
            short = len(self._ready) < BLOCK * CHANNELS * 2
        if short and (self._fetching is None or not self._fetching.is_alive()):
            work = (self._composer, self._at, self._run)
            self._at += BLOCK
            self._fetching = threading.Thread(target=self._fetch, args=work, daemon=True)
            self._fetching.start()

    def _fetch(self, composer: Composer, start: int, run: int) -> None:
        data = packed(composer.audio.block(start, start + BLOCK))
        with self._lock:
            if run == self._run:
                self._ready += data


def packed(samples: Any) -> bytes:
    """Return float32 samples (2, n) in [-1, 1] as 16-bit little-endian pairs."""
    import numpy as np

    return bytes((np.clip(samples, -1, 1).T * 32767).astype("<i2").tobytes())


def _multimedia() -> Any:
    """Return Qt's sound, None where it is not installed."""
    try:
        from PySide6 import QtMultimedia
    except ImportError:
        return None
    return QtMultimedia

"""The system's sound through QtMultimedia: opened late, kept running, told in words when missing.

Only this module knows QtMultimedia. `Speaker` decides what is heard; the device says how much of
what was written has been played, which is all that is needed to keep sound and picture together.
Starting a sound device may take more than a second, so it is started once and then only rests.
"""

from __future__ import annotations

from typing import Any, Protocol

SAMPLE_RATE, CHANNELS = 48_000, 2
FRAME = CHANNELS * 2
"""Bytes of one sample of all channels, 16 bits each."""
ROOM = 0.25
"""Seconds that the device can hold ahead."""
SILENT = "Playback is silent: this system has no QtMultimedia (PySide6-Addons)."
NO_DEVICE = "Playback is silent: the system offers no sound device."
GONE = "Playback is silent: the sound device stopped. Press play to try again."
NOT_STEREO = "Playback is silent: the sound device takes no stereo of 48 kHz."


class Device(Protocol):
    """What a `Speaker` plays on. Times are counted in samples since it was opened."""

    def open(self) -> str:
        """Start it, or wake it where it rests; return why that is not possible, "" when it is."""

    def trouble(self) -> str:
        """Return why it plays no more, "" while all is well."""

    def written(self) -> int:
        """Return how many samples it was given."""

    def played(self) -> int:
        """Return how many of them were heard; 0 until it has really begun."""

    def write(self, data: bytes) -> int:
        """Give it 16-bit stereo; return how many samples it took."""

    def set_loud(self, loud: bool) -> None:
        """Let it be heard or not, at once."""

    def rest(self) -> None:
        """Stop it until it is opened again; what it holds stays."""

    def close(self) -> None:
        """Let go of it."""


class SystemDevice:
    """The system's default output."""

    def __init__(self) -> None:
        self._kit = _multimedia()
        self._sink: Any = None
        self._channel: Any = None
        self._written = 0
        self._loud = True

    def open(self) -> str:
        """Start it, or wake it where it rests; return why that is not possible, "" when it is."""
        if self._kit is None:
            return SILENT
        if self.trouble():
            self.close()
        if self._sink is None:
            return self._start()
        self._sink.resume()
        return ""

    def trouble(self) -> str:
        """Return why it plays no more, "" while all is well."""
        if self._sink is None:
            return ""
        errors = self._kit.QAudio.Error
        bad = (errors.OpenError, errors.IOError, errors.FatalError)
        return GONE if self._sink.error() in bad else ""

    def written(self) -> int:
        """Return how many samples it was given."""
        return self._written

    def played(self) -> int:
        """Return how many of them were heard; 0 until it has really begun."""
        if self._sink is None:
            return 0
        heard: int = self._sink.processedUSecs() * SAMPLE_RATE // 1_000_000
        return min(heard, self._written)

    def write(self, data: bytes) -> int:
        """Give it 16-bit stereo; return how many samples it took."""
        if self._channel is None or self.trouble():
            return 0
        taken: int = max(self._channel.write(data), 0) // FRAME
        self._written += taken
        return taken

    def set_loud(self, loud: bool) -> None:
        """Let it be heard or not, at once."""
        if self._sink is not None and loud != self._loud:
            self._sink.setVolume(1.0 if loud else 0.0)
            self._loud = loud

    def rest(self) -> None:
        """Stop it until it is opened again; what it holds stays."""
        if self._sink is not None:
            self._sink.suspend()

    def close(self) -> None:
        """Let go of it."""
        if self._sink is not None:
            self._sink.reset()
            self._sink.deleteLater()
        self._sink, self._channel, self._written, self._loud = None, None, 0, True

    def _start(self) -> str:
        kit = self._kit
        form = kit.QAudioFormat()
        form.setSampleRate(SAMPLE_RATE)
        form.setChannelCount(CHANNELS)
        form.setSampleFormat(kit.QAudioFormat.SampleFormat.Int16)
        device = kit.QMediaDevices.defaultAudioOutput()
        if device.isNull():
            return NO_DEVICE
        if not device.isFormatSupported(form):
            return NOT_STEREO
        self._sink = kit.QAudioSink(device, form)
        self._sink.setBufferSize(round(ROOM * SAMPLE_RATE) * FRAME)
        self._channel = self._sink.start()
        return ""


def _multimedia() -> Any:
    """Return Qt's sound, None where it is not installed."""
    try:
        from PySide6 import QtMultimedia
    except ImportError:
        return None
    return QtMultimedia

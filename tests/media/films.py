"""Films for the tests that count, hum or show a chart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from aiprod_studio.sdk import Audio, Video


@dataclass(frozen=True)
class CountingVideo(Video):
    """Frames that show their number."""

    frame_count: int
    rate: Fraction = Fraction(24)
    width: int = 64
    height: int = 48
    sound: Audio | None = None

    @property
    def audio(self) -> Audio | None:
        return self.sound

    def frames(self, start: int = 0, stop: int | None = None) -> Iterator[Any]:
        yield from numbered(self.frame_count, self.width, self.height)[start:stop]


@dataclass(frozen=True)
class Hum(Audio):
    """A sine of 220 Hz, or a click at one sample."""

    sample_count: int
    sample_rate: int = 48000
    channels: int = 2
    click: int | None = None

    def chunks(self, start: int = 0, stop: int | None = None) -> Iterator[Any]:
        stop = self.sample_count if stop is None else stop
        times = np.arange(start, stop)
        wave = 0.4 * np.sin(2 * np.pi * 220 * times / self.sample_rate)
        if self.click is not None:
            wave = np.where(times == self.click, 0.9, 0.0)
        samples = np.repeat(wave[None].astype(np.float32), self.channels, axis=0)
        for at in range(0, samples.shape[1], 5000):
            yield samples[:, at : at + 5000]


def all_samples(sound: Audio, start: int = 0, stop: int | None = None) -> np.ndarray:
    """Read a sound whole."""
    parts = list(sound.chunks(start, stop))
    return np.concatenate(parts, axis=1) if parts else np.zeros((sound.channels, 0), np.float32)


def numbered(count: int, width: int = 64, height: int = 48) -> list[np.ndarray]:
    """Frames that can be told apart after lossy coding: two grey fields count in base 16."""
    frames = []
    for number in range(count):
        frame = np.zeros((height, width, 3), np.uint8)
        frame[:, : width // 2] = number // 16 % 16 * 16 + 8
        frame[:, width // 2 :] = number % 16 * 16 + 8
        frames.append(frame)
    return frames


def number_of(frame: np.ndarray) -> int:
    """Read the number of a frame made by `numbered`, at any size."""
    height, width = frame.shape[:2]
    middle = slice(height // 3, height - height // 3)
    high = frame[middle, width // 8 : width * 3 // 8].mean()
    low = frame[middle, width * 5 // 8 : width * 7 // 8].mean()
    return int(high // 16) * 16 + int(low // 16)


def argv(line: str) -> list[str]:
    """Split a command line without quotes into its arguments."""
    return line.split()

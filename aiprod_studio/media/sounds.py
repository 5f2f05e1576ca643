"""Sounds made from sounds: fitted, resampled, joined, silent; each computed as it is read.

Frozen dataclasses over other sounds, so the store keeps the recipe of a sound and not its
samples. Used by the video transforms and by `write`.
"""

# The kit declares facts as attributes; here they are computed, which frozen values may do.
# mypy: disable-error-code="override"

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from aiprod_studio.media.derived import DerivedAudio
from aiprod_studio.media.wav import CHUNK_SAMPLES, bounded
from aiprod_studio.sdk import Audio, stored

if TYPE_CHECKING:
    from aiprod_studio.sdk.values import Float32Array


@stored("media.SilentAudio")
@dataclass(frozen=True)
class SilentAudio(Audio):
    """Nothing, for some time."""

    sample_rate: int
    channels: int
    sample_count: int
    socket: ClassVar[str] = "audio"

    def chunks(self, start: int = 0, stop: int | None = None) -> Iterator[Float32Array]:
        """Yield zeros (channels, n)."""
        start, stop = bounded(start, stop, self.sample_count)
        for at in range(start, stop, CHUNK_SAMPLES):
            yield np.zeros((self.channels, min(CHUNK_SAMPLES, stop - at)), np.float32)


@stored("media.FittedAudio")
@dataclass(frozen=True)
class FittedAudio(DerivedAudio):
    """`length` samples of a sound from `begin` on (may be negative); silence outside it."""

    source: Audio
    begin: int
    length: int
    socket: ClassVar[str] = "audio"

    @property
    def sample_count(self) -> int:
        """The length that was asked for."""
        return self.length

    def chunks(self, start: int = 0, stop: int | None = None) -> Iterator[Float32Array]:
        """Yield float32 (channels, n): silence before, the sound, silence after."""
        start, stop = bounded(start, stop, self.length)
        first, last = self.begin + start, self.begin + stop
        begin = min(last, max(first, 0))
        end = min(last, max(begin, self.source.sample_count))
        yield from SilentAudio(self.sample_rate, self.channels, begin - first).chunks()
        if begin < end:
            yield from self.source.chunks(begin, end)
        yield from SilentAudio(self.sample_rate, self.channels, last - end).chunks()


@stored("media.JoinedAudio")
@dataclass(frozen=True)
class JoinedAudio(DerivedAudio):
    """Sounds of one rate and channel count, one after the other."""

    parts: tuple[Audio, ...]
    socket: ClassVar[str] = "audio"

    @property
    def source(self) -> Audio:
        """The part whose rate and channels all the others share."""
        return self.parts[0]

    @property
    def sample_count(self) -> int:
        """The length of all parts together."""
        return sum(part.sample_count for part in self.parts)

    def chunks(self, start: int = 0, stop: int | None = None) -> Iterator[Float32Array]:
        """Yield float32 (channels, n)."""
        start, stop = bounded(start, stop, self.sample_count)
        offset = 0
        for part in self.parts:
            begin, end = max(0, start - offset), min(part.sample_count, stop - offset)
            if begin < end:
                yield from part.chunks(begin, end)
            offset += part.sample_count


@stored("media.RemixedAudio")
@dataclass(frozen=True)
class RemixedAudio(DerivedAudio):
    """A sound with another number of channels: mono is copied, many are averaged to mono.

    Other changes keep the first channels and repeat the last one.
    """

    source: Audio
    channel_count: int
    socket: ClassVar[str] = "audio"

    @property
    def channels(self) -> int:
        """The number of channels that was asked for."""
        return self.channel_count

    def chunks(self, start: int = 0, stop: int | None = None) -> Iterator[Float32Array]:
        """Yield float32 (channels, n)."""
        order = np.minimum(np.arange(self.channels), self.source.channels - 1)
        for chunk in self.source.chunks(start, stop):
            yield chunk.mean(axis=0, keepdims=True) if self.channels == 1 else chunk[order]


@stored("media.ResampledAudio")
@dataclass(frozen=True)
class ResampledAudio(DerivedAudio):
    """A sound at another sample rate: Kaiser-windowed sinc, zero delay, exact length.

    Each block is filtered together with as much of its surroundings as the filter reaches, so
    the result does not depend on how it is cut into chunks.
    """

    source: Audio
    new_rate: int
    socket: ClassVar[str] = "audio"

    @property
    def sample_rate(self) -> int:
        """The rate that was asked for."""
        return self.new_rate

    @property
    def sample_count(self) -> int:
        """The length of the source in samples of the new rate, rounded up."""
        return -(-self.source.sample_count * self._ratio.numerator // self._ratio.denominator)

    @property
    def _ratio(self) -> Fraction:
        return Fraction(self.new_rate, self.source.sample_rate)

    def chunks(self, start: int = 0, stop: int | None = None) -> Iterator[Float32Array]:
        """Yield float32 (channels, n), together exactly samples [start, stop)."""
        start, stop = bounded(start, stop, self.sample_count)
        up = self._ratio.numerator
        step = max(1, CHUNK_SAMPLES // up) * up
        for block in range(start // step * step, stop, step):
            samples = self._block(block, min(block + step, self.sample_count))
            yield samples[:, max(0, start - block) : stop - block]

    def _block(self, first: int, last: int) -> Float32Array:
        """Compute samples [first, last); `first` is a multiple of the ratio's numerator."""
        from scipy.signal import resample_poly

        up, down = self._ratio.numerator, self._ratio.denominator
        # The filter reaches this many source samples to each side, in whole steps of `down`.
        reach = (_HALF_LENGTH * max(up, down) // (up * down) + 1) * down
        begin, end = first * down // up - reach, -(-last * down // up) + reach
        around = FittedAudio(self.source, begin, end - begin).chunks()
        signal = np.concatenate(list(around), axis=1).astype(np.float64)
        made = resample_poly(signal, up, down, axis=1, window=_sinc(up, down))
        skip = reach * up // down
        return np.asarray(np.clip(made[:, skip : skip + last - first], -1, 1), np.float32)


_HALF_LENGTH = 32
"""Zero crossings of the sinc on each side: the pass band reaches 95 % of Nyquist."""


def _sinc(up: int, down: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    from scipy.signal import firwin

    widest = max(up, down)
    taps = firwin(2 * _HALF_LENGTH * widest + 1, 0.97 / widest, window=("kaiser", 9.0))
    return np.asarray(taps, np.float64)

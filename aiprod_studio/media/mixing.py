"""The sound of a cut: every audio clip at its place, faded as its transitions say, summed.

`composing` hands it to the viewer in spans and to the exporter as one sound. A source that is
missing is silent here; `composing` says so in words. Nothing is computed before it is read.
"""

# The kit declares facts as attributes; here they are computed, which frozen values may do.
# mypy: disable-error-code="override"

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from aiprod_studio.media.reels import Reels
from aiprod_studio.media.wav import CHUNK_SAMPLES, bounded
from aiprod_studio.sdk import Audio, Refusal
from aiprod_studio.story.cut import Clip, Cut, Track, Transition

if TYPE_CHECKING:
    from aiprod_studio.sdk.values import Float32Array

SAMPLE_RATE = 48_000
CHANNELS = 2

Sounding = Callable[[Clip], tuple[str, Fraction] | None]
"""What a clip sounds like: a file of the document and the seconds at which the clip's source time
0 lies in it; None for silence."""


@dataclass(frozen=True)
class Mix(Audio):
    """The whole sound of a cut, computed as it is read."""

    cut: Cut
    reels: Reels
    sounding: Sounding
    socket: ClassVar[str] = "audio"

    @property
    def sample_rate(self) -> int:
        """Samples a second."""
        return SAMPLE_RATE

    @property
    def channels(self) -> int:
        """Stereo."""
        return CHANNELS

    @property
    def sample_count(self) -> int:
        """As long as the film."""
        return sample_of(self.cut.frames, self.cut.rate)

    def chunks(self, start: int = 0, stop: int | None = None) -> Iterator[Float32Array]:
        """Yield float32 (2, n), together exactly samples [start, stop)."""
        start, stop = bounded(start, stop, self.sample_count)
        for at in range(start, stop, CHUNK_SAMPLES):
            yield self.block(at, min(stop, at + CHUNK_SAMPLES))

    def block(self, start: int, stop: int) -> Float32Array:
        """Return samples [start, stop) of the film, float32 (2, n) in [-1, 1]."""
        total = np.zeros((CHANNELS, stop - start), np.float32)
        for track in self.cut.tracks:
            if track.kind == "audio" and not track.off:
                for clip in track.clips:
                    self._add(total, track, clip, start, stop)
        return np.clip(total, -1, 1)

    def _add(self, total: Float32Array, track: Track, clip: Clip, start: int, stop: int) -> None:
        into, out = track.into.get(clip.name), track.out_of.get(clip.name)
        rate = self.cut.rate
        first = sample_of(clip.at - (into.before if into else 0), rate)
        last = sample_of(clip.stop + (out.after if out else 0), rate)
        first, last = max(start, first), min(stop, last)
        gain = clip.gain * track.gain
        if first >= last or not gain:
            return
        samples = self._read(clip, first, last)
        if samples is None:
            return
        samples = samples * np.float32(gain)
        if into is not None:
            samples = samples * _ramp(first, last, clip.at, into, rate)
        if out is not None:
            samples = samples * (1 - _ramp(first, last, clip.stop, out, rate))
        total[:, first - start : last - start] += samples

    def _read(self, clip: Clip, first: int, last: int) -> Float32Array | None:
        found = self.sounding(clip)
        if found is None:
            return None
        name, zero = found
        begins = clip.start.seconds + zero - clip.speed * clip.at / self.cut.rate
        # At pace p the file has 1/p as many samples: its sample n sounds at n / rate * p seconds.
        shift = round(begins / clip.speed * SAMPLE_RATE)
        try:
            return self.reels.samples(
                name, SAMPLE_RATE, CHANNELS, first + shift, last + shift, clip.speed
            )
        except Refusal:
            return None


def sample_of(frame: int, rate: Fraction) -> int:
    """Return the sample that sounds when a frame begins to show."""
    return round(frame / rate * SAMPLE_RATE)


def _ramp(
    first: int, last: int, cut_at: int, transition: Transition, rate: Fraction
) -> Float32Array:
    """Return how much of the arriving side sounds, sample by sample, (n,) from 0 to 1."""
    begin = float((cut_at - transition.before) / rate * SAMPLE_RATE)
    length = float(transition.frames / rate * SAMPLE_RATE)
    at = np.arange(first, last, dtype=np.float64) + 0.5
    return np.asarray(np.clip((at - begin) / length, 0, 1), np.float32)

"""Videos that pass into each other: windows of one shot, and a part put into a whole.

Frozen dataclasses like those of `transforms`: nothing is computed before a frame is read. Used by
the nodes that make long shots in windows and that make a span of a take anew.
"""

# The kit declares facts as attributes; here they are computed, which frozen values may do.
# mypy: disable-error-code="override"

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from aiprod_studio.media.derived import DerivedVideo
from aiprod_studio.media.faults import invalid
from aiprod_studio.media.sounds import FittedAudio, JoinedAudio
from aiprod_studio.media.transforms import sample_at
from aiprod_studio.media.wav import bounded
from aiprod_studio.sdk import Audio, Video, stored

if TYPE_CHECKING:
    from aiprod_studio.sdk.values import UInt8Array


@stored("media.OverlappedVideo")
@dataclass(frozen=True)
class OverlappedVideo(DerivedVideo):
    """A video and one that follows it, cross-faded over the `overlap` frames that both show."""

    first: Video
    second: Video
    overlap: int
    socket: ClassVar[str] = "video"

    def __post_init__(self) -> None:
        _refuse_unlike(self.first, self.second)
        shorter = min(self.first.frame_count, self.second.frame_count)
        if not 0 <= self.overlap <= shorter:
            why = f"an overlap of {self.overlap} frames does not fit videos of {shorter}"
            raise invalid("the videos to join", why, "Choose a shorter overlap.")

    @property
    def source(self) -> Video:
        """The part whose size and rate the other shares."""
        return self.first

    @property
    def frame_count(self) -> int:
        """The frames of both, those they share counted once."""
        return self.first.frame_count + self.second.frame_count - self.overlap

    @property
    def audio(self) -> Audio | None:
        """The sounds of both, one passing to the other in the middle of what they share."""
        one, two = self.first.audio, self.second.audio
        if one is None or two is None or not _alike(one, two):
            return None
        cut = self.first.frame_count - self.overlap // 2
        begin = self.first.frame_count - self.overlap
        head = sample_at(cut, self.rate, one)
        skip = sample_at(cut - begin, self.rate, two)
        whole = sample_at(self.frame_count, self.rate, one)
        return JoinedAudio((FittedAudio(one, 0, head), FittedAudio(two, skip, whole - head)))

    def frames(self, start: int = 0, stop: int | None = None) -> Iterator[UInt8Array]:
        """Yield frames of the one, of both, of the other."""
        start, stop = bounded(start, stop, self.frame_count)
        begin, end = self.first.frame_count - self.overlap, self.first.frame_count
        if start < min(stop, begin):
            yield from self.first.frames(start, min(stop, begin))
        low, high = max(start, begin), min(stop, end)
        if low < high:
            pairs = zip(
                self.first.frames(low, high),
                self.second.frames(low - begin, high - begin),
                strict=True,
            )
            for number, (one, two) in enumerate(pairs, low - begin):
                yield mixed(one, two, Fraction(2 * number + 1, 2 * self.overlap))
        if max(start, end) < stop:
            yield from self.second.frames(max(start, end) - begin, stop - begin)


@stored("media.SplicedVideo")
@dataclass(frozen=True)
class SplicedVideo(DerivedVideo):
    """A video of which frames [begin, end) come from a part whose first frame stands for `at`.

    Around them the two are cross-faded, as far as the part reaches.
    """

    source: Video
    part: Video
    at: int
    begin: int
    end: int
    socket: ClassVar[str] = "video"

    def __post_init__(self) -> None:
        _refuse_unlike(self.source, self.part)
        last = min(self.at + self.part.frame_count, self.source.frame_count)
        if not self.at <= self.begin < self.end <= last:
            why = f"frames {self.begin} to {self.end} do not lie in the part, {self.at} to {last}"
            raise invalid("the part to splice in", why, "Make the part longer.")

    def frames(self, start: int = 0, stop: int | None = None) -> Iterator[UInt8Array]:
        """Yield frames of the whole, of the part, or mixed ones."""
        start, stop = bounded(start, stop, self.frame_count)
        part: Iterator[UInt8Array] | None = None
        for number, frame in enumerate(self.source.frames(start, stop), start):
            share = self._share(number)
            if not share:
                yield frame
                continue
            if part is None:
                part = iter(self.part.frames(number - self.at))
            made = next(part)
            yield made if share == 1 else mixed(frame, made, share)

    def _share(self, number: int) -> Fraction:
        """Return how much of a frame comes from the part."""
        last = self.at + self.part.frame_count
        if number < self.at or number >= last:
            return Fraction(0)
        if number < self.begin:
            return Fraction(2 * (number - self.at) + 1, 2 * (self.begin - self.at))
        if number >= self.end:
            return Fraction(2 * (last - number) - 1, 2 * (last - self.end))
        return Fraction(1)


def mixed(one: UInt8Array, two: UInt8Array, share: Fraction) -> UInt8Array:
    """Return a mix of two frames; `share` is that of the second, 0 to 1."""
    part = np.float32(share)
    return np.rint(one * (1 - part) + two * part).astype(np.uint8)


def _refuse_unlike(one: Video, two: Video) -> None:
    if (one.width, one.height, one.rate) != (two.width, two.height, two.rate):
        shown = [f"{v.width} x {v.height} at {float(v.rate):g}" for v in (one, two)]
        why = f"differ in size or rate: {shown[0]} and {shown[1]}"
        raise invalid("the videos to join", why, "Resize and retime them first.")


def _alike(one: Audio, two: Audio) -> bool:
    return (one.sample_rate, one.channels) == (two.sample_rate, two.channels)

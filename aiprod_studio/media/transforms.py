"""Videos made from one video: resized, cropped, trimmed, retimed, reversed, with other sound.

Frozen dataclasses that compute each frame as it is read, so a chain of them costs no memory and
the store keeps only the recipe. Used by the nodes; sounds follow their pictures.
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
from aiprod_studio.media.fit import Fit, Smoothness, check_size, resize_frames
from aiprod_studio.media.sounds import (
    FittedAudio,
)
from aiprod_studio.media.wav import bounded
from aiprod_studio.sdk import Audio, Video, stored

if TYPE_CHECKING:
    from aiprod_studio.sdk.values import UInt8Array


@stored("media.ResizedVideo")
@dataclass(frozen=True)
class ResizedVideo(DerivedVideo):
    """A video at another size in pixels."""

    source: Video
    new_width: int
    new_height: int
    fit: Fit = "stretch"
    smooth: Smoothness = "lanczos"
    socket: ClassVar[str] = "video"

    def __post_init__(self) -> None:
        check_size(self.new_width, self.new_height)

    @property
    def width(self) -> int:
        """The width that was asked for."""
        return self.new_width

    @property
    def height(self) -> int:
        """The height that was asked for."""
        return self.new_height

    def frames(self, start: int = 0, stop: int | None = None) -> Iterator[UInt8Array]:
        """Yield the source's frames, resized."""
        frames = self.source.frames(start, stop)
        return resize_frames(frames, self.new_width, self.new_height, self.fit, self.smooth)


@stored("media.CroppedVideo")
@dataclass(frozen=True)
class CroppedVideo(DerivedVideo):
    """A rectangle of a video, in pixels from its top left corner."""

    source: Video
    left: int
    top: int
    new_width: int
    new_height: int
    socket: ClassVar[str] = "video"

    def __post_init__(self) -> None:
        check_rectangle(self.source.width, self.source.height, self.left, self.top,
                        self.new_width, self.new_height)  # fmt: skip

    @property
    def width(self) -> int:
        """The width of the rectangle."""
        return self.new_width

    @property
    def height(self) -> int:
        """The height of the rectangle."""
        return self.new_height

    def frames(self, start: int = 0, stop: int | None = None) -> Iterator[UInt8Array]:
        """Yield the rectangle of each frame."""
        rows = slice(self.top, self.top + self.new_height)
        columns = slice(self.left, self.left + self.new_width)
        for frame in self.source.frames(start, stop):
            yield frame[rows, columns].copy()


@stored("media.TrimmedVideo")
@dataclass(frozen=True)
class TrimmedVideo(DerivedVideo):
    """Frames [begin, end) of a video, with their part of the sound."""

    source: Video
    begin: int
    end: int
    socket: ClassVar[str] = "video"

    def __post_init__(self) -> None:
        count = self.source.frame_count
        if not 0 <= self.begin < self.end <= count:
            why = f"[{self.begin}, {self.end}) does not lie inside the {count} frames of the video"
            raise invalid("the range of frames", why, f"Choose a range from 0 to {count}.")

    @property
    def frame_count(self) -> int:
        """The length of the range."""
        return self.end - self.begin

    @property
    def audio(self) -> Audio | None:
        """The sound of the range."""
        sound = self.source.audio
        if sound is None:
            return None
        begin, end = (sample_at(n, self.rate, sound) for n in (self.begin, self.end))
        return FittedAudio(sound, begin, end - begin)

    def frames(self, start: int = 0, stop: int | None = None) -> Iterator[UInt8Array]:
        """Yield the source's frames of the range."""
        start, stop = bounded(start, stop, self.frame_count)
        return self.source.frames(self.begin + start, self.begin + stop)


@stored("media.RetimedVideo")
@dataclass(frozen=True)
class RetimedVideo(DerivedVideo):
    """A video at another frame rate and the same length in seconds.

    Each new frame is the frame on show at its middle or, with `blend`, a mix of the two frames
    around its moment by their distance.
    """

    source: Video
    new_rate: Fraction
    blend: bool = False
    socket: ClassVar[str] = "video"

    def __post_init__(self) -> None:
        if not 0 < self.new_rate <= 1000:
            why = f"is {float(self.new_rate):g}, it must be above 0 and at most 1000"
            raise invalid("the frame rate", why, "Choose another rate.")

    @property
    def rate(self) -> Fraction:
        """The rate that was asked for."""
        return self.new_rate

    @property
    def frame_count(self) -> int:
        """The source's length in frames of the new rate, at least one."""
        return max(1, round(self.source.frame_count * self.new_rate / self.source.rate))

    def frames(self, start: int = 0, stop: int | None = None) -> Iterator[UInt8Array]:
        """Yield frames of the source, chosen or mixed."""
        start, stop = bounded(start, stop, self.frame_count)
        moments = [self._moment(number) for number in range(start, stop)]
        if not moments:
            return
        window = _Window(self.source, int(moments[0]))
        try:
            for moment in moments:
                yield self._mixed(window, moment)
        finally:
            window.close()

    def _moment(self, number: int) -> Fraction:
        """Return where in the source, in frames, a new frame looks."""
        pace = self.source.rate / self.new_rate
        at = number * pace if self.blend else Fraction(int((number + Fraction(1, 2)) * pace))
        return min(at, Fraction(self.source.frame_count - 1))

    def _mixed(self, window: _Window, moment: Fraction) -> UInt8Array:
        whole = int(moment)
        here = window.frame(whole)
        share = float(moment - whole)
        if not share:
            return here.copy()
        mixed = here * np.float32(1 - share) + window.frame(whole + 1) * np.float32(share)
        return np.rint(mixed).astype(np.uint8)


@stored("media.RatedVideo")
@dataclass(frozen=True)
class RatedVideo(DerivedVideo):
    """The same frames played at another rate: faster or slower, without their sound."""

    source: Video
    new_rate: Fraction
    socket: ClassVar[str] = "video"

    @property
    def rate(self) -> Fraction:
        """The rate that was asked for."""
        return self.new_rate

    @property
    def audio(self) -> Audio | None:
        """None: the sound would no longer fit."""
        return None

    def frames(self, start: int = 0, stop: int | None = None) -> Iterator[UInt8Array]:
        """Yield the source's frames."""
        return self.source.frames(start, stop)


@stored("media.ReversedVideo")
@dataclass(frozen=True)
class ReversedVideo(DerivedVideo):
    """A video from its end to its start, without sound; reads the source in short runs."""

    source: Video
    socket: ClassVar[str] = "video"

    @property
    def audio(self) -> Audio | None:
        """None: sound is not reversed."""
        return None

    def frames(self, start: int = 0, stop: int | None = None) -> Iterator[UInt8Array]:
        """Yield the source's frames, the last one first."""
        start, stop = bounded(start, stop, self.frame_count)
        first, last = self.frame_count - stop, self.frame_count - start
        run = max(1, min(16, (128 << 20) // (3 * self.width * self.height)))
        while first < last:
            begin = max(first, last - run)
            yield from reversed(list(self.source.frames(begin, last)))
            last = begin


@stored("media.SoundedVideo")
@dataclass(frozen=True)
class SoundedVideo(DerivedVideo):
    """A video with another sound, or with none."""

    source: Video
    sound: Audio | None
    socket: ClassVar[str] = "video"

    @property
    def audio(self) -> Audio | None:
        """The sound that was given."""
        return self.sound

    def frames(self, start: int = 0, stop: int | None = None) -> Iterator[UInt8Array]:
        """Yield the source's frames."""
        return self.source.frames(start, stop)


def check_rectangle(
    width: int, height: int, left: int, top: int, new_width: int, new_height: int
) -> None:
    """Refuse a rectangle that does not lie inside a picture of `width` x `height`."""
    inside = left >= 0 and top >= 0 and left + new_width <= width and top + new_height <= height
    if not inside or new_width < 1 or new_height < 1:
        why = f"{new_width} x {new_height} at ({left}, {top}) is not inside {width} x {height}"
        raise invalid("the crop", why, "Choose a rectangle inside the picture.")


def sample_at(frame: int, rate: Fraction, sound: Audio) -> int:
    """Return the sample that sounds when a frame begins to show."""
    return round(frame / rate * sound.sample_rate)


class _Window:
    """The last two frames of a video that is read forwards."""

    def __init__(self, source: Video, first: int) -> None:
        self._frames = source.frames(first)
        self._held: dict[int, UInt8Array] = {}
        self._next = first

    def frame(self, number: int) -> UInt8Array:
        """Return a frame that is the last read one, the one before, or further on."""
        while number >= self._next:
            self._held = {n: f for n, f in self._held.items() if n == self._next - 1}
            self._held[self._next] = next(self._frames)
            self._next += 1
        return self._held[number]

    def close(self) -> None:
        """Stop reading the source."""
        if hasattr(self._frames, "close"):
            self._frames.close()

"""Videos put together from parts: films one after the other, pictures as films, a still.

Frozen dataclasses like those of `transforms`: nothing is computed before a frame is read.
"""

# The kit declares facts as attributes; here they are computed, which frozen values may do.
# mypy: disable-error-code="override"

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

from aiprod_studio.media.derived import DerivedVideo
from aiprod_studio.media.faults import invalid
from aiprod_studio.media.fit import Fit, on_paper, resize_pixels
from aiprod_studio.media.identity import verify
from aiprod_studio.media.images import load_image
from aiprod_studio.media.sounds import (
    FittedAudio,
    JoinedAudio,
    RemixedAudio,
    ResampledAudio,
    SilentAudio,
)
from aiprod_studio.media.transforms import sample_at
from aiprod_studio.media.wav import bounded
from aiprod_studio.sdk import Audio, SourceFile, Video, stored

if TYPE_CHECKING:
    from aiprod_studio.sdk.values import UInt8Array


@stored("media.JoinedVideo")
@dataclass(frozen=True)
class JoinedVideo(DerivedVideo):
    """Videos of one size and rate, one after the other; the sounds follow, silence between."""

    parts: tuple[Video, ...]
    socket: ClassVar[str] = "video"

    def __post_init__(self) -> None:
        kinds = {(part.width, part.height, part.rate) for part in self.parts}
        if len(kinds) != 1:
            shown = ", ".join(f"{w} x {h} at {float(r):g}" for w, h, r in sorted(kinds)) or "none"
            remedy = "Resize and retime them first."
            raise invalid("the videos to join", f"differ in size or rate: {shown}", remedy)

    @property
    def source(self) -> Video:
        """The part whose size and rate all the others share."""
        return self.parts[0]

    @property
    def frame_count(self) -> int:
        """The frames of all parts."""
        return sum(part.frame_count for part in self.parts)

    @property
    def audio(self) -> Audio | None:
        """All sounds at the first one's sample rate, each as long as its pictures."""
        sounds = [part.audio for part in self.parts]
        first = next((sound for sound in sounds if sound is not None), None)
        if first is None:
            return None
        pieces: list[Audio] = []
        begin = 0
        for part, sound in zip(self.parts, sounds, strict=True):
            begin += part.frame_count
            end = sample_at(begin, self.rate, first)
            length = end - sum(piece.sample_count for piece in pieces)
            pieces.append(_alike(sound, first, length))
        return JoinedAudio(tuple(pieces))

    def frames(self, start: int = 0, stop: int | None = None) -> Iterator[UInt8Array]:
        """Yield the frames of the parts in turn."""
        start, stop = bounded(start, stop, self.frame_count)
        offset = 0
        for part in self.parts:
            begin, end = max(0, start - offset), min(part.frame_count, stop - offset)
            if begin < end:
                yield from part.frames(begin, end)
            offset += part.frame_count


@stored("media.StillVideo")
@dataclass(frozen=True)
class StillVideo(Video):
    """One picture, uint8 (height, width, 3), shown for some frames."""

    pixels: UInt8Array
    frame_count: int
    rate: Fraction
    socket: ClassVar[str] = "video"

    @property
    def width(self) -> int:
        """Width of the picture."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """Height of the picture."""
        return int(self.pixels.shape[0])

    def frames(self, start: int = 0, stop: int | None = None) -> Iterator[UInt8Array]:
        """Yield copies of the picture."""
        start, stop = bounded(start, stop, self.frame_count)
        for _ in range(start, stop):
            yield self.pixels.copy()


@stored("media.ImageSequence")
@dataclass(frozen=True)
class ImageSequence(Video):
    """Picture files shown one a frame, brought to one size; what is transparent becomes white."""

    files: tuple[SourceFile, ...]
    width: int
    height: int
    rate: Fraction
    fit: Fit = "bars"
    socket: ClassVar[str] = "video"

    @property
    def frame_count(self) -> int:
        """One frame for each file."""
        return len(self.files)

    def frames(self, start: int = 0, stop: int | None = None) -> Iterator[UInt8Array]:
        """Load, fit and yield the pictures."""
        start, stop = bounded(start, stop, self.frame_count)
        for file in self.files[start:stop]:
            pixels = on_paper(load_image(verify(file)).pixels)
            yield resize_pixels(pixels, self.width, self.height, self.fit)


def _alike(sound: Audio | None, model: Audio, length: int) -> Audio:
    """Return a sound with the model's rate and channels and the given length."""
    if sound is None:
        return SilentAudio(model.sample_rate, model.channels, length)
    if sound.sample_rate != model.sample_rate:
        sound = ResampledAudio(sound, model.sample_rate)
    if sound.channels != model.channels:
        sound = RemixedAudio(sound, model.channels)
    return FittedAudio(sound, 0, length)

"""A stretch of a cut as a video, for whoever saves or plays it; `Composer.video` makes one."""

# The kit declares facts as attributes; here they are computed, which frozen values may do.
# mypy: disable-error-code="override"

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

from aiprod_studio.media.mixing import sample_of
from aiprod_studio.media.sounds import FittedAudio
from aiprod_studio.media.wav import bounded
from aiprod_studio.sdk import Audio, Video

if TYPE_CHECKING:
    from aiprod_studio.media.composing import Composer
    from aiprod_studio.sdk.values import UInt8Array


@dataclass(frozen=True)
class Film(Video):
    """A part of a cut as a video: each frame is composed as it is read."""

    composer: Composer
    width: int
    height: int
    start: int
    stop: int
    socket: ClassVar[str] = "video"

    @property
    def frame_count(self) -> int:
        """How many frames there are."""
        return self.stop - self.start

    @property
    def rate(self) -> Fraction:
        """Frames a second."""
        return self.composer.rate

    @property
    def audio(self) -> Audio | None:
        """The sound of the part, None when no track of the cut can be heard."""
        cut = self.composer.cut
        if not any(track.kind == "audio" and track.clips and not track.off for track in cut.tracks):
            return None
        first, last = (sample_of(frame, self.rate) for frame in (self.start, self.stop))
        return FittedAudio(self.composer.audio, first, last - first)

    def frames(self, start: int = 0, stop: int | None = None) -> Iterator[UInt8Array]:
        """Yield uint8 (height, width, 3) for frames [start, stop) of the part."""
        start, stop = bounded(start, stop, self.frame_count)
        for index in range(self.start + start, self.start + stop):
            yield self.composer.frame(index, (self.width, self.height))

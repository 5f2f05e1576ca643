"""What all videos and sounds made from another one share: its facts, unless they change them.

The base of `transforms` and `sounds`. A subclass is a frozen dataclass that says in its fields
how it differs and overrides the properties that this touches. Never holds frames or samples.
"""

# The kit declares facts as attributes; here they are computed, which frozen values may do.
# mypy: disable-error-code="override"

from __future__ import annotations

from abc import ABC
from fractions import Fraction

from aiprod_studio.sdk import Audio, Video


class DerivedAudio(Audio, ABC):
    """A sound computed from `source` as it is read."""

    source: Audio

    @property
    def sample_rate(self) -> int:
        """Samples a second."""
        return self.source.sample_rate

    @property
    def channels(self) -> int:
        """Number of channels."""
        return self.source.channels

    @property
    def sample_count(self) -> int:
        """Length in samples."""
        return self.source.sample_count


class DerivedVideo(Video, ABC):
    """A video computed from `source` as it is read; its sound is the source's."""

    source: Video

    @property
    def width(self) -> int:
        """Width in pixels."""
        return self.source.width

    @property
    def height(self) -> int:
        """Height in pixels."""
        return self.source.height

    @property
    def frame_count(self) -> int:
        """Number of frames."""
        return self.source.frame_count

    @property
    def rate(self) -> Fraction:
        """Frames a second."""
        return self.source.rate

    @property
    def audio(self) -> Audio | None:
        """The sound that belongs to it, if any."""
        return self.source.audio

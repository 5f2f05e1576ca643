"""The film as frames to be played: the player's source over the composer that the export uses.

What the viewer shows is what the export writes. Composing happens in the player's thread; making a
source looks into files, so it is done in a worker too.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiprod_studio.media.composing import Composer
    from aiprod_studio.sdk.values import UInt8Array

LARGEST = 1920
"""Pictures are composed at most so wide for the screen; the export has its own size."""


class ComposedFrames:
    """A state of board and cut, frame by frame; `size` is (width, height) in pixels."""

    sound: Path | None = None

    def __init__(self, composer: Composer) -> None:
        self.composer = composer
        self.rate: Fraction = composer.rate
        self.count = max(composer.frames, 1)
        self.size = fitting(composer.natural_size())

    def frame(self, index: int) -> UInt8Array:
        """Return frame `index`, uint8 (height, width, 3)."""
        return self.composer.frame(index, self.size)


def fitting(size: tuple[int, int]) -> tuple[int, int]:
    """Return a size no wider than `LARGEST`, of the same shape, both sides even."""
    width, height = size
    if width > LARGEST:
        width, height = LARGEST, round(height * LARGEST / width)
    return width + width % 2, height + height % 2

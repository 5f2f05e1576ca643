"""Where frames come from: pictures, videos, previews, all read frame by frame.

The player, the screen and the Edit workspace share the protocol `Frames`. Nothing here decodes on
its own: `frame` is called in a worker thread, one call at a time. No Qt.
"""

from __future__ import annotations

import threading
from collections.abc import Generator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from aiprod_studio.sdk import Video

if TYPE_CHECKING:
    from aiprod_studio.sdk.values import UInt8Array

NEARBY = 12
"""Frames that are rather read over than sought, because seeking starts at a keyframe."""


class Frames(Protocol):
    """Something that can be played. `size` is (width, height) in pixels, `count` at least 1."""

    @property
    def rate(self) -> Fraction: ...
    @property
    def count(self) -> int: ...
    @property
    def size(self) -> tuple[int, int]: ...
    @property
    def sound(self) -> Path | None: ...

    def frame(self, index: int) -> UInt8Array:
        """Return frame `index`, uint8 (height, width, 3) RGB; may take its time.

        Raises:
            Refusal: the frame cannot be read.
        """


class ArrayFrames:
    """Frames that are in memory, (count, height, width, 3) uint8; a picture is one frame."""

    sound: Path | None = None

    def __init__(self, frames: UInt8Array, rate: Fraction = Fraction(24)) -> None:
        self._frames = frames if frames.ndim == 4 else frames[None]
        self.rate = rate

    @property
    def count(self) -> int:
        return int(self._frames.shape[0])

    @property
    def size(self) -> tuple[int, int]:
        return (int(self._frames.shape[2]), int(self._frames.shape[1]))

    def frame(self, index: int) -> UInt8Array:
        """Return a frame without its transparency, laid over black."""
        found = self._frames[index]
        if found.shape[2] != 4:
            return cast("UInt8Array", found)
        import numpy as np

        alpha = found[..., 3:].astype(np.uint16)
        return cast("UInt8Array", (found[..., :3] * alpha // 255).astype(np.uint8))


class VideoFrames:
    """A video of the kit; reading on from where it was costs one frame, going back a seek."""

    def __init__(self, video: Video, sound: Path | None = None) -> None:
        self._video = video
        self.sound = sound
        self._reader: Generator[UInt8Array, None, None] | None = None
        self._next = 0
        self._lock = threading.Lock()

    @property
    def rate(self) -> Fraction:
        return self._video.rate

    @property
    def count(self) -> int:
        return self._video.frame_count

    @property
    def size(self) -> tuple[int, int]:
        return (self._video.width, self._video.height)

    def frame(self, index: int) -> UInt8Array:
        """Return a frame, from the reader that is open if it is a little before it."""
        with self._lock:
            reader = self._reader
            if reader is None or not self._next <= index <= self._next + NEARBY:
                reader = self._start(index)
            while True:
                self._next += 1
                found = next(reader)
                if self._next > index:
                    return found

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._reader is not None:
                self._reader.close()
            self._reader = None

    def _start(self, index: int) -> Generator[UInt8Array, None, None]:
        if self._reader is not None:
            self._reader.close()
        frames = cast("Generator[UInt8Array, None, None]", self._video.frames(index))
        self._reader, self._next = frames, index
        return frames

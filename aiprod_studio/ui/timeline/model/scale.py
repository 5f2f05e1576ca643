"""Frames to pixels and back: how far the timeline is zoomed and what lies at its left edge.

The views keep one and replace it; gestures and hit tests ask it. A frame is as wide as
`per_frame` and begins at `x(frame)`. Nothing here knows a clip.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction

WIDEST = 96.0
"""Pixels a frame at most: enough to see one frame as a picture."""

NARROWEST = 1 / 512
"""Pixels a frame at least: ten hours at 24 frames a second fit on 1,700 pixels."""


@dataclass(frozen=True)
class Scale:
    """`per_frame` pixels for each frame; `first` is the frame, not always whole, at x = 0."""

    per_frame: float = 4.0
    first: float = 0.0

    def x(self, frame: float) -> float:
        """Return where a frame begins."""
        return (frame - self.first) * self.per_frame

    def width(self, frames: float) -> float:
        """Return how wide so many frames are."""
        return frames * self.per_frame

    def moment(self, x: float) -> float:
        """Return the moment at a pixel, in frames and parts of them."""
        return self.first + x / self.per_frame

    def frame(self, x: float) -> int:
        """Return the frame under a pixel; it may lie before the film."""
        return math.floor(self.moment(x))

    def edge(self, x: float) -> int:
        """Return the edge between frames nearest to a pixel: the number of the frame after it."""
        return math.floor(self.moment(x) + 0.5)

    def zoomed(self, factor: float, x: float) -> Scale:
        """Return the scale so many times larger; what lies at `x` stays there if it can."""
        per_frame = min(max(self.per_frame * factor, NARROWEST), WIDEST)
        first = self.moment(x) - x / per_frame
        return Scale(per_frame, max(first, 0.0))

    def counted(self, pace: Fraction) -> Scale:
        """Return the scale that shows the same when there are `pace` frames for each one before."""
        per_frame = min(max(self.per_frame / float(pace), NARROWEST), WIDEST)
        return Scale(per_frame, self.first * float(pace))

    def moved(self, pixels: float) -> Scale:
        """Return the scale with everything moved left by so many pixels, not beyond the start."""
        return replace(self, first=max(self.first + pixels / self.per_frame, 0.0))

    def fitted(self, frames: int, width: float) -> Scale:
        """Return the scale that shows so many frames over a width, with a little air behind."""
        per_frame = width / max(frames * 1.04, 1.0)
        return Scale(min(max(per_frame, NARROWEST), WIDEST), 0.0)

    def spanning(self, start: float, stop: float, width: float) -> Scale:
        """Return the scale that shows the frames from start to stop in the middle of a width."""
        per_frame = min(max(width / max((stop - start) * 1.1, 1.0), NARROWEST), WIDEST)
        first = (start + stop) / 2 - width / per_frame / 2
        return Scale(per_frame, max(first, 0.0))

    def showing(self, frame: float, width: float, margin: float = 48.0) -> Scale:
        """Return the scale moved by whole pages until a frame shows, itself where it does."""
        x = self.x(frame)
        if 0 <= x <= width - margin:
            return self
        return replace(self, first=max(frame - margin / self.per_frame, 0.0))

    def seen(self, left: float, right: float) -> tuple[int, int]:
        """Return the frames that touch the pixels from left to right, as (start, stop)."""
        return self.frame(left), math.ceil(self.moment(right)) + 1

"""Which sizes a model can make, and the nearest ones to a size that it cannot.

Plans and the latents nodes ask this; it reads a model's settings and imports no torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiprod_studio.sdk import Invalid, Problem, Refusal

USUAL_LARGEST = 8192


@dataclass(frozen=True)
class Size:
    """Width and height in pixels, and a length in frames."""

    width: int
    height: int
    frames: int


@dataclass(frozen=True)
class Sizes:
    """A family's rule: sides are multiples of `multiple`, frames are `step` * n + `offset`."""

    multiple: int
    step: int
    offset: int

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Sizes:
        """Read a model's settings: `multiple`, `frame_step` and `frame_offset`."""
        offset = int(settings.get("frame_offset", 1))
        return cls(int(settings["multiple"]), int(settings["frame_step"]), offset)

    def nearest(self, size: Size) -> Size:
        """Return the nearest size that works, at least one latent long, high and wide."""
        steps = max(0 if self.offset else 1, round((size.frames - self.offset) / self.step))
        return Size(
            self._side(size.width), self._side(size.height), steps * self.step + self.offset
        )

    def check(self, size: Size) -> None:
        """Refuse a size that does not work, naming the sizes on both sides.

        Raises:
            Refusal: with one problem for each of width, height and frames that is wrong.
        """
        sides = (("width", size.width), ("height", size.height))
        problems: list[Problem] = [
            self._problem(name, value, 0, self.multiple, "a multiple of")
            for name, value in sides
            if value % self.multiple
        ]
        if (size.frames - self.offset) % self.step:
            rule = f"{self.offset} more than a multiple of" if self.offset else "a multiple of"
            problems.append(self._problem("frames", size.frames, self.offset, self.step, rule))
        if problems:
            raise Refusal(problems)

    def _side(self, side: int) -> int:
        return max(1, round(side / self.multiple)) * self.multiple

    @staticmethod
    def _problem(name: str, value: int, offset: int, step: int, rule: str) -> Problem:
        below = (value - offset) // step * step + offset
        choices = [str(choice) for choice in (below, below + step) if choice > 0]
        why = f"{value} cannot be made by this model, which needs {rule} {step}"
        return Invalid(name, why, f"Choose {' or '.join(choices)}.")

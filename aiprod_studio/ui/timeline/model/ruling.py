"""The ticks of the ruler: where, how strong, and what stands at them.

Steps are whole frames, then seconds, minutes and hours, chosen so that words never touch.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from aiprod_studio.story.time import timecode
from aiprod_studio.ui.timeline.model.scale import Scale

ROOM = 96.0
"""Pixels from one written tick to the next, at least."""

FINE = 7.0
"""Pixels between two ticks, at least."""

SECONDS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 18000, 36000)


@dataclass(frozen=True)
class Tick:
    """A line of the ruler at a frame; only the strong ones have words."""

    frame: int
    words: str = ""

    @property
    def strong(self) -> bool:
        """Whether it is one with words."""
        return bool(self.words)


def steps(scale: Scale, rate: Fraction, room: float = ROOM) -> tuple[int, int]:
    """Return the frames between two written ticks, and between any two; one divides the other."""
    known = _known(rate)
    strong = next((step for step in known if scale.width(step) >= room), known[-1])
    fine = strong
    for step in reversed([each for each in known if each < strong and strong % each == 0]):
        if scale.width(step) < FINE:
            break
        fine = step
    return strong, fine


def ticks(
    scale: Scale, rate: Fraction, left: float, right: float, room: float = ROOM
) -> Iterator[Tick]:
    """Yield the ticks over the pixels from left to right, and one written tick before them."""
    strong, fine = steps(scale, rate, room)
    first, last = scale.seen(left, right)
    frame = max(first, 0) // strong * strong
    while frame <= last:
        yield Tick(frame, timecode(frame, rate) if frame % strong == 0 else "")
        frame += fine


def read_timecode(text: str, rate: Fraction, now: int = 0) -> int | None:
    """Return the frame that typed words mean, or None.

    `01:02:03:04` and its ends, `;` and `.` too; digits alone fill from the right as on a
    controller (`215` is two seconds and fifteen frames); a sign moves from `now`.
    """
    text = text.strip()
    sign = text[:1] if text[:1] in ("+", "-") else ""
    body = text[len(sign) :].replace(";", ":").replace(".", ":").strip()
    parts = body.split(":") if ":" in body else _pairs(body)
    if not parts or len(parts) > 4 or any(part and not part.isascii() for part in parts):
        return None
    if any(part and not part.isdigit() for part in parts) or not any(parts):
        return None
    values = [int(part or 0) for part in parts]
    values = [0] * (4 - len(values)) + values
    seconds = values[0] * 3600 + values[1] * 60 + values[2]
    frames = seconds * max(1, round(rate)) + values[3]
    if not sign:
        return frames
    return max(now + (frames if sign == "+" else -frames), 0)


def _pairs(digits: str) -> list[str]:
    if not digits.isdigit() or len(digits) > 8:
        return []
    digits = digits if len(digits) % 2 == 0 else f"0{digits}"
    return [digits[n : n + 2] for n in range(0, len(digits), 2)]


def _known(rate: Fraction) -> list[int]:
    """Return all steps in frames: divisors of a second, then seconds and more."""
    base = max(1, round(rate))
    parts = [step for step in range(1, base) if base % step == 0]
    parts = parts[:1] + [b for a, b in pairwise(parts) if b >= 2] if parts else []
    return sorted({*parts, *(math.ceil(second * base) for second in SECONDS)})

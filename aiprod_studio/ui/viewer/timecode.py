"""Timecode: frames as hours, minutes, seconds and frames, as editors write them.

Rates that are no whole number count frames of the next whole one, without dropping numbers. No Qt.
"""

from __future__ import annotations

import re
from fractions import Fraction


def timecode(index: int, rate: Fraction) -> str:
    """Return a frame's time, say "00:00:04:12"."""
    per_second = max(1, round(rate))
    seconds, frames = divmod(index, per_second)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}:{frames:02d}"


def frame_of(text: str, rate: Fraction) -> int | None:
    """Return the frame that an artist means: "96", "4:12", "00:00:04:12", "2.5s"; else None."""
    words = text.strip().lower()
    if re.fullmatch(r"\d{1,9}", words):
        return int(words)
    seconds = re.fullmatch(r"(\d{1,6}(?:[.,]\d{1,6})?)\s*s", words)
    if seconds:
        return int(Fraction(seconds.group(1).replace(",", ".")) * rate)
    if not re.fullmatch(r"\d{1,4}(:\d{1,2}){1,3}", words):
        return None
    parts = [int(part) for part in words.split(":")]
    hours, minutes, whole, frames = [0] * (4 - len(parts)) + parts
    return ((hours * 60 + minutes) * 60 + whole) * max(1, round(rate)) + frames

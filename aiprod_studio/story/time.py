"""Exact time: frame rates, moments counted in frames of a rate, and half-open spans of them.

The cut, the takes and all interchange count with these. Nothing here ever rounds: what is not a
whole frame stays a fraction until somebody asks for a frame number.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import total_ordering

from aiprod_studio.sdk import Refusal
from aiprod_studio.story.problems import BadTime, shown

HIGHEST_RATE = 1000
NTSC = Fraction(1000, 1001)
LONGEST_NUMBER = 40
REMEDY = "Write a rate such as 24, 25, 12.5 or 24000/1001."


def read_rate(value: object) -> Fraction:
    """Return a frame rate in frames a second; 23.976 and its like become exact NTSC rates.

    Raises:
        ValueError: the end of a sentence that says what is wrong.
    """
    number = _number(value)
    if number is None:
        raise ValueError(f"is {shown(value)}, which is no frame rate")
    if number <= 0:
        raise ValueError(f"is {shown(value)}; a frame rate is more than zero")
    if number > HIGHEST_RATE:
        raise ValueError(f"is {shown(value)}; at most {HIGHEST_RATE} frames a second are meant")
    return _exact(number, value)


def rate_of(value: object, where: str = "frame rate") -> Fraction:
    """Return a frame rate, as `read_rate`.

    Raises:
        Refusal: with `BadTime`, naming `where`.
    """
    try:
        return read_rate(value)
    except ValueError as error:
        raise Refusal(BadTime(where, str(error), REMEDY)) from None


def _number(value: object) -> Fraction | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Fraction):
        return None
    if isinstance(value, str) and len(value) > LONGEST_NUMBER:
        return None
    try:
        return Fraction(value)
    except (ValueError, ZeroDivisionError, OverflowError):
        return None


def _exact(number: Fraction, value: object) -> Fraction:
    written = isinstance(value, Fraction | int) or (isinstance(value, str) and "/" in value)
    if written and number.denominator <= 100_000:
        return number
    ntsc = round(number / NTSC) * NTSC
    if abs(ntsc - number) < Fraction(1, 200) and number.denominator != 1:
        return ntsc
    near = number.limit_denominator(1001)
    if not near or abs(near - number) > Fraction(1, 10**9):
        raise ValueError(f"is {shown(value)}, which is no ratio of whole numbers")
    return near


def rate_text(rate: Fraction) -> str:
    """Return a rate as it is written in a document."""
    return str(rate)


@total_ordering
@dataclass(frozen=True, eq=False)
class Time:
    """A moment or a length: `value` frames at `rate` frames a second, both exact.

    Times of different rates compare and add by what they are in seconds; a sum keeps the rate of
    its first part.
    """

    value: Fraction
    rate: Fraction

    @staticmethod
    def at(value: int | Fraction, rate: int | Fraction) -> Time:
        """Return a time of so many frames."""
        return Time(Fraction(value), Fraction(rate))

    @staticmethod
    def parse(text: object) -> Time:
        """Return the time written as `frames@rate`, say `25@24` or `5/2@24000/1001`.

        Raises:
            ValueError: the end of a sentence that says what is wrong.
        """
        value, found, rate = text.partition("@") if isinstance(text, str) else ("", "", "")
        frames = _number(value)
        if not found or frames is None:
            raise ValueError(f"is {shown(text)}; a time is written as frames@rate, say 25@24")
        return Time(frames, read_rate(rate))

    def __str__(self) -> str:
        return f"{self.value}@{rate_text(self.rate)}"

    @property
    def seconds(self) -> Fraction:
        """How long, exactly."""
        return self.value / self.rate

    @property
    def frame(self) -> int:
        """The frame that is showing: the last that began at or before this moment."""
        return math.floor(self.value)

    def to(self, rate: Fraction) -> Time:
        """Return the same moment counted in frames of another rate."""
        return self if rate == self.rate else Time(self.seconds * rate, rate)

    def plus(self, frames: int | Fraction, rate: Fraction) -> Time:
        """Return the moment so many frames of `rate` later."""
        return Time(self.value + Fraction(frames) * self.rate / rate, self.rate)

    def __add__(self, other: Time) -> Time:
        return self.plus(other.value, other.rate)

    def __sub__(self, other: Time) -> Time:
        return self.plus(-other.value, other.rate)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Time) and self.seconds == other.seconds

    def __lt__(self, other: Time) -> bool:
        return self.seconds < other.seconds

    def __hash__(self) -> int:
        return hash(self.seconds)


@dataclass(frozen=True)
class Span:
    """From `start` up to, and not with, `stop`.

    Raises:
        Refusal: with `BadTime`, when it would end before it starts.
    """

    start: Time
    stop: Time

    def __post_init__(self) -> None:
        if self.stop < self.start:
            why = f"it would end at {self.stop}, before its start at {self.start}"
            raise Refusal(BadTime("range", why, "Give an end that is not before the start."))

    @property
    def length(self) -> Time:
        """How long it is."""
        return self.stop - self.start

    def holds(self, time: Time) -> bool:
        """Say whether a moment lies within."""
        return self.start <= time < self.stop

    def covers(self, other: Span) -> bool:
        """Say whether another span lies within, to the last frame."""
        return self.start <= other.start and other.stop <= self.stop

    def overlaps(self, other: Span) -> bool:
        """Say whether the two share a moment."""
        return self.start < other.stop and other.start < self.stop


def timecode(frames: int, rate: Fraction) -> str:
    """Return hours:minutes:seconds:frames, counting whole frames a second (non-drop)."""
    base = max(1, round(rate))
    whole, rest = divmod(abs(frames), base)
    sign = "-" if frames < 0 else ""
    return f"{sign}{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}:{rest:02}"

"""From the times of frames to a constant rate: which rate a video has, and which frame is when.

Pure arithmetic on the packet table. A file whose frames all lie within half a frame of a steady
beat keeps every frame as it is; any other (variable rate, as phones record) is shown at a steady
rate by choosing, for each beat, the frame that is on show at its middle.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from aiprod_studio.media.boxes import Ticks
from aiprod_studio.media.packets import PacketTable

MAX_RATE = 1000
MAX_FRAMES = 100_000_000
_STANDARD = tuple(
    rate
    for whole in (24, 25, 30, 48, 50, 60, 12, 15, 10, 20, 8, 16, 18, 72, 90, 100, 120, 240)
    for rate in (Fraction(whole), Fraction(whole * 1000, 1001))
)


@dataclass(frozen=True)
class Timing:
    """A steady rate, how many frames that makes, and which stored frame each one shows.

    `choice` is None when frame n simply is the n-th stored frame.
    """

    rate: Fraction
    frame_count: int
    choice: Ticks | None = None


def timing_of(table: PacketTable, fps: Fraction | None, tbr: Fraction | None) -> Timing:
    """Find the rate of a video; `fps` and `tbr` are the header's rounded hints.

    Raises:
        ValueError: the end of a sentence that says why its times make no sense.
    """
    count = len(table.times)
    candidates = _candidates(table, fps, tbr)
    # First the beat that explains every time to the tick; only then one with some jitter.
    for ticks, share in ((1.0, 0.0), (0.0, 0.45)):
        for rate in candidates:
            if _off_beat(table, rate) <= ticks + share / float(rate * table.time_base):
                return Timing(rate, count)
    return _varying(table, fps, tbr)


def _candidates(table: PacketTable, fps: Fraction | None, tbr: Fraction | None) -> list[Fraction]:
    """List the rates to try, the best supported first."""
    hints = [rate for rate in (tbr, fps) if rate]
    exact, measured = _exact(table), _measured(table)
    found: list[Fraction] = []
    # A coarse clock rounds steps, so there an even step needs a second witness.
    fine = table.time_base <= Fraction(1, 2000)
    if exact and (fine or exact in _STANDARD or any(_near(exact, hint) for hint in hints)):
        found.append(exact)
    for hint in hints:
        found += [rate for rate in (*_STANDARD, *_ntsc_of(hint)) if _near(rate, hint)]
        found.append(hint)
    if measured:
        found += [rate for rate in _STANDARD if abs(rate / measured - 1) < Fraction(1, 500)]
        found.append(measured.limit_denominator(1001))
    if table.time_base == Fraction(1, 100):
        # A GIF's clock cannot tell 24 from 23.976, and its hints are guesses: whole rates first.
        found.sort(key=lambda rate: rate.denominator)
    return [rate for rate in found if 0 < rate <= MAX_RATE]


def _exact(table: PacketTable) -> Fraction | None:
    """Return the rate when all steps are the same number of ticks."""
    if len(table.times) < 2:
        step = table.last_duration
        return 1 / (step * table.time_base) if step > 0 else None
    steps = np.diff(table.times)
    if steps[0] > 0 and np.all(steps == steps[0]):
        return 1 / (int(steps[0]) * table.time_base)
    return None


def _near(rate: Fraction, hint: Fraction) -> bool:
    """Say whether a hint, printed with two digits, may mean this rate."""
    return abs(rate - hint) < Fraction(6, 1000)


def _ntsc_of(hint: Fraction) -> list[Fraction]:
    whole = round(hint * 1001 / 1000)
    rate = Fraction(whole * 1000, 1001)
    return [rate] if rate and _near(rate, hint) else []


def _measured(table: PacketTable) -> Fraction | None:
    span = int(table.times[-1] - table.times[0]) * table.time_base
    return (len(table.times) - 1) / span if span > 0 else None


def _off_beat(table: PacketTable, rate: Fraction) -> float:
    """Return how far, in ticks, the worst frame lies from a steady beat."""
    expected = np.arange(len(table.times)) / float(rate * table.time_base)
    return float(np.abs(table.times - table.times[0] - expected).max(initial=0.0))


def _varying(table: PacketTable, fps: Fraction | None, tbr: Fraction | None) -> Timing:
    """Choose frames on a steady beat: the usual step of the clip, rounded to a known rate."""
    steps = np.diff(table.times)
    usual = float(np.median(steps[steps > 0])) if np.any(steps > 0) else 0.0
    guess = Fraction(1) / (Fraction(usual) * table.time_base) if usual else fps or tbr
    if not guess or guess > MAX_RATE:
        raise ValueError("the times of its frames make no sense")
    rate = min(_STANDARD, key=lambda known: abs(known / guess - 1))
    if abs(rate / guess - 1) > Fraction(2, 100):
        rate = guess.limit_denominator(1001)
    span = int(table.times[-1] - table.times[0]) + max(table.last_duration, round(usual))
    count = max(1, round(span * table.time_base * rate))
    if count > MAX_FRAMES:
        raise ValueError(f"its frames would last {float(count / rate):.0f} seconds")
    middles = (np.arange(count) + 0.5) / float(rate * table.time_base) + int(table.times[0])
    choice = np.searchsorted(table.times, middles, side="right") - 1
    return Timing(rate, count, np.clip(choice, 0, len(table.times) - 1).astype(np.int64))

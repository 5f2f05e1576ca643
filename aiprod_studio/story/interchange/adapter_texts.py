"""What the adapters of FCPXML and EDL do not know about rates, put right in the text of a file.

The FCPXML adapter counts in whole frames a second, so rates such as 23.976 travel through it as
24 with all times scaled. An EDL says no rate at all: ours carries it in a comment, and of others
it is told from the highest frame number. `exchange` calls this before reading and after writing.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from aiprod_studio.story.time import NTSC, read_rate

NUDGE = Fraction(1, 100_000)
"""Seconds that are added to times, because the adapter rounds 34.99999 frames down."""
EDL_RATE = "* FRAME RATE: "
USUAL = (24, 25, 30, 50, 60)

_TIME = re.compile(r'="(-?\d+)(?:/(\d+))?s"')
_FRAME = re.compile(r'(frameDuration="[^"]*")')
_EVENT = re.compile(r"^\d+\s.*\s(\d\d[:;]\d\d[:;]\d\d[:;]\d\d)\s+[\d:;]{11}\s*$")
_CODE = re.compile(r"\b\d\d:\d\d:\d\d[:;](\d\d)\b")


def count_frames_right() -> None:
    """Have the FCPXML adapter round to frames: it cuts off, and 29/50 of a second became 28 of 50.

    It reads back what it wrote while it writes, so that a text alone cannot put this right.
    """
    import opentimelineio as otio

    otio.adapters.from_name("fcpx_xml").module().to_rational_time = _frames_of


def _frames_of(text: str | None, rate: float) -> Any:
    import opentimelineio as otio

    seconds = Fraction(text.strip().removesuffix("s") or "0") if text else Fraction(0)
    return otio.opentime.RationalTime(round(seconds * int(rate)), int(rate))


def nominal(rate: Fraction) -> Fraction:
    """Return the whole rate that stands for one such as 24000/1001."""
    return Fraction(round(rate)) if rate.denominator == 1001 else rate


def fcpxml_written(text: str, rate: Fraction) -> str:
    """Return FCPXML that was written at the nominal rate with its times at the real one."""
    return _scaled(text, nominal(rate) / rate)


def fcpxml_rate(text: str) -> Fraction | None:
    """Return the rate of the first format of an FCPXML file, None where it has none."""
    found = re.search(r'frameDuration="(\d+)/(\d+)s"', text)
    if found is None or not int(found[1]) or not int(found[2]):
        return None
    return Fraction(int(found[2]), int(found[1]))


def fcpxml_read(text: str, rate: Fraction) -> str:
    """Return FCPXML with its times at the nominal rate, as the adapter understands them."""
    factor = rate / nominal(rate)
    parts = _FRAME.split(text)
    return "".join(
        _scaled(part, factor, 0 if part.startswith("frameDuration") else NUDGE) for part in parts
    )


def at_rate(json: str, nominal_rate: Fraction, rate: Fraction) -> str:
    """Return the JSON of a timeline counted at a nominal rate with the real one in its place."""
    return re.sub(rf'("rate":\s*){float(nominal_rate)}\b', rf"\g<1>{float(rate)!r}", json)


def _scaled(text: str, factor: Fraction, more: Fraction | int = 0) -> str:
    def put(found: re.Match[str]) -> str:
        time = Fraction(int(found[1]), int(found[2] or 1)) * factor
        time += more if time > 0 else 0
        if time.denominator == 1:
            return f'="{time.numerator}s"'
        return f'="{time.numerator}/{time.denominator}s"'

    return _TIME.sub(put, text)


def edl_written(text: str, rate: Fraction) -> str:
    """Return an EDL that says its rate in a comment, below the title."""
    title, line, rest = text.partition("\n")
    return f"{title}{line}{EDL_RATE}{rate}\n{rest}" if title.startswith("TITLE") else text


def edl_rate(text: str) -> Fraction:
    """Return the rate of an EDL: what it says, else the lowest that its timecodes fit."""
    for each in text.splitlines():
        if each.startswith(EDL_RATE):
            try:
                return read_rate(each.removeprefix(EDL_RATE).strip())
            except ValueError:
                break
    if re.search(r"^FCM:\s*DROP", text, re.MULTILINE):
        return 30 * NTSC
    highest = max((int(frame) for frame in _CODE.findall(text)), default=0)
    return Fraction(next((rate for rate in USUAL if rate > highest), USUAL[-1]))


def edl_start(text: str) -> int:
    """Return the frame that an EDL of ours begins with; others begin with their first event."""
    if EDL_RATE not in text:
        return 0
    whole = int(nominal(edl_rate(text)))
    starts = [_EVENT.match(line) for line in text.splitlines()]
    codes = [[int(part) for part in re.split("[:;]", found[1])] for found in starts if found]
    frames = (((h * 60 + m) * 60 + s) * whole + f for h, m, s, f in codes)
    return min(frames, default=0)


def edl_read(text: str) -> str:
    """Return an EDL without our comment, which the adapter does not know at that place."""
    lines = text.splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(EDL_RATE))

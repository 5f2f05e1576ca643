"""Weights in prompts: `(a red ball:1.2)`. Pure text, no Qt.

The prompt editor raises and lowers them and colours them; text encoders read the same form
(`sdk.weighted`).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from aiprod_studio.sdk.weighting import WEIGHTED

LEAST, MOST, STEP = 0.1, 2.0, 0.1
WORD = re.compile(r"[\w'’-]")


class Edit(NamedTuple):
    """A piece of text to be replaced, and what is chosen afterwards; places in characters."""

    start: int
    stop: int
    text: str
    chosen: tuple[int, int]


def weighed(text: str, start: int, stop: int, by: float) -> Edit | None:
    """Return how to change the weight of what is chosen, or of the word at the cursor.

    A weight of 1 needs no brackets, so they go. None where there is nothing to weigh.
    """
    for found in WEIGHTED.finditer(text):
        if found.start() <= start and stop <= found.end():
            weight = _changed(float(found.group(2)), by)
            return _edit(found.start(), found.end(), found.group(1), weight)
    if start == stop:
        start, stop = _word_at(text, start)
    while start < stop and text[start].isspace():
        start += 1
    while stop > start and text[stop - 1].isspace():
        stop -= 1
    piece = text[start:stop]
    if not piece or "(" in piece or ")" in piece:
        return None
    return _edit(start, stop, piece, _changed(1.0, by))


def spans(text: str) -> list[tuple[int, int, float]]:
    """Return every weighted piece with its brackets: from, to, and the weight."""
    return [(m.start(), m.end(), float(m.group(2))) for m in WEIGHTED.finditer(text)]


def _changed(weight: float, by: float) -> float:
    return round(min(MOST, max(LEAST, weight + by)), 2)


def _edit(start: int, stop: int, piece: str, weight: float) -> Edit:
    if weight == 1:
        return Edit(start, stop, piece, (start, start + len(piece)))
    return Edit(start, stop, f"({piece}:{weight:g})", (start + 1, start + 1 + len(piece)))


def _word_at(text: str, place: int) -> tuple[int, int]:
    start = stop = place
    while start > 0 and WORD.match(text[start - 1]):
        start -= 1
    while stop < len(text) and WORD.match(text[stop]):
        stop += 1
    return start, stop

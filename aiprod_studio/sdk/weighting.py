"""Weights in prompts: `a (red ball:1.2) rolls` leans on the red ball.

Text encoders multiply what they make of the words in brackets; the prompt editor raises and lowers
the numbers. Standard library only, and nothing but text here.
"""

from __future__ import annotations

import re
from typing import NamedTuple

WEIGHTED = re.compile(r"\(([^()]*?):\s*(\d{1,3}(?:\.\d{1,6})?)\s*\)")
"""Brackets with a weight; inside other brackets only the innermost count."""


class Weighted(NamedTuple):
    """A prompt without its weights, and the pieces that had one: (from, to, weight) in it."""

    plain: str
    pieces: tuple[tuple[int, int, float], ...]


def weighted(text: str) -> Weighted:
    """Take the weights out of a prompt; a text without any comes back as it is."""
    plain, pieces, at = "", [], 0
    for found in WEIGHTED.finditer(text):
        plain += text[at : found.start()]
        pieces.append((len(plain), len(plain) + len(found[1]), float(found[2])))
        plain += found[1]
        at = found.end()
    return Weighted(plain + text[at:], tuple(pieces))

"""How long dialogue takes to say: durations suggested for panels, never applied by themselves.

The board shows them beside the durations the artist gave; applying one is a `SetPanel` like any
other. Speech is counted at 2.5 words a second, the rate of calm film dialogue, plus a breath.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction

from aiprod_studio.sdk import Problem
from aiprod_studio.story.board import Board
from aiprod_studio.story.problems import LooksOdd

WORDS_A_SECOND = Fraction(5, 2)
PAUSE = Fraction(1, 2)
"""Seconds of silence around what is said in a panel."""

ASIDE = re.compile(r"\([^()]*\)")
CUE = re.compile(r"^[^a-z:\n]{1,60}:\s", re.MULTILINE)
"""Who speaks, in capitals as scripts write it; not spoken itself."""

SPOKEN = re.compile(r"\w+(?:['’-]\w+)*")
UNSPACED = re.compile(r"[぀-ヿ㐀-鿿가-힯]")
SIGNS_A_SECOND = 5
"""Syllabic and Chinese signs, which are written without spaces between words."""


@dataclass(frozen=True)
class Suggestion:
    """A panel whose dialogue takes longer to say than it lasts; both in frames."""

    panel: str
    frames: int
    suggested: int


def spoken_frames(dialogue: str, rate: Fraction) -> int:
    """Return how many frames it takes to say a text; parentheticals are not spoken."""
    said = CUE.sub(" ", ASIDE.sub(" ", dialogue))
    signs = len(UNSPACED.findall(said))
    words = len(SPOKEN.findall(UNSPACED.sub(" ", said)))
    if not signs and not words:
        return 0
    seconds = words / WORDS_A_SECOND + Fraction(signs, SIGNS_A_SECOND) + PAUSE
    return math.ceil(seconds * rate)


def suggestions(board: Board) -> tuple[Suggestion, ...]:
    """Return the panels that are shorter than what is said in them, in the order of the film."""
    found = (
        Suggestion(panel.name, panel.frames, spoken_frames(panel.dialogue, board.rate))
        for _, panel in board.panels()
    )
    return tuple(each for each in found if each.suggested > each.frames)


def too_much_said(board: Board) -> tuple[Problem, ...]:
    """Return a sentence for every shot whose dialogue takes longer to say than it lasts."""
    problems: list[Problem] = []
    for scene, shot in board.shots():
        needed = sum(spoken_frames(panel.dialogue, board.rate) for panel in shot.panels)
        if needed > shot.length:
            why = f"its dialogue takes about {needed} frames to say, and it lasts {shot.length}"
            remedy = "Make its panels longer or its dialogue shorter."
            problems.append(LooksOdd(f"shot {scene.number}{shot.letter}", why, remedy))
    return tuple(problems)

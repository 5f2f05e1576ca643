"""What a drag would do, tried on the cut before anything is done: the draft the timeline paints.

Gestures make drafts; the document hears of nothing until the mouse is let go. `Reach` finds how
far a drag may go, so that an edge stops where its media ends instead of doing nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from aiprod_studio.sdk import Problem, Refusal
from aiprod_studio.story.cut import Cut
from aiprod_studio.story.edits import CutEdit
from aiprod_studio.ui.timeline.model.rows import Rows
from aiprod_studio.ui.timeline.model.scale import Scale


@dataclass(frozen=True)
class Pointer:
    """Where the mouse is: pixels from the top left of the tracks, and the keys that are held."""

    x: float
    y: float
    shift: bool = False
    ctrl: bool = False
    alt: bool = False


@dataclass(frozen=True)
class Desk:
    """All that a gesture needs to know when it begins."""

    cut: Cut
    rows: Rows
    scale: Scale
    chosen: frozenset[str] = frozenset()
    playhead: int = 0
    marks: tuple[int, ...] = ()
    snapping: bool = True
    reach: float = 8.0
    """Pixels within which edges snap."""


@dataclass(frozen=True)
class Draft:
    """The cut as it would be, and the edits that make it so.

    `line` is the frame it snapped to, `words` what stands beside the mouse, `problem` why it goes
    no further, `frame` what the viewer shows meanwhile, `chosen` the clips that become chosen.
    `box` is a marquee and `blade` a line over a track, in pixels and frames.
    """

    cut: Cut
    edits: tuple[CutEdit, ...] = ()
    title: str = ""
    line: int | None = None
    words: str = ""
    problem: Problem | None = None
    frame: int | None = None
    chosen: frozenset[str] | None = None
    box: tuple[float, float, float, float] | None = None


class Gesture(Protocol):
    """Something done with the mouse held down; the edits of its last draft are done at the end."""

    def move(self, pointer: Pointer) -> Draft:
        """Return what letting go here would do."""


def applied(cut: Cut, edits: Iterable[CutEdit]) -> Cut:
    """Return the cut after some edits. Raises a Refusal when one is not allowed."""
    for edit in edits:
        cut = edit.apply(cut)
    return cut


def tried(cut: Cut, edits: Iterable[CutEdit]) -> tuple[Cut, Problem | None]:
    """Return the cut after some edits and None, or the cut as it was and why not."""
    try:
        return applied(cut, edits), None
    except Refusal as refusal:
        return cut, refusal.problems[0]


Making = Callable[[int], tuple[CutEdit, ...]]


class Reach:
    """How far an edit may go: `making(by)` gives its edits, and more is never allowed than less.

    The limit on each side is looked for once, when a drag first runs into it.
    """

    def __init__(self, cut: Cut, making: Making) -> None:
        self._cut, self._making = cut, making
        self._limits: dict[bool, tuple[int, Problem]] = {}

    def draft(self, by: int) -> tuple[int, Draft]:
        """Return the allowed move nearest to `by`, and its draft with why it is not further."""
        problem = None
        limit = self._limits.get(by > 0)
        if limit is not None and abs(by) > abs(limit[0]):
            by, problem = limit
        after, refused = self._tried(by)
        if refused is not None:
            by, problem = self._limits[by > 0] = self._limit(by), refused
            after, _ = self._tried(by)
        return by, Draft(after, self._making(by) if by else (), problem=problem)

    def _tried(self, by: int) -> tuple[Cut, Problem | None]:
        return tried(self._cut, self._making(by)) if by else (self._cut, None)

    def _limit(self, refused: int) -> int:
        """Return the furthest move short of a refused one that is allowed."""
        sign = 1 if refused > 0 else -1
        good, bad = 0, abs(refused)
        while bad - good > 1:
            middle = (good + bad) // 2
            if self._tried(sign * middle)[1] is None:
                good = middle
            else:
                bad = middle
        return sign * good

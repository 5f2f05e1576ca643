"""Scores: how many readings are right, apart for seen and held-out combinations.

Four rows share one set of questions: truth, its codec round trip, what was generated, and the same
against shuffled prompts. Used by the report; takes the model as two functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from aiprod_studio.training.evaluation.questions import Question
from aiprod_studio.training.evaluation.reading import read

Frames: TypeAlias = NDArray[np.uint8]
Generate: TypeAlias = Callable[[Sequence[str], Sequence[int]], Iterable[Frames]]
RoundTrip: TypeAlias = Callable[[Frames], Frames]
Readings: TypeAlias = Sequence[Mapping[str, str]]


@dataclass(frozen=True)
class Score:
    """So many right of so many asked."""

    right: int
    asked: int

    @property
    def share(self) -> float:
        """From 0 to 1; nan where nothing was asked."""
        return self.right / self.asked if self.asked else float("nan")


@dataclass(frozen=True)
class Row:
    """One row of the table: scores by attribute, over all, seen and held-out questions.

    `psnr` is the mean over clips against the truth, in dB, where the row has one.
    """

    name: str
    scores: Mapping[str, Score]
    seen: Mapping[str, Score]
    held_out: Mapping[str, Score]
    psnr: float | None = None


def score(
    name: str, asked: Sequence[Question], readings: Readings, psnr: float | None = None
) -> Row:
    """The row of readings against what the questions state."""
    both = list(zip(asked, readings, strict=True))
    seen = [(q, r) for q, r in both if not q.held_out]
    held = [(q, r) for q, r in both if q.held_out]
    return Row(name, _counted(both), _counted(seen), _counted(held), psnr)


def _counted(pairs: list[tuple[Question, Mapping[str, str]]]) -> dict[str, Score]:
    right: dict[str, int] = {}
    asked: dict[str, int] = {}
    for question, reading in pairs:
        for name, value in question.stated.items():
            if name in reading:
                asked[name] = asked.get(name, 0) + 1
                right[name] = right.get(name, 0) + (reading[name] == value)
    return {name: Score(right[name], asked[name]) for name in asked}


def rows(
    asked: Sequence[Question], generate: Generate, round_trip: RoundTrip,
    keep: Callable[[int, Frames], None] | None = None,
) -> list[Row]:  # fmt: skip
    """The four rows; `keep` is shown every generated clip with the number of its question."""
    truth: list[dict[str, str]] = []
    after: list[dict[str, str]] = []
    loss: list[float] = []
    for question in asked:
        frames = question.scene.render().frames
        again = round_trip(frames)
        truth.append(read(frames))
        after.append(read(again))
        loss.append(psnr(frames, again))
    made: list[dict[str, str]] = []
    for index, frames in enumerate(_generated(asked, generate)):
        if keep is not None:
            keep(index, frames)
        made.append(read(frames))
    return [
        score("truth", asked, truth),
        score("codec round trip", asked, after, float(np.mean(loss))),
        score("generated", asked, made),
        score("generated, shuffled prompts", shuffled(asked), made),
    ]


def _generated(asked: Sequence[Question], generate: Generate) -> Iterator[Frames]:
    clips = generate([q.prompt for q in asked], [q.seed for q in asked])
    yield from clips


def shuffled(asked: Sequence[Question]) -> list[Question]:
    """The questions moved on by about half their number, so that none keeps its place."""
    step = max(1, len(asked) // 2 - 1)
    return [*asked[step:], *asked[:step]]


def psnr(first: Frames, second: Frames) -> float:
    """Peak signal to noise ratio in dB; 99 where both are equal."""
    gap = float(np.mean((first.astype(np.float32) - second.astype(np.float32)) ** 2))
    return 99.0 if gap == 0 else float(10 * np.log10(255.0**2 / gap))


@dataclass
class Gates:
    """Limits a model has to reach, and what became of them."""

    results: dict[str, tuple[float, float, bool]] = field(default_factory=dict)

    def check(self, name: str, value: float, limit: float) -> None:
        """Note whether `value` reaches `limit`; what is not a number does not."""
        self.results[name] = (value, limit, bool(value >= limit))

    @property
    def green(self) -> bool:
        """Whether every limit was reached."""
        return all(passed for _, _, passed in self.results.values())

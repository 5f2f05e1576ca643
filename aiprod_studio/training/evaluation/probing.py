"""Beyond single prompts: minimal pairs, given pictures, diversity, the nearest training picture.

Used by the report. Takes the model as a function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from aiprod_studio.training import world
from aiprod_studio.training.evaluation.questions import ASKED, Pair, Question
from aiprod_studio.training.evaluation.reading import read
from aiprod_studio.training.evaluation.scoring import (
    Frames,
    Generate,
    Score,
    psnr,
    score,
    shuffled,
)

Animate: TypeAlias = Callable[[Sequence[str], Sequence[Frames], Sequence[int]], Iterable[Frames]]
"""Films of prompts that begin with pictures (H, W, 3), one seed each."""


@dataclass(frozen=True)
class PairScores:
    """For one changed attribute: pairs that flip it, that keep the rest, that do both."""

    flips: Score
    keeps: Score
    both: Score


def pair_scores(asked: Sequence[Pair], generate: Generate) -> dict[str, PairScores]:
    """How one changed word changes the film, by attribute."""
    prompts = [q.prompt for pair in asked for q in (pair.first, pair.second)]
    seeds = [q.seed for pair in asked for q in (pair.first, pair.second)]
    readings = [read(frames) for frames in generate(prompts, seeds)]
    found: dict[str, list[tuple[bool, bool]]] = {}
    for index, pair in enumerate(asked):
        first, second = readings[2 * index], readings[2 * index + 1]
        found.setdefault(pair.changed, []).append(_compared(pair, first, second))
    return {name: _pair_score(results) for name, results in found.items()}


def _compared(pair: Pair, first: Mapping[str, str], second: Mapping[str, str]) -> tuple[bool, bool]:
    """Whether the changed attribute reads as named in both films, and the rest reads alike."""
    name = pair.changed
    flips = (first[name], second[name]) == (pair.first.stated[name], pair.second.stated[name])
    keeps = all(first[other] == second[other] for other in ASKED if other != name)
    return flips, keeps


def _pair_score(results: list[tuple[bool, bool]]) -> PairScores:
    count = len(results)
    return PairScores(
        Score(sum(flips for flips, _ in results), count),
        Score(sum(keeps for _, keeps in results), count),
        Score(sum(flips and keeps for flips, keeps in results), count),
    )


@dataclass(frozen=True)
class FromPictures:
    """Films that begin with a given picture.

    `kept` is the mean PSNR in dB of the first frame against it. `scores` say what is obeyed, as
    `floor` what the same films would score against other prompts.
    """

    kept: float
    scores: Mapping[str, Score]
    floor: Mapping[str, Score]


def from_pictures(asked: Sequence[Question], animate: Animate) -> FromPictures:
    """Give the first frame of each question's truth, and read what the films make of the prompt."""
    pictures = [question.scene.render().frames[0] for question in asked]
    films = animate([q.prompt for q in asked], pictures, [q.seed for q in asked])
    kept, readings = [], []
    for picture, frames in zip(pictures, films, strict=True):
        kept.append(psnr(picture, frames[0]))
        readings.append(read(frames))
    made = score("from pictures", asked, readings)
    floor = score("from pictures, shuffled prompts", shuffled(asked), readings)
    return FromPictures(float(np.mean(kept)), made.scores, floor.scores)


def diversity(asked: Sequence[Question], generate: Generate, takes: int = 4) -> float:
    """How much takes of one prompt differ, as a share of how much true scenes of it differ."""
    made: list[float] = []
    true: list[float] = []
    for question in asked:
        seeds = [question.seed + 7919 * take for take in range(takes)]
        clips = list(generate([question.prompt] * takes, seeds))
        stated = question.scene.attributes
        scenes = [world.compose(stated, seed).render(5).frames for seed in seeds]
        made.append(_spread([_small(clip[len(clip) // 2]) for clip in clips]))
        true.append(_spread([_small(clip[len(clip) // 2]) for clip in scenes]))
    return float(np.mean(made) / max(1e-6, float(np.mean(true))))


def _spread(pictures: list[NDArray[np.float32]]) -> float:
    gaps = [
        float(np.abs(first - second).mean())
        for i, first in enumerate(pictures) for second in pictures[:i]
    ]  # fmt: skip
    return float(np.mean(gaps)) if gaps else 0.0


@dataclass(frozen=True)
class Nearest:
    """Distances (mean absolute difference, 0 to 255) to the nearest training picture.

    `generated` and `unseen` are medians over generated and over unseen true pictures; a model that
    copies has far smaller distances than unseen truth has. `seeds` are the nearest training scenes.
    """

    generated: float
    unseen: float
    seeds: tuple[int, ...]


def nearest(
    made: Mapping[int, Frames], asked: Sequence[Question], training_scenes: int = 1500
) -> Nearest:
    """Compare the middle frames of generated clips with stills of training scenes."""
    shelf = np.stack([_small(world.scene(seed).still(0.5)) for seed in range(training_scenes)])
    gaps, seeds = [], []
    for frames in made.values():
        distances = np.abs(shelf - _small(frames[len(frames) // 2])).mean(axis=(1, 2, 3))
        gaps.append(float(distances.min()))
        seeds.append(int(distances.argmin()))
    unseen = [
        float(np.abs(shelf - _small(q.scene.still(0.5))).mean(axis=(1, 2, 3)).min()) for q in asked
    ]
    return Nearest(float(np.median(gaps)), float(np.median(unseen)), tuple(seeds))


def _small(picture: Frames) -> NDArray[np.float32]:
    return np.asarray(cv2.resize(picture, (32, 24), interpolation=cv2.INTER_AREA), np.float32)

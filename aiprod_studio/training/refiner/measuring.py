"""Measures ways to fill between keyframes on films that no training saw: likeness and recall.

Films are scenes of held-out combinations and sprites of other seeds, cut down to keyframes 12, 6
and 3 apart. PSNR and SSIM count filled frames alone. Object recall counts what PSNR forgives: of
the filled frames in which an actor stands clearly elsewhere than in the keyframes on both sides,
the share in which at least half of its pixels (by the film's exact mask) have their true colour.
Used by the command line, the benchmark and the tests; nothing is learned or tuned here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aiprod_studio.diffusion.refiner.metrics import psnr, ssim
from aiprod_studio.diffusion.refiner.refining import Corrector, Manner, film
from aiprod_studio.training import world
from aiprod_studio.training.evaluation.colour import lab
from aiprod_studio.training.refiner.films import Film, sprite_film, world_film

Picture = NDArray[np.uint8]
Filler = Callable[[Mapping[int, Picture], int], Sequence[Picture]]
GAPS = (12, 6, 3)
FIRST_SPRITES = 90_000_000
ALIKE = 13.0
"""Lab distance up to which a pixel has its true colour."""
SMALLEST = 0.004
"""Share of the picture below which an actor is not asked for."""


@dataclass(frozen=True)
class Clip:
    """A film and where it comes from: "world" or "sprites"."""

    kind: str
    film: Film


@dataclass(frozen=True)
class Row:
    """One way, one kind of film, one gap. Means over clips; `lead` is PSNR over the flow fill's.

    `worst` is the lowest lead of a clip, `below` the share of clips more than 0.1 dB under flow,
    `keyframes` the share of keyframes that came out byte for byte.
    """

    way: str
    kind: str
    gap: int
    psnr: float
    ssim: float
    recall: float
    lead: float
    worst: float
    below: float
    keyframes: float


def clips(count: int) -> list[Clip]:
    """`count` held-out scenes and as many sprite films."""
    scenes = [Clip("world", world_film(world.scene(seed, "held_out"))) for seed in range(count)]
    return scenes + [Clip("sprites", sprite_film(FIRST_SPRITES + seed)) for seed in range(count)]


def fillers(corrector: Corrector | None) -> dict[str, Filler]:
    """The ways that are compared: cross-fade, flow, and flow refined, straight and by levels."""
    found = {"cross-fade": _filler(Manner(fill="linear"), None), "flow": _filler(Manner(), None)}
    if corrector is not None:
        found["refined"] = _filler(Manner(), corrector)
        found["refined by levels"] = _filler(Manner(levels=0), corrector)
    return found


def _filler(manner: Manner, corrector: Corrector | None) -> Filler:
    return lambda keys, frames: list(film(keys, frames, manner, corrector))


def measured(
    ways: Mapping[str, Filler], films: Sequence[Clip], gaps: Sequence[int] = GAPS
) -> list[Row]:
    """Measure every way on every film; one of the ways must be "flow"."""
    rows = []
    for gap in gaps:
        scores = {way: [_score(clip, fill, gap) for clip in films] for way, fill in ways.items()}
        for kind in dict.fromkeys(clip.kind for clip in films):
            own = [index for index, clip in enumerate(films) if clip.kind == kind]
            rows += [_row(way, kind, gap, own, scores) for way in ways]
    return rows


@dataclass(frozen=True)
class _Score:
    psnr: float
    ssim: float
    asked: int
    recalled: int
    keyframes: float


def _score(clip: Clip, fill: Filler, gap: int) -> _Score:
    frames = clip.film.frames
    keys = {frame: frames[frame] for frame in range(0, len(frames), gap)}
    made = fill(keys, len(frames))
    between = [frame for frame in range(len(frames)) if frame not in keys]
    hits = [
        hit for frame in between
        if (hit := recalled(clip.film, made[frame], frame, frame // gap * gap, gap)) is not None
    ]  # fmt: skip
    return _Score(
        psnr=float(np.mean([psnr(made[frame], frames[frame]) for frame in between])),
        ssim=float(np.mean([ssim(made[frame], frames[frame]) for frame in between])),
        asked=len(hits),
        recalled=sum(hits),
        keyframes=float(np.mean([np.array_equal(made[frame], keys[frame]) for frame in keys])),
    )


def recalled(truth: Film, made: Picture, frame: int, before: int, gap: int) -> bool | None:
    """Whether a filled frame shows the actor where it is; None where it is too small or rests."""
    mask = truth.masks[frame] > 0
    if mask.mean() < SMALLEST:
        return None
    here = lab(truth.frames[frame])[mask]

    def apart(picture: Picture) -> NDArray[np.float32]:
        return np.asarray(np.linalg.norm(lab(picture)[mask] - here, axis=-1), np.float32)

    beside = (truth.frames[before], truth.frames[before + gap])
    if min(float(apart(picture).mean()) for picture in beside) < ALIKE:
        return None
    return bool((apart(made) < ALIKE).mean() >= 0.5)


def _row(
    way: str, kind: str, gap: int, own: Sequence[int], scores: Mapping[str, Sequence[_Score]]
) -> Row:
    mine, floor = ([scores[name][index] for index in own] for name in (way, "flow"))
    leads = [score.psnr - other.psnr for score, other in zip(mine, floor, strict=True)]
    asked = sum(score.asked for score in mine)
    return Row(
        way, kind, gap,
        psnr=float(np.mean([score.psnr for score in mine])),
        ssim=float(np.mean([score.ssim for score in mine])),
        recall=sum(score.recalled for score in mine) / asked if asked else -1.0,
        lead=float(np.mean(leads)),
        worst=min(leads),
        below=float(np.mean([lead < -0.1 for lead in leads])),
        keyframes=float(np.mean([score.keyframes for score in mine])),
    )  # fmt: skip


def table(rows: Sequence[Row]) -> str:
    """The rows as Markdown."""
    return "\n".join(_lines(rows))


def _lines(rows: Sequence[Row]) -> Iterator[str]:
    yield ("| films | apart | way | PSNR | over flow | worst clip | clips 0.1 dB under | SSIM "
           "| object recall | keyframes identical |")  # fmt: skip
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for row in rows:
        recall = "" if row.recall < 0 else f"{row.recall:.2f}"
        yield (
            f"| {row.kind} | {row.gap} | {row.way} | {row.psnr:.2f} | {row.lead:+.2f} | "
            f"{row.worst:+.2f} | {row.below:.0%} | {row.ssim:.4f} | {recall} | "
            f"{row.keyframes:.0%} |"
        )

"""The refiner's films, and the questions asked about them: keyframes, a moment between, the truth.

Half the films are scenes of the illustrated world, half are sprites. Each film keeps which piece
every pixel shows and where the pieces are, so the motion between any two moments is exact. Used by
the refiner's training stage and its evaluation; never touches torch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aiprod_studio.diffusion.refiner.filling import carried
from aiprod_studio.diffusion.refiner.levels import place_of
from aiprod_studio.diffusion.refiner.motion import motion
from aiprod_studio.diffusion.refiner.refining import Asked, asked
from aiprod_studio.training import world
from aiprod_studio.training.cache import Cache
from aiprod_studio.training.refiner import sprites

Floats = NDArray[np.float32]
LABELS = 48
"""Pieces that a film can have."""
SHARD = 60
FIRST_SEED = 70_000_000


@dataclass(frozen=True)
class Film:
    """Frames, masks of actors, labels (uint8) and matrices by label of one film."""

    frames: NDArray[np.uint8]
    masks: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    matrices: NDArray[np.float32]

    def flow(self, start: int, end: int) -> Floats:
        """(H, W, 2): where each pixel of one frame is in another, exactly, in pixels."""
        there = self.matrices[end].astype(np.float64)
        here = np.linalg.inv(self.matrices[start].astype(np.float64))
        change = (there @ here)[self.labels[start]]
        height, width = self.labels.shape[1:]
        y, x = np.mgrid[0:height, 0:width]
        moved_x = change[..., 0, 0] * x + change[..., 0, 1] * y + change[..., 0, 2]
        moved_y = change[..., 1, 0] * x + change[..., 1, 1] * y + change[..., 1, 2]
        return np.stack([moved_x - x, moved_y - y], -1).astype(np.float32)


@dataclass(frozen=True)
class Pair:
    """Two keyframes (2, H, W, 3) uint8 and their exact motion (2, H, W, 2): there, and back."""

    keys: NDArray[np.uint8]
    ways: Floats


@dataclass(frozen=True)
class Question:
    """A frame asked for, its true picture (H, W, 3) uint8 and the mask (H, W) of its actors."""

    asked: Asked
    answer: NDArray[np.uint8]
    mask: NDArray[np.uint8]


def world_film(scene: world.Scene, width: int = world.WIDTH, height: int = world.HEIGHT) -> Film:
    """A scene of the world as a film."""
    made = scene.render(width=width, height=height)
    matrices = np.tile(np.eye(3, dtype=np.float32), (len(made.frames), LABELS, 1, 1))
    labels = np.stack([moment.labels for moment in made.moments])
    for frame, moment in enumerate(made.moments):
        for label, matrix in moment.matrices.items():
            if label < LABELS:
                matrices[frame, label] = matrix
    assert int(labels.max()) < LABELS, "a scene has more pieces than a film can keep"
    return Film(made.frames, (made.masks > 0).astype(np.uint8), labels, matrices)


def sprite_film(seed: int, width: int = world.WIDTH, height: int = world.HEIGHT) -> Film:
    """A film of sprites."""
    made = sprites.film(seed, world.FRAMES, width, height)
    matrices = np.tile(np.eye(3, dtype=np.float32), (world.FRAMES, LABELS, 1, 1))
    matrices[:, : made.matrices.shape[1]] = made.matrices
    return Film(made.frames, (made.labels > 0).astype(np.uint8), made.labels, matrices)


def made(cache: Cache, shard: int) -> str:
    """Render one shard of films, half and half, unless it is there; returns its name."""
    name = f"refined-{shard:04d}"
    if name in cache.shards("refined"):
        return name
    films = []
    for row in range(SHARD):
        seed = FIRST_SEED + shard * SHARD + row
        films.append(sprite_film(seed) if row % 2 else world_film(world.scene(seed)))
    fields = ("frames", "masks", "labels", "matrices")
    cache.store(name, {f: np.stack([getattr(film, f) for film in films]) for f in fields})
    return name


class Films:
    """The films of several shards, read from the cache."""

    def __init__(self, cache: Cache, shards: int) -> None:
        names = [made(cache, shard) for shard in range(shards)]
        self._arrays: list[dict[str, NDArray[Any]]] = [
            {f: cache.read(name, f) for f in ("frames", "masks", "labels", "matrices")}
            for name in names
        ]

    def __len__(self) -> int:
        return SHARD * len(self._arrays)

    def film(self, row: int) -> Film:
        """One film, in memory."""
        arrays = self._arrays[row // SHARD]
        return Film(**{name: np.array(array[row % SHARD]) for name, array in arrays.items()})


def pair(film: Film, before: int, gap: int) -> Pair:
    """Two frames `gap` apart."""
    after = before + gap
    ways = np.stack([film.flow(before, after), film.flow(after, before)])
    return Pair(film.frames[[before, after]], ways)


def question(film: Film, before: int, gap: int, frame: int, outer: bool = True) -> Question:
    """Ask for `frame` between keyframes `gap` apart; `outer` gives those beyond, if there are."""
    after, last = before + gap, len(film.frames) - 1
    beyond = [f for f in (before - gap, after + gap) if outer and 0 <= f <= last]
    known = {f: film.frames[f] for f in (*beyond, before, after)}
    place = place_of(frame, sorted(known))
    way = motion(film.frames[before], film.frames[after])
    fill = carried(film.frames[before], film.frames[after], way, place.share).colours
    return Question(asked(known, place, fill, way), film.frames[frame], film.masks[frame])


GAPS = (12, 6, 3)


def drawn_pair(films: Films, random: np.random.Generator) -> Pair:
    """A random pair of any film; small gaps are easy and asked seldom."""
    film = _mirrored(films.film(int(random.integers(0, len(films)))), random)
    gap = int(random.choice((12, 12, 9, 6, 6, 3)))
    return pair(film, int(random.integers(0, len(film.frames) - gap)), gap)


def drawn(films: Films, random: np.random.Generator) -> Question:
    """A random question: any film, gaps of 12, 6 and 3, any moment between; mirrored."""
    film = _mirrored(films.film(int(random.integers(0, len(films)))), random)
    gap = int(random.choice(GAPS))
    before = int(random.integers(0, len(film.frames) - gap))
    frame = before + int(random.integers(1, gap))
    return question(film, before, gap, frame, outer=random.random() < 0.7)


def _mirrored(film: Film, random: np.random.Generator) -> Film:
    """The film as it is, or left for right; sometimes backwards."""
    frames, masks, labels, matrices = film.frames, film.masks, film.labels, film.matrices
    if random.random() < 0.5:
        turned = np.array([[-1, 0, labels.shape[2] - 1], [0, 1, 0], [0, 0, 1]], np.float32)
        frames, masks, labels = frames[:, :, ::-1], masks[:, :, ::-1], labels[:, :, ::-1]
        matrices = turned @ matrices
    if random.random() < 0.5:
        frames = frames[..., random.permutation(3)]
    frames, masks, labels = (np.ascontiguousarray(each) for each in (frames, masks, labels))
    return Film(frames, masks, labels, matrices)

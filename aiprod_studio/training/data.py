"""Stills and films of the world, turned into latents and captions before training reads them.

Each shard is made by one process from its own seeds, and is the same whoever makes it. Used by the
command line (`data`) and, through `Cache`, by every training stage; it never trains.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from aiprod_studio.models.networks.patch_autoencoder import PatchAutoencoder
from aiprod_studio.training import world
from aiprod_studio.training.cache import Cache
from aiprod_studio.training.shapes import CELL, GROUP, WORDS_LONGEST
from aiprod_studio.training.words import tokenizer

CAPTIONS = 4
"""Captions kept per scene."""
STILLS, FILMS = 2000, 200
"""Scenes of one shard of each kind."""
FIRST_FILM = 10_000_000
"""Films take their seeds from here, so that stills show other scenes."""
ATTRIBUTES = tuple(world.VOCABULARY)


@dataclass(frozen=True)
class Job:
    """One shard to make: its kind ("stills" or "films") and its number."""

    kind: str
    number: int

    @property
    def name(self) -> str:
        """The shard's name in the cache."""
        return f"{self.kind}-{self.number:04d}"

    def seeds(self) -> range:
        """The scenes' seeds."""
        count, first = (STILLS, 0) if self.kind == "stills" else (FILMS, FIRST_FILM)
        return range(first + self.number * count, first + (self.number + 1) * count)


def make(cache: Cache, codec: PatchAutoencoder, job: Job) -> None:
    """Render, encode and store one shard.

    Films also store two of their frames encoded alone, the last and one between, as given frames.
    """
    cv2.setNumThreads(1)
    words = tokenizer(world.WORDS)
    frames = 1 if job.kind == "stills" else world.FRAMES
    groups = 1 + (frames - 1) // GROUP
    cells = (groups, world.HEIGHT // CELL, world.WIDTH // CELL)
    seeds = job.seeds()
    latents = np.empty((len(seeds), *cells, codec.scale.numel()), np.float16)
    weights = np.empty((len(seeds), *cells), np.float16)
    captions = np.zeros((len(seeds), CAPTIONS, WORDS_LONGEST), np.int16)
    facts = np.empty((len(seeds), len(ATTRIBUTES)), np.int8)
    keys = np.empty((len(seeds), 2, *cells[1:], codec.scale.numel()), np.float16)
    times = np.empty((len(seeds), 2), np.int16)
    for row, seed in enumerate(seeds):
        scene = world.scene(seed)
        pictures, masks = _pictures(scene, seed, frames)
        latents[row] = encoded(codec, pictures)
        weights[row] = coverage(masks)
        if frames > 1:
            times[row] = frames - 1, np.random.default_rng(seed).integers(1, frames - 1)
            keys[row] = [encoded(codec, pictures[time : time + 1])[0] for time in times[row]]
        facts[row] = [world.VOCABULARY[k].index(scene.attributes[k]) for k in ATTRIBUTES]
        for place in range(CAPTIONS):
            ids = words.encode(scene.caption(CAPTIONS * seed + place)).ids[:WORDS_LONGEST]
            captions[row, place, : len(ids)] = ids
    made: dict[str, NDArray[Any]] = {
        "latents": latents,
        "weights": weights,
        "captions": captions,
        "facts": facts,
    }
    cache.store(job.name, made | ({"keys": keys, "times": times} if frames > 1 else {}))


def encoded(codec: PatchAutoencoder, pictures: NDArray[np.uint8]) -> NDArray[np.float16]:
    """Latents (f, h, w, C) of frames (F, H, W, 3) uint8."""
    video = torch.from_numpy(np.ascontiguousarray(pictures)).float().div_(127.5).sub_(1)
    with torch.no_grad():
        latents = codec.encode(video.permute(3, 0, 1, 2)[None])
    return latents[0].movedim(0, -1).half().numpy()


def coverage(masks: NDArray[np.uint8]) -> NDArray[np.float32]:
    """How much of each latent cell the main actor covers: (F, H, W) to (f, h, w) in [0, 1]."""
    actor = (masks == 1).astype(np.float32)
    f, h, w = actor.shape
    share = actor.reshape(f, h // CELL, CELL, w // CELL, CELL).mean((2, 4))
    later = share[1:].reshape((f - 1) // GROUP, GROUP, h // CELL, w // CELL).max(1)
    return np.concatenate([share[:1], later])


def _pictures(
    scene: world.Scene, seed: int, frames: int
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    if frames > 1:
        film = scene.render()
        return film.frames, film.masks
    time = float(np.random.default_rng(seed).random())
    picture, mask = scene.still_with_mask(time)
    return picture[None], mask[None]


def jobs(kind: str, count: int, part: int, parts: int, cache: Cache) -> Iterator[Job]:
    """The shards of one of several processes that are not made yet."""
    done = set(cache.shards(kind))
    for number in range(part, count, parts):
        job = Job(kind, number)
        if job.name not in done:
            yield job

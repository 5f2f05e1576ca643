"""Stills and films of the world, turned into latents and captions before training reads them.

Each shard is made by one process from its own seeds, and is the same whoever makes it. Used by the
command line (`data`) and, through `Cache`, by every training stage; it never trains.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from aiprod_studio.models.networks.patch_autoencoder import PatchAutoencoder
from aiprod_studio.training import world
from aiprod_studio.training.backbone.words import tokenizer
from aiprod_studio.training.cache import Cache
from aiprod_studio.training.codec import clearing
from aiprod_studio.training.shapes import CELL, GROUP, WORDS_LONGEST, Shape

CAPTIONS = 4
"""Captions kept per scene."""
SCENES = {"stills": 2000, "films": 200}
"""Most scenes of one shard of each kind."""
FIRST_SEEDS = {"stills": 0, "films": 10_000_000}
"""Films have other seeds than stills, so that they show other scenes."""
ATTRIBUTES = tuple(world.VOCABULARY)


@dataclass(frozen=True)
class Job:
    """One shard to make: its kind ("stills" or "films"), its number and how many scenes it has."""

    kind: str
    number: int
    scenes: int

    @property
    def name(self) -> str:
        """The shard's name in the cache."""
        return f"{self.kind}-{self.number:04d}"

    def seeds(self) -> range:
        """The scenes' seeds."""
        first = FIRST_SEEDS[self.kind] + self.number * self.scenes
        return range(first, first + self.scenes)


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


def processes(count: int) -> ProcessPoolExecutor:
    """Several processes to make shards in; they start afresh, so a graphics card is no trouble."""
    return ProcessPoolExecutor(count, multiprocessing.get_context("spawn"))


def begin(
    pool: ProcessPoolExecutor, cache: Cache, shape: Shape, wanted: Iterable[Job]
) -> list[Future[None]]:
    """Have shards made by other processes, in this order; returns at once."""
    return [pool.submit(_made, str(cache.folder), shape, job) for job in wanted]


def _made(folder: str, shape: Shape, job: Job) -> None:
    torch.set_num_threads(1)
    cache = Cache(folder)
    make(cache, clearing.linear_codec(cache, shape), job)


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


def jobs(kind: str, scenes: int, cache: Cache, part: int = 0, parts: int = 1) -> Iterator[Job]:
    """The shards that are not made yet, of one of several processes; at least `scenes` in all."""
    done, each = set(cache.shards(kind)), max(1, min(scenes, SCENES[kind]))
    for number in range(part, -(-scenes // each), parts):
        job = Job(kind, number, each)
        if job.name not in done:
            yield job

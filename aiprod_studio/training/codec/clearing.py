"""Trains what is convolutional: the codec's clean-up and the 2x upscaler, on films of the world.

Both learn from finished pictures and leave the latents alone, so they run beside the backbone. Used
by the command line (`codec`, `upscaler`).
"""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from aiprod_studio.models.networks.frame_upscaler import FrameUpscaler
from aiprod_studio.models.networks.patch_autoencoder import PatchAutoencoder
from aiprod_studio.training import weights, world
from aiprod_studio.training.cache import Cache
from aiprod_studio.training.codec import patches
from aiprod_studio.training.loop import Limits, Trainer
from aiprod_studio.training.shapes import CPU, GROUP, Machine, Shape

CODEC, UPSCALER = "codec.safetensors", "upscaler.safetensors"
RATE = 2e-3
FILMS, MANY, ENLARGED = 400, 2000, 120
"""Films that the clean-up (on a processor, on a graphics card) and the upscaler are trained on."""
FIRST_SEED = 50_000_000
BATCH, STILLS, PICTURES = 12, 2, 6
"""Groups of 4 frames per step, how many of these are stills, and frames per step."""
FAINT = 1e-4
"""Squared error, of colours in [-1, 1], below which more accuracy hardly counts."""


def fit(cache: Cache, shape: Shape) -> None:
    """Fit the codec's linear part, once for a cache."""
    path = cache.path(CODEC)
    if not path.exists():
        fitted = patches.fitted(shape, patches.FIT_STILLS, patches.FIT_FILMS)
        weights.save(path, fitted.state_dict(), {"shape": shape.name})


def stored_codec(cache: Cache, shape: Shape) -> PatchAutoencoder:
    """The codec as far as it is trained: with its clean-up where there is one."""
    polished = cache.path(f"polished-{CODEC}")
    if not polished.exists():
        return linear_codec(cache, shape)
    network: PatchAutoencoder = PatchAutoencoder(**shape.codec())
    weights.load(network, polished)
    network.eval()
    return network


def linear_codec(cache: Cache, shape: Shape) -> PatchAutoencoder:
    """The codec with its linear part alone, which fixes the latents; its clean-up is fresh."""
    network: PatchAutoencoder = PatchAutoencoder(**shape.codec())
    kept = weights.tensors(cache.need(CODEC, "data"))
    linear = {name: tensor for name, tensor in kept.items() if not name.startswith("polish.")}
    network.load_state_dict(network.state_dict() | linear)
    network.eval()
    return network


def polish(
    cache: Cache, shape: Shape, limits: Limits, machine: Machine = CPU, rate: float = RATE
) -> None:
    """Train the clean-up of the codec's decoder; store it in `polished-codec.safetensors`.

    It goes on from the clean-up that is stored, if there is one.
    """
    count = FILMS if machine.device == "cpu" else MANY
    films = _films(min(count, BATCH * limits.steps), 1, processes=_processes(machine))[0]
    network = stored_codec(cache, shape).train().to(machine.device)
    quick: Any = torch.compile(network.polish) if machine.compiled else network.polish
    trainer = Trainer(cache, "codec", network, limits, rate, floor=0.02)
    for step in trainer.steps():
        truth = _groups(films, step.random, BATCH * machine.times).to(machine.device)
        given, cells, wanted = _questions(network, truth)
        with torch.autocast(machine.device, torch.bfloat16):
            made = quick(given, cells)
        step.finish(_far(made.float(), wanted))
    weights.save(cache.path(f"polished-{CODEC}"), network.state_dict(), {"steps": trainer.done})


@torch.no_grad()
def _questions(network: PatchAutoencoder, truth: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Decoded groups, their latents and the true groups; some are of the still before the group."""
    latents = network.encode(truth)
    rows, wanted = torch.arange(len(truth)), truth.movedim(2, 1)
    which = (rows >= STILLS).long().to(truth.device)
    given = network.groups(latents)[rows, which].flatten(1, 2)
    still = wanted[:, :1].expand(-1, GROUP, -1, -1, -1)
    true = torch.stack([still, wanted[:, 1:]], 1)[rows, which].flatten(1, 2)
    return given, latents[rows, :, which], true


def upscaler(cache: Cache, shape: Shape, limits: Limits, machine: Machine = CPU) -> None:
    """Train the upscaler behind the codec's round trip; store `upscaler.safetensors`."""
    small, large = _films(ENLARGED, 1, 2, processes=_processes(machine))
    film = small.shape[1]
    small = _round_trips(stored_codec(cache, shape), small)
    network = FrameUpscaler(width=shape.upscaler_width, depth=shape.upscaler_depth)
    network.to(machine.device)
    trainer = Trainer(cache, "upscaler", network, limits, RATE)
    for step in trainer.steps():
        count = PICTURES * machine.times
        rows = step.random.integers(0, len(small), count), step.random.integers(0, film, count)
        given, truth = (_pictures(f[rows]).to(machine.device) for f in (small, large))
        with torch.autocast(machine.device, torch.bfloat16):
            loss = _unlike(network(given).float(), truth)
        step.finish(loss)
    weights.save(cache.path(UPSCALER), network.state_dict(), {"steps": trainer.done})


def _processes(machine: Machine) -> int:
    """Beside a graphics card, every core may draw."""
    return 1 if machine.device == "cpu" else min(16, os.cpu_count() or 1)


def _far(made: Tensor, truth: Tensor) -> Tensor:
    """Mean logarithm of the squared error per group: decibels, so that calm pictures count too."""
    error = (made - truth).square().flatten(1).mean(1)
    return (error + FAINT).log().mean()


def _unlike(made: Tensor, truth: Tensor) -> Tensor:
    """Squared error, with some absolute error for edges."""
    return functional.mse_loss(made, truth) + 0.1 * functional.l1_loss(made, truth)


def _films(count: int, *scales: int, processes: int = 1) -> list[np.ndarray]:
    """Films (count, F, H, W, 3) uint8 of the same scenes at multiples of the world's size."""
    seeds, sizes = range(FIRST_SEED, FIRST_SEED + count), [scales] * count
    if processes > 1:
        spawned = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(processes, spawned) as pool:
            made = list(pool.map(_film, seeds, sizes, chunksize=8))
    else:
        made = list(map(_film, seeds, sizes))
    return [np.stack([film[index] for film in made]) for index in range(len(scales))]


def _film(seed: int, scales: tuple[int, ...]) -> list[np.ndarray]:
    scene, size = world.scene(seed), (world.HEIGHT, world.WIDTH)
    return [scene.render(width=size[1] * s, height=size[0] * s).frames for s in scales]


def _groups(films: np.ndarray, random: np.random.Generator, count: int) -> Tensor:
    """Cuts of one still and the group after it: (count, 3, 1 + GROUP, H, W)."""
    cuts = []
    for film in random.integers(0, len(films), count):
        first = GROUP * int(random.integers(0, (films.shape[1] - 1) // GROUP))
        cuts.append(patches.video_of(films[film, first : first + GROUP + 1]))
    return torch.cat(cuts)


def _pictures(frames: np.ndarray) -> Tensor:
    return torch.from_numpy(frames).float().div_(127.5).sub_(1).movedim(-1, 1)


@torch.no_grad()
def _round_trips(network: PatchAutoencoder, films: np.ndarray) -> np.ndarray:
    made = np.empty_like(films)
    for row, film in enumerate(films):
        back = network(patches.video_of(film))[0].movedim(0, -1)
        made[row] = back.add(1).mul(127.5).round().clamp(0, 255).byte().numpy()
    return made


@torch.no_grad()
def round_trip(cache: Cache, shape: Shape, films: int = 16) -> float:
    """Mean PSNR in dB of new films through the codec."""
    network = stored_codec(cache, shape)
    found = []
    for index in range(films):
        film = patches.video_of(world.scene(FIRST_SEED + FILMS + index).render().frames)
        found.append(patches.psnr(network(film), film))
    return sum(found) / len(found)

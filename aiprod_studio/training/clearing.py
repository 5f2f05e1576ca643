"""Trains what is convolutional: the codec's clean-up and the 2x upscaler, on films of the world.

Both learn from finished pictures and leave the latents alone, so they run beside the backbone. Used
by the command line (`codec`, `upscaler`).
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from aiprod_studio.models.networks.frame_upscaler import FrameUpscaler
from aiprod_studio.models.networks.patch_autoencoder import PatchAutoencoder
from aiprod_studio.training import codec, weights, world
from aiprod_studio.training.cache import Cache
from aiprod_studio.training.loop import Limits, Trainer
from aiprod_studio.training.shapes import CPU, GROUP, Machine, Shape

CODEC, UPSCALER = "codec.safetensors", "upscaler.safetensors"
FILMS, ENLARGED = 300, 120
"""Films that the clean-up and the upscaler are trained on."""
FIRST_SEED = 50_000_000
BATCH, PICTURES = 8, 6
"""Groups of 4 frames, and frames, per step."""


def stored_codec(cache: Cache, shape: Shape) -> PatchAutoencoder:
    """The codec as far as it is trained: with its clean-up where there is one."""
    network: PatchAutoencoder = PatchAutoencoder(**shape.codec())
    polished = cache.path(f"polished-{CODEC}")
    weights.load(network, polished if polished.exists() else cache.need(CODEC, "data"))
    network.eval()
    return network


def polish(cache: Cache, shape: Shape, limits: Limits, machine: Machine = CPU) -> None:
    """Train the clean-up of the codec's decoder; store it in `polished-codec.safetensors`."""
    films = _films(FILMS, 1)
    network = PatchAutoencoder(**shape.codec())
    weights.load(network, cache.need(CODEC, "data"))
    network.to(machine.device)
    trainer = Trainer(cache, "codec", network, limits, rate=2e-3)
    for step in trainer.steps():
        truth = _groups(films[0], step.random, BATCH * machine.times).to(machine.device)
        with torch.no_grad():
            latents = network.encode(truth)
            plain = network.decode(latents, polish=False)
        # One frame of each group: its neighbours would teach much the same.
        frames = torch.from_numpy(step.random.integers(0, GROUP + 1, len(truth)))
        frames, rows = frames.to(machine.device), torch.arange(len(truth), device=machine.device)
        cells = latents[rows, : shape.still_channels, (frames > 0).long()]
        with torch.autocast(machine.device, torch.bfloat16):
            made = network.polish(plain[rows, :, frames], cells)
        step.finish(_unlike(made.float(), truth[rows, :, frames]))
    weights.save(cache.path(f"polished-{CODEC}"), network.state_dict(), {"steps": trainer.done})


def upscaler(cache: Cache, shape: Shape, limits: Limits, machine: Machine = CPU) -> None:
    """Train the upscaler behind the codec's round trip; store `upscaler.safetensors`."""
    small, large = _films(ENLARGED, 1, 2)
    film = small.shape[1]
    small = _round_trips(stored_codec(cache, shape), small)
    network = FrameUpscaler(width=shape.upscaler_width, depth=shape.upscaler_depth)
    network.to(machine.device)
    trainer = Trainer(cache, "upscaler", network, limits, rate=2e-3)
    for step in trainer.steps():
        count = PICTURES * machine.times
        rows = step.random.integers(0, len(small), count), step.random.integers(0, film, count)
        given, truth = (_pictures(f[rows]).to(machine.device) for f in (small, large))
        with torch.autocast(machine.device, torch.bfloat16):
            loss = _unlike(network(given).float(), truth)
        step.finish(loss)
    weights.save(cache.path(UPSCALER), network.state_dict(), {"steps": trainer.done})


def _unlike(made: Tensor, truth: Tensor) -> Tensor:
    """Squared error, with some absolute error for edges."""
    return functional.mse_loss(made, truth) + 0.1 * functional.l1_loss(made, truth)


def _films(count: int, *scales: int) -> list[np.ndarray]:
    """Films (count, F, H, W, 3) uint8 of the same scenes at multiples of the world's size."""
    size = (world.HEIGHT, world.WIDTH)
    made = [np.empty((count, world.FRAMES, size[0] * s, size[1] * s, 3), np.uint8) for s in scales]
    for row in range(count):
        scene = world.scene(FIRST_SEED + row)
        for films, scale in zip(made, scales, strict=True):
            films[row] = scene.render(width=size[1] * scale, height=size[0] * scale).frames
    return made


def _groups(films: np.ndarray, random: np.random.Generator, count: int) -> Tensor:
    """Cuts of one still and the group after it: (count, 3, 1 + GROUP, H, W)."""
    cuts = []
    for film in random.integers(0, len(films), count):
        first = GROUP * int(random.integers(0, (films.shape[1] - 1) // GROUP))
        cuts.append(codec.video_of(films[film, first : first + GROUP + 1]))
    return torch.cat(cuts)


def _pictures(frames: np.ndarray) -> Tensor:
    return torch.from_numpy(frames).float().div_(127.5).sub_(1).movedim(-1, 1)


@torch.no_grad()
def _round_trips(network: PatchAutoencoder, films: np.ndarray) -> np.ndarray:
    made = np.empty_like(films)
    for row, film in enumerate(films):
        back = network(codec.video_of(film))[0].movedim(0, -1)
        made[row] = back.add(1).mul(127.5).round().clamp(0, 255).byte().numpy()
    return made


@torch.no_grad()
def round_trip(cache: Cache, shape: Shape, films: int = 16) -> float:
    """Mean PSNR in dB of new films through the codec."""
    network = stored_codec(cache, shape)
    found = []
    for index in range(films):
        film = codec.video_of(world.scene(FIRST_SEED + FILMS + index).render().frames)
        found.append(codec.psnr(network(film), film))
    return sum(found) / len(found)

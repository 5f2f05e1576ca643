"""Fits the codec: principal components of patches, then the clean-up of what they lose.

The linear part is fitted in seconds and fixes the latents, so that everything else can start; the
clean-up is trained beside it later and changes the decoder alone. Used by the command line.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from aiprod_studio.models.networks.patch_autoencoder import PatchAutoencoder
from aiprod_studio.training import world
from aiprod_studio.training.shapes import CELL, Shape

FIT_STILLS, FIT_FILMS = 3000, 160
"""Scenes that the components are fitted on."""
FIRST_SEED = 20_000_000


def fitted(shape: Shape, stills: int = FIT_STILLS, films: int = FIT_FILMS) -> PatchAutoencoder:
    """A codec whose linear part fits the world; its clean-up still does nothing."""
    codec = PatchAutoencoder(**shape.codec())
    pictures = _stills(stills)
    patches = _cut(pictures).flatten(0, -2)
    codec.still_mean.data = patches.mean(0)
    codec.still_basis.data = _components(patches - codec.still_mean, shape.still_channels)
    groups = torch.cat([_changes(codec, FIRST_SEED + stills + i) for i in range(films)])
    codec.change_basis.data = _components(groups, shape.change_channels)
    codec.scale.data = _scale(codec, films)
    fit: PatchAutoencoder = codec
    return fit


def video_of(pictures: NDArray[np.uint8]) -> Tensor:
    """Frames (F, H, W, 3) uint8 to a film (1, 3, F, H, W) in [-1, 1]."""
    video = torch.from_numpy(np.ascontiguousarray(pictures)).float().div_(127.5).sub_(1)
    return video.permute(3, 0, 1, 2)[None]


def psnr(one: Tensor, other: Tensor) -> float:
    """Peak signal to noise in dB of pictures in [-1, 1]."""
    error = functional.mse_loss(one.detach(), other)
    return float(10 * torch.log10(4 / error.clamp_min(1e-10)))


def _stills(count: int) -> NDArray[np.uint8]:
    made = np.empty((count, world.HEIGHT, world.WIDTH, 3), np.uint8)
    for row in range(count):
        made[row] = world.scene(FIRST_SEED + row).still(row % 97 / 96)
    return made


def _cut(pictures: NDArray[np.uint8]) -> Tensor:
    """(N, H, W, 3) uint8 to patches (N, h, w, 3 p p) in the codec's order."""
    video = torch.from_numpy(pictures).float().div_(127.5).sub_(1).permute(0, 3, 1, 2)
    n, c, h, w = video.shape
    cut = video.reshape(n, c, h // CELL, CELL, w // CELL, CELL)
    return cut.permute(0, 2, 4, 1, 3, 5).flatten(3)


def _changes(codec: PatchAutoencoder, seed: int) -> Tensor:
    """What happens inside the groups of one film: (cells, group x 3 p p)."""
    video = video_of(world.scene(seed).render().frames)
    patches = codec._patches(video[:, :, 1:])
    return (patches - patches.mean(-2, keepdim=True)).flatten(-2).flatten(0, -2)


def _components(rows: Tensor, count: int) -> Tensor:
    """The leading principal components (count, D) of centred rows (N, D)."""
    spread = (rows.T @ rows / len(rows)).double()
    vectors = torch.linalg.eigh(spread)[1]
    chosen: Tensor = vectors[:, -count:].flip(1).T.float()
    return chosen.contiguous()


def _scale(codec: PatchAutoencoder, films: int) -> Tensor:
    """Channels divided by the root of their deviation, all together at unit mean square."""
    squares = torch.zeros_like(codec.scale)
    for index in range(films):
        latents = codec.encode(video_of(world.scene(FIRST_SEED + 50_000 + index).render().frames))
        squares += latents[:, :, 1:].square().mean((0, 2, 3, 4)) / films
    deviation = squares.sqrt()
    soft = deviation.clamp_min(1e-3).rsqrt()
    scale: Tensor = soft / (deviation * soft).square().mean().sqrt()
    return scale

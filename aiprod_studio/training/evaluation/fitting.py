"""Fits the object reader on truth alone, and says how well it reads unseen truth.

Run by `python -m aiprod_studio.training.evaluation fit`; never sees a generated picture.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file
from torch import Tensor, nn

from aiprod_studio.training import world
from aiprod_studio.training.evaluation.reading import understand
from aiprod_studio.training.evaluation.shapes import (
    KINDS,
    SIDE,
    WEIGHTS,
    ObjectReader,
    cut,
    cutouts,
)
from aiprod_studio.training.world.randomness import stream

_FIRST_SEED = 5_000_000
"""Seeds far from those that the starter model is trained on."""

_SMALLEST = 200
"""Pixels of an actor below which a moment shows too little of it."""

Sample = tuple[NDArray[np.float32], int]


def told(seed: int) -> Sample | None:
    """A cut-out of a training scene by its true mask, roughened; None where it shows too little."""
    cv2.setNumThreads(1)
    shown = world.scene(seed)
    random = stream("told", seed)
    picture, owners = shown.still_with_mask(float(random.random()))
    if (owners == 1).sum() < _SMALLEST:
        return None
    mask = roughened(owners == 1, random)
    return cut(picture, mask)[None], KINDS.index(shown.attributes["object"])


def roughened(mask: NDArray[np.bool_], random: np.random.Generator) -> NDArray[np.bool_]:
    """A mask as the rules might find it: thinner, thicker, or with a piece missing."""
    bits = mask.astype(np.uint8)
    kernel = np.ones((3, 3), np.uint8)
    change = random.random()
    if change < 0.6:
        bits = (cv2.erode if change < 0.35 else cv2.dilate)(bits, kernel)
    if random.random() < 0.4:
        y, x = np.nonzero(mask)
        spot = int(random.integers(len(y)))
        high, wide = (random.random(2) * (np.ptp(y), np.ptp(x)) * 0.3 + 1).astype(int)
        bits[max(0, y[spot] - high) : y[spot] + high, max(0, x[spot] - wide) : x[spot] + wide] = 0
    if random.random() < 0.3:
        rows = np.flatnonzero(mask.any(axis=1))
        bits[: rows[0] + int(0.6 * random.random() * len(rows))] = 0
    return bits > 0 if bits.sum() > _SMALLEST // 2 else mask


def read_out(seed: int) -> Sample | None:
    """Cut-outs of an unseen scene as the rules find them; None where they find no actor."""
    cv2.setNumThreads(1)
    shown = world.scene(seed, "seen")
    frames = shown.render(9).frames
    found = understand(frames).found
    if found is None:
        return None
    return cutouts(frames, found, 3), KINDS.index(shown.attributes["object"])


def samples(
    make: Callable[[int], Sample | None], count: int, processes: int
) -> tuple[Tensor, Tensor]:
    """(N, 4, 40, 40) cut-outs of `count` scenes and their kinds (N,)."""
    seeds = range(_FIRST_SEED, _FIRST_SEED + count)
    if processes < 2:
        found = [one for one in map(make, seeds) if one]
    else:
        with ProcessPoolExecutor(processes) as pool:
            found = [one for one in pool.map(make, seeds, chunksize=16) if one]
    cuts = np.concatenate([cuts for cuts, _ in found])
    kinds = np.concatenate([np.full(len(cuts), kind) for cuts, kind in found])
    return torch.from_numpy(cuts), torch.from_numpy(kinds)


def fit(
    scenes: int = 5000, rounds: int = 5, processes: int = 1, path: Path = WEIGHTS,
    say: Callable[[str], object] = str,
) -> float:  # fmt: skip
    """Fit on `scenes` training scenes, save the weights, return the share right on unseen ones.

    Fitted on true masks, judged on what the rules find in scenes it never saw.
    """
    torch.manual_seed(0)
    cuts, kinds = samples(told, scenes, processes)
    say(f"{len(cuts)} cut-outs of {scenes} scenes")
    network = ObjectReader()
    best = torch.optim.AdamW(network.parameters(), lr=2e-3, weight_decay=0.02)
    steps = rounds * (len(cuts) // 64)
    schedule = torch.optim.lr_scheduler.OneCycleLR(best, 4e-3, total_steps=max(2, steps))
    for turn in range(rounds):
        loss = _round(network, cuts, kinds, best, schedule)
        say(f"round {turn + 1}: loss {loss:.4f}")
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(network.state_dict(), path)
    unseen, truth = samples(read_out, max(32, scenes // 50), processes)
    right = float((network.eval()(unseen).argmax(-1) == truth).float().mean())
    say(f"right on single unseen cut-outs: {right:.4f}")
    return right


def _round(
    network: ObjectReader, cuts: Tensor, kinds: Tensor, optimiser: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LRScheduler,
) -> float:  # fmt: skip
    network.train()
    total, order = 0.0, torch.randperm(len(cuts))
    batches = torch.split(order[: len(order) // 64 * 64], 64)
    for batch in batches:
        scores = network(_varied(cuts[batch]))
        loss = nn.functional.cross_entropy(scores, kinds[batch], label_smoothing=0.05)
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        optimiser.step()
        schedule.step()
        total += loss.item()
    return total / max(1, len(batches))


def _varied(cuts: Tensor) -> Tensor:
    """Mirrored, moved, scaled, tinted, blurred and noisy copies, as a generator might draw them."""
    count = len(cuts)
    mirror = torch.where(torch.rand(count) < 0.5, -1.0, 1.0)
    size = 1 + 0.2 * (torch.rand(count) - 0.5)
    theta = torch.zeros(count, 2, 3)
    theta[:, 0, 0], theta[:, 1, 1] = mirror * size, size * (1 + 0.16 * (torch.rand(count) - 0.5))
    theta[:, :, 2] = 0.24 * (torch.rand(count, 2) - 0.5)
    grid = nn.functional.affine_grid(theta, [count, 4, SIDE, SIDE], align_corners=False)
    cuts = nn.functional.grid_sample(cuts, grid, align_corners=False, padding_mode="border")
    sigma = 0.2 + 1.6 * float(torch.rand(1)) ** 2
    x = torch.arange(-3, 4)
    line = torch.exp(-((x / sigma) ** 2) / 2)
    kernel = torch.outer(line, line) / line.sum() ** 2
    cuts = nn.functional.conv2d(cuts, kernel.expand(4, 1, 7, 7).contiguous(), padding=3, groups=4)
    tint = 1 + 0.3 * (torch.rand(count, 4, 1, 1) - 0.5)
    tint[:, 3] = 1.0
    shuffled = cuts[:, torch.cat([torch.randperm(3), torch.tensor([3])])]
    return (shuffled * tint + 0.04 * torch.randn_like(cuts)).clamp(0, 1)

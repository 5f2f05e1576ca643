"""A plain generator for contact sheets and evaluation during training: Euler steps with guidance.

The program has its own samplers; this one exists so that training can look at what it makes without
any of the program's machinery. It writes no files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from aiprod_studio.training import world
from aiprod_studio.training.backbone import flow, text
from aiprod_studio.training.backbone.words import PAD_ID, tokenizer
from aiprod_studio.training.shapes import CELL, GROUP


@dataclass(frozen=True)
class Wish:
    """Size and settings of what is generated; `frames` is 4n+1, 1 for stills."""

    frames: int = world.FRAMES
    width: int = world.WIDTH
    height: int = world.HEIGHT
    steps: int = 20
    guidance: float = 3.0
    shift: float = 8.0
    given: Mapping[int, Tensor] = field(default_factory=dict)
    """Latents (B, C, 1, h, w) of single frames that are given, by frame number."""

    @property
    def grid(self) -> tuple[int, int, int]:
        """Latent groups, rows and columns."""
        return 1 + (self.frames - 1) // GROUP, self.height // CELL, self.width // CELL


def schedule(steps: int, shift: float) -> Tensor:
    """Noise levels (steps + 1,) from 1 to 0, high ones denser: s k / (1 + (k - 1) s)."""
    even = torch.linspace(1, 0, steps + 1)
    return shift * even / (1 + (shift - 1) * even)


def prompts(encoder: nn.Module, texts: Sequence[str]) -> flow.Text:
    """Embed prompts, padded to the longest."""
    words = tokenizer(world.WORDS)
    ids = [torch.tensor(words.encode(each).ids) for each in texts]
    batch = pad_sequence(ids, batch_first=True, padding_value=PAD_ID)
    batch = batch.to(next(encoder.parameters()).device)
    with torch.no_grad():
        return flow.Text(*text.embedded(encoder, batch))


@torch.no_grad()
def generate(
    network: nn.Module, encoder: nn.Module, texts: Sequence[str], seeds: Sequence[int], wish: Wish
) -> Tensor:
    """Latents (B, C, f, h, w) for prompts, one seed each."""
    count, grid = len(texts), wish.grid
    own, cells = grid[0] * grid[1] * grid[2], grid[1] * grid[2]
    channels = int(network.config.out_channels)  # type: ignore[union-attr, arg-type]
    noise = [torch.randn(own, channels, generator=torch.Generator().manual_seed(s)) for s in seeds]
    device = next(network.parameters()).device
    tokens = torch.stack(noise).to(device)
    coords = flow.coordinates(*grid)[None].expand(count, -1, -1).to(device)
    held, guides = _given(wish, cells)
    for frame, guide in guides.items():
        tokens = torch.cat([tokens, guide], 1)
        frames = torch.full((count,), float(frame), device=device)
        there = flow.at_frames(coords[0], frames, cells)
        coords = torch.cat([coords, there], 2)
    free = torch.ones(count, tokens.shape[1], device=device)
    free[:, own:] = 0
    if held is not None:
        tokens[:, :cells], free[:, :cells] = held, 0
    both = prompts(encoder, [*texts, *([""] * count)])
    levels = schedule(wish.steps, wish.shift).to(device)
    for now, then in pairwise(levels):
        answer = _guided(network, tokens, now * free, coords, both, wish.guidance)
        tokens = tokens + (then - now) * answer * free.unsqueeze(-1)
    return tokens[:, :own].reshape(count, *grid, channels).movedim(-1, 1)


def _given(wish: Wish, cells: int) -> tuple[Tensor | None, dict[int, Tensor]]:
    """The first frame's tokens, and later frames' by number."""
    flat = {f: z.flatten(2).transpose(1, 2)[:, :cells] for f, z in wish.given.items()}
    return flat.pop(0, None), flat


def _guided(
    network: nn.Module, tokens: Tensor, sigmas: Tensor, coords: Tensor, both: flow.Text,
    guidance: float,
) -> Tensor:  # fmt: skip
    count = len(tokens)
    if guidance == 1:
        words = flow.Text(both.words[:count], both.mask[:count])
        return flow.velocity(network, flow.Noised(tokens, sigmas, coords, tokens, sigmas), words)
    tokens, sigmas, coords = (torch.cat([each, each]) for each in (tokens, sigmas, coords))
    batch = flow.Noised(tokens, sigmas, coords, tokens, sigmas)
    told, untold = flow.velocity(network, batch, both).chunk(2)
    return untold + guidance * (told - untold)

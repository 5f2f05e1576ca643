"""Flow matching on the starter's latents: noise, given frames, the loss and the caption gap.

A token at noise level s holds (1 - s) x + s n and the network answers with n - x. Given frames are
part of the training: the first one in place, others as further tokens at the time of their frame,
all clean and at level 0. The sampler of the program reads the same rules from the manifest. Used by
the picture and film stages and by the quick generator; it reads no files.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from aiprod_studio.training.shapes import CELL, GROUP

RATE = 12.0
TIMESTEPS = 1000.0
SIGMA_MEAN, FILM_MEANS, SIGMA_SPREAD = 0.9, (1.5, 3.5), 1.0
"""Of the logit of the noise level. Frames of a film repeat each other, so that more noise is needed
to hide as much of it; where an actor goes is open only under nearly pure noise, which the second
mean of films is for."""
FOREGROUND = 3.0


@dataclass(frozen=True)
class Text:
    """Embedded prompts (B, N, width) and their mask (B, N; 1 counts)."""

    words: Tensor
    mask: Tensor

    def rolled(self) -> Text:
        """Every prompt at its neighbour's place: wrong words, equally likely."""
        return Text(self.words.roll(1, 0), self.mask.roll(1, 0))


@dataclass(frozen=True)
class Noised:
    """Tokens ready for the network, and what it should answer; `weight` is 0 on given tokens."""

    tokens: Tensor
    sigmas: Tensor
    coords: Tensor
    target: Tensor
    weight: Tensor


def coordinates(frames: int, height: int, width: int) -> Tensor:
    """Seconds, pixels down and pixels right (3, f h w) of each latent cell's first corner."""
    starts = [0.0, *((GROUP * index - GROUP + 1) / RATE for index in range(1, frames))]
    time = torch.tensor(starts)
    axes = torch.meshgrid(
        time, torch.arange(height) * float(CELL), torch.arange(width) * float(CELL), indexing="ij"
    )
    return torch.stack([axis.flatten() for axis in axes])


def at_frames(coords: Tensor, frames: Tensor, cells: int) -> Tensor:
    """Coordinates (B, 3, cells) of further tokens that show the pixel frames `frames` (B,)."""
    moved = coords[None, :, :cells].repeat(len(frames), 1, 1).to(frames.device)
    moved[:, 0] = frames[:, None] / RATE
    return moved


def levels(count: int, generator: torch.Generator, mean: float | Tensor = SIGMA_MEAN) -> Tensor:
    """Noise levels (count,) in (0, 1): logit-normal, high noise more often."""
    return torch.sigmoid(
        mean + SIGMA_SPREAD * torch.randn(count, generator=generator, device=generator.device)
    )


def noised(
    clean: Tensor, cover: Tensor, given: Tensor | None, generator: torch.Generator, coords: Tensor,
    mean: float | Tensor = SIGMA_MEAN,
) -> Noised:  # fmt: skip
    """Noise tokens (B, N, C) at one level per sample; `given` (B, N) tokens stay clean.

    `cover` (B, N) is the main actor's share of each token, which weighs 1 + FOREGROUND times it.
    """
    sigmas, weight = levels(len(clean), generator, mean)[:, None], 1 + FOREGROUND * cover
    if given is not None:
        sigmas, weight = sigmas * ~given, weight * ~given
    noise = torch.randn(clean.shape, generator=generator, device=generator.device)
    tokens = torch.lerp(clean, noise, sigmas.unsqueeze(-1))
    return Noised(tokens, sigmas, coords, noise - clean, weight)


def velocity(network: nn.Module, batch: Noised, text: Text) -> Tensor:
    """The network's answer (B, N, C)."""
    answer: Tensor = network(
        hidden_states=batch.tokens,
        encoder_hidden_states=text.words,
        timestep=batch.sigmas * TIMESTEPS,
        encoder_attention_mask=text.mask,
        video_coords=batch.coords,
        return_dict=False,
    )[0]
    return answer


def losses(answer: Tensor, batch: Noised) -> Tensor:
    """Weighted mean square errors per sample (B,)."""
    error = (answer.float() - batch.target).square().mean(-1) * batch.weight
    return error.sum(1) / batch.weight.sum(1).clamp_min(1e-6)


@torch.no_grad()
def caption_gap(network: nn.Module, batch: Noised, text: Text) -> float:
    """How much worse wrong captions do: their loss over the right ones', less 1.

    The loss holds much that no caption can tell, so small numbers count.
    """
    right = losses(velocity(network, batch, text), batch).mean()
    wrong = losses(velocity(network, batch, text.rolled()), batch).mean()
    return float(wrong / right - 1)

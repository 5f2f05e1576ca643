"""How Wan's transformer is run: it cuts patches itself, so tokens are laid out as latents again.

Wan 2.1 and the 14B models of 2.2 take one timestep for all; the 5B model takes one per token. The
image-to-video models see pictures beside the noise, as further channels. Wan has no sound, no guide
tokens and no attention strengths.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import torch

from aiprod_studio.models.adapter import Request, Velocity
from aiprod_studio.models.adapters import skipping
from aiprod_studio.sdk import Invalid, Refusal

TIMESTEPS = 1000.0


def run(transformer: torch.nn.Module, request: Request) -> Velocity:
    """Run once.

    Raises:
        Refusal: the tokens do not fill the grid, or strengths are asked for.
    """
    network: Any = transformer
    latents = _laid_out(request)
    with ExitStack() as changes:
        if request.skip:
            skipped = [network.blocks[index].attn1 for index in request.skip]
            changes.enter_context(skipping.values_only(skipped))
        out = network(
            hidden_states=latents,
            timestep=_timesteps(network, request),
            encoder_hidden_states=_context(request),
            return_dict=False,
        )[0]
    return Velocity(out.flatten(2).transpose(1, 2), None)


def _laid_out(request: Request) -> torch.Tensor:
    tokens, grid = request.video.tokens, request.grid
    if grid is None or tokens.shape[1] != grid[0] * grid[1] * grid[2]:
        why = f"{tokens.shape[1]} tokens do not fill the latents' grid {grid}"
        remedy = "Wan takes no keyframes other than the first frame; take the others away."
        raise Refusal(Invalid("", why, remedy))
    if request.video.strengths is not None:
        raise Refusal(Invalid("", "Wan has no attention strengths", "Leave them out."))
    if request.video.beside is not None:
        tokens = torch.cat([tokens, request.video.beside.to(tokens.dtype)], dim=2)
    return tokens.transpose(1, 2).reshape(tokens.shape[0], tokens.shape[2], *grid)


def _context(request: Request) -> torch.Tensor:
    """Wan attends to a fixed number of words; what does not count is zero."""
    context, mask = request.video.context, request.video.context_mask
    if mask is not None:
        context = context * mask[..., None].to(context.dtype)
    missing = 512 - context.shape[1]
    return torch.nn.functional.pad(context, (0, 0, 0, missing)) if missing > 0 else context


def _timesteps(network: Any, request: Request) -> torch.Tensor:
    """One per item where all tokens agree, else one per patch (the largest inside)."""
    sigmas, grid = request.video.sigmas, request.grid
    if grid is None or bool((sigmas == request.sigma[:, None]).all()):
        return request.sigma * TIMESTEPS
    pt, ph, pw = network.config.patch_size
    frames, rows, columns = grid
    cut = sigmas.reshape(-1, frames // pt, pt, rows // ph, ph, columns // pw, pw)
    return cut.amax(dim=(2, 4, 6)).flatten(1) * TIMESTEPS

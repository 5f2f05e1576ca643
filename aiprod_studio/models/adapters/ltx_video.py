"""How LTX-Video's transformer is run: the 0.9 family, and the starter, which has the same class.

Exact against the reference; this family has no sound, one timestep per token, and its own scaling
of positions inside the network. Attention strengths enter as the reference's bias, log(strength).
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import torch

from aiprod_studio.models.adapter import Request, Velocity
from aiprod_studio.models.adapters import skipping
from aiprod_studio.models.adapters.modulation import Levels
from aiprod_studio.models.adapters.strengths import bias_of

TIMESTEPS = 1000.0


def run(transformer: torch.nn.Module, request: Request) -> Velocity:
    """Run once; `request.audio` is not used."""
    network: Any = transformer
    video = request.video
    mask = video.context_mask
    if mask is None:
        mask = torch.ones(video.context.shape[:2], device=video.context.device)
    positions = video.positions[..., 0] if video.positions.ndim == 4 else video.positions
    levels = Levels(video.sigmas)
    with ExitStack() as changes:
        _apply(changes, network, request, levels)
        out = network(
            hidden_states=video.tokens,
            encoder_hidden_states=video.context,
            timestep=levels.sigmas * TIMESTEPS,
            encoder_attention_mask=mask,
            video_coords=positions.float(),
            return_dict=False,
        )[0]
    return Velocity(out, None)


def _apply(changes: ExitStack, network: Any, request: Request, levels: Levels) -> None:
    blocks = network.transformer_blocks
    levels.apply(changes, network.time_embed)
    if levels.index is not None:
        wrapped = skipping.arguments_changed(list(blocks), lambda o: levels.wrap(o, "temb"))
        changes.enter_context(wrapped)
    if request.skip:
        skipped = [blocks[index].attn1 for index in request.skip]
        changes.enter_context(skipping.values_only(skipped))
    if request.video.strengths is not None:
        bias = bias_of(request.video.strengths, request.video.tokens.dtype, blocks[0].attn1.heads)

        def attend(options: dict[str, Any]) -> None:
            options["attention_mask"] = bias

        layers = [block.attn1 for block in blocks]
        changes.enter_context(skipping.arguments_changed(layers, attend))

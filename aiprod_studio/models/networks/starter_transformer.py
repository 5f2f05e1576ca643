"""The starter's backbone: the LTX video transformer that also knows where in the picture it is.

Rotary positions are relative: in pure noise nothing says which token is the sky. A small model has
no room to infer it, so the place of each token, as a share of the picture, is given beside its
latents. Everything else is diffusers' class. Used through the same calls.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from diffusers.configuration_utils import register_to_config
from diffusers.models.transformers.transformer_ltx import LTXVideoTransformer3DModel
from torch import Tensor

WAVES = 4
"""Sines and cosines per axis."""
PLACES = 3 * (2 * WAVES)
"""Channels of `places`."""


def places(coords: Tensor, cell: int, seconds: float) -> Tensor:
    """Where tokens are: (B, 3, N) of seconds, pixels down, pixels right to (B, N, PLACES).

    Down and right are taken as shares of the picture that the tokens span, `cell` pixels each;
    time as a share of `seconds`.
    """
    extent = coords[:, 1:].amax(-1, keepdim=True) + cell
    space = (coords[:, 1:] + cell / 2) / extent
    share = torch.cat([coords[:, :1] / seconds, space], 1).float()
    waves = math.pi * 2.0 ** torch.arange(WAVES, device=coords.device) / 2
    angles = (share.unsqueeze(-1) * waves).movedim(1, 2).flatten(2)
    return torch.cat([angles.sin(), angles.cos()], -1)


class StarterTransformer(LTXVideoTransformer3DModel):  # type: ignore[misc]
    """Velocity of noised latents: (B, N, C) in and out, called as diffusers' LTX transformer.

    `video_coords` (B, 3, N) is required: seconds at the frame rate, pixels down, pixels right of
    each token's first corner. `timestep` is 1000 sigma, (B, 1) or per token (B, N).
    """

    @register_to_config  # type: ignore[untyped-decorator]
    def __init__(
        self,
        in_channels: int = 96,
        out_channels: int = 96,
        num_attention_heads: int = 4,
        attention_head_dim: int = 64,
        cross_attention_dim: int = 256,
        num_layers: int = 5,
        caption_channels: int = 128,
        cell: int = 16,
        seconds: float = 2.0,
    ) -> None:
        LTXVideoTransformer3DModel.__init__.__wrapped__(
            self,
            in_channels=in_channels + PLACES,
            out_channels=out_channels,
            num_attention_heads=num_attention_heads,
            attention_head_dim=attention_head_dim,
            cross_attention_dim=cross_attention_dim,
            num_layers=num_layers,
            caption_channels=caption_channels,
        )

    def forward(
        self, hidden_states: Tensor, *args: Any, video_coords: Tensor, **options: Any
    ) -> Any:
        """Run diffusers' forward on latents with their places beside them."""
        where = places(video_coords, self.config.cell, self.config.seconds)
        where = where.to(hidden_states.dtype).expand(hidden_states.shape[0], -1, -1)
        hidden = torch.cat([hidden_states, where], -1)
        return super().forward(hidden, *args, video_coords=video_coords, **options)

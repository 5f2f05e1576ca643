"""LTX-2's connectors over an encoded prompt: what a text encoder gave becomes contexts.

The network's own forward levels and projects the states of all layers for `longest` words, most of
which are padding and are thrown away again. Here only the real words are levelled and projected,
some at a time, with the network's own layers; its connectors then run over the padded result. That
takes a small part of the memory and gives the same contexts. Used by the text nodes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import pad

from aiprod_studio.models.prompts import Encoded

AT_ONCE = 1 << 25
"""Numbers of the encoder's states that are levelled at a time."""
EPSILON = 1e-6
SPREAD = 8.0
"""How far LTX-2.0 spreads the states of a layer over its range."""

Projection = Callable[[Tensor], tuple[Tensor, ...]]


@torch.inference_mode()
def connect(
    connectors: torch.nn.Module, found: Encoded, *, longest: int = 1024
) -> tuple[Tensor, Tensor, Tensor]:
    """Run LTX-2's connectors over an encoded prompt.

    What is not taken by words is filled with learned registers, so every prompt comes out
    `longest` tokens long.

    Returns:
        The contexts of picture and sound, (1, longest, width) each, and their mask (1, longest).
    """
    network: Any = connectors
    states = found.embeddings[:, :longest]
    missing = longest - states.shape[1]
    mask = pad(found.mask[:, :longest], (0, missing))
    seen, heard = (pad(each, (0, 0, 0, missing)) for each in _projected(network, states))
    hidden = (mask.to(torch.int64) - 1).to(seen.dtype)[:, None, None] * torch.finfo(seen.dtype).max
    video, left = network.video_connector(seen, hidden)
    kept = (left < EPSILON).to(torch.int64).reshape(1, longest, 1)
    audio, _ = network.audio_connector(heard, hidden)
    video, kept = video * kept, kept.squeeze(-1)
    if found.factors is not None:
        factors = pad(found.factors[:longest], (0, missing), value=1.0)
        video, audio = (each * factors.to(each)[None, :, None] for each in (video, audio))
    return video, audio, kept


def _projected(network: Any, states: Tensor) -> tuple[Tensor, Tensor]:
    """Return what picture's and sound's connectors read, (1, words, width) each."""
    one = (
        _by_word(network) if network.config.per_modality_projections else _by_layer(network, states)
    )
    count = max(1, AT_ONCE // states[0, 0].numel())
    pieces = [one(states[:, start : start + count]) for start in range(0, states.shape[1], count)]
    joined = [
        torch.cat(each, dim=1) if len(each) > 1 else each[0] for each in zip(*pieces, strict=True)
    ]
    return joined[0], joined[-1]


def _by_layer(network: Any, states: Tensor) -> Projection:
    """LTX-2.0: every layer's states are set into its range over the whole prompt."""
    words, width = states.shape[1:3]
    mean = states.sum(dim=(1, 2), keepdim=True).float() / (words * width + EPSILON)
    spread = states.amax((1, 2), keepdim=True) - states.amin((1, 2), keepdim=True) + EPSILON

    def project(piece: Tensor) -> tuple[Tensor, ...]:
        levelled = (piece - mean).div_(spread).mul_(SPREAD)
        return (network.text_proj_in(levelled.flatten(2).to(states.dtype)),)

    return project


def _by_word(network: Any) -> Projection:
    """LTX-2.3 and later: every layer's state of a word gets the same length."""
    config = network.config
    ways: Sequence[tuple[Any, int]] = (
        (network.video_text_proj_in, config.video_hidden_dim),
        (network.audio_text_proj_in, config.audio_hidden_dim),
    )

    def project(piece: Tensor) -> tuple[Tensor, ...]:
        level = torch.rsqrt(torch.mean(piece**2, dim=2, keepdim=True) + EPSILON)
        levelled = (piece * level).flatten(2)
        return tuple(
            layer(levelled * math.sqrt(width / config.caption_channels)) for layer, width in ways
        )

    return project

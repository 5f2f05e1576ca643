"""Attention strengths in [0, 1] as the bias that the reference adds before the softmax: log(m)."""

from __future__ import annotations

import torch


def bias_of(strengths: torch.Tensor, dtype: torch.dtype, heads: int) -> torch.Tensor:
    """Return log(m), and the most negative finite number where m is 0, for every head.

    There is a number for every pair of a film's tokens, of which there are tens of thousands, so
    they are made in place and all heads look at the same ones; the networks would copy them.

    Args:
        strengths: (batch, tokens, tokens) in [0, 1].
        dtype: what the network computes in.
        heads: how many heads its self-attention has.

    Returns:
        (batch x heads, tokens, tokens).
    """
    same = strengths.shape[0] == 1 or strengths.stride(0) == 0
    own = strengths[:1] if same else strengths
    bias = own.to(dtype, copy=True).log_().clamp_(min=torch.finfo(dtype).min)
    if same:
        return bias.expand(strengths.shape[0] * heads, -1, -1)
    return bias.repeat_interleave(heads, dim=0)

"""Attention strengths in [0, 1] as the bias that the reference adds before the softmax: log(m)."""

from __future__ import annotations

import torch


def bias_of(strengths: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    """Return log(m), and the most negative finite number where m is 0, in the shape given."""
    least = torch.finfo(dtype).min
    wide = strengths.float()
    bias = torch.where(wide > 0, wide.clamp_min(torch.finfo(torch.float32).tiny).log(), least)
    return bias.to(dtype)

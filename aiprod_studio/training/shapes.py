"""The sizes of the starter's parts and of its films: what every stage of training agrees on.

`base` is what two CPU cores can train, `quality` what half an hour of a large GPU can. Data only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

CELL, GROUP = 16, 4
"""Pixels of a latent cell per side, frames of a latent group."""
WORDS_LONGEST = 48
"""Text tokens that training pads to; longer captions are cut."""


@dataclass(frozen=True)
class Machine:
    """What a stage computes on: a torch device, and how many times the usual batch suits it."""

    device: str = "cpu"
    times: int = 1
    compiled: bool = False


@dataclass(frozen=True)
class Shape:
    """Channels, depths and widths of one weight set."""

    name: str
    still_channels: int
    change_channels: int
    polish_width: int
    polish_depth: int
    text_width: int
    text_layers: int
    heads: int
    layers: int
    upscaler_width: int
    upscaler_depth: int

    @property
    def channels(self) -> int:
        """Channels of a latent cell."""
        return self.still_channels + self.change_channels

    def codec(self) -> dict[str, Any]:
        """Arguments of the PatchAutoencoder."""
        return {
            "patch": CELL, "group": GROUP, "still_channels": self.still_channels,
            "change_channels": self.change_channels, "polish_width": self.polish_width,
            "polish_depth": self.polish_depth,
        }  # fmt: skip

    def transformer(self) -> dict[str, Any]:
        """Arguments of the StarterTransformer."""
        return {
            "in_channels": self.channels, "out_channels": self.channels,
            "num_attention_heads": self.heads, "attention_head_dim": 64,
            "cross_attention_dim": 64 * self.heads, "num_layers": self.layers,
            "caption_channels": self.text_width,
        }  # fmt: skip


BASE = Shape("base", 80, 40, 96, 3, 128, 3, 4, 5, 32, 4)
QUALITY = Shape("quality", 208, 176, 160, 4, 192, 4, 5, 8, 48, 6)
"""Its channels are for a round trip of 31 dB: on held-out films the linear part reaches 29.3 dB
with 160 and 128, 30.1 with 192 and 160, 30.9 with 224 and 192, and the clean-up adds about 1.
"""
SHAPES = {shape.name: shape for shape in (BASE, QUALITY)}
CPU = Machine()

"""The starter's learned 2x upscaler: finished frames in, frames of twice the size out.

A few residual convolutions on the small picture, added to its bicubic enlargement. Trained on what
the codec makes of the world, so it also cleans the codec's softness. Any size; each frame alone; a
pixel depends on its surroundings within `reach`. Used by the upscale node.
"""

from __future__ import annotations

import torch
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.modeling_utils import ModelMixin
from torch import Tensor, nn
from torch.nn import functional


class FrameUpscaler(ModelMixin, ConfigMixin):  # type: ignore[misc]
    """Frames (N, 3, H, W) in [-1, 1], H and W even, to (N, 3, 2H, 2W)."""

    @register_to_config  # type: ignore[untyped-decorator]
    def __init__(self, width: int = 32, depth: int = 4) -> None:
        super().__init__()
        self.enter = nn.Conv2d(12, width, 3, padding=1)
        self.blocks = nn.ModuleList(
            nn.Sequential(
                nn.SiLU(),
                nn.Conv2d(width, width, 3, padding=1),
                nn.SiLU(),
                nn.Conv2d(width, width, 3, padding=1),
            )
            for _ in range(depth)
        )
        self.leave = nn.Conv2d(width, 48, 3, padding=1)
        with torch.no_grad():
            for parameter in self.leave.parameters():
                parameter.zero_()

    @property
    def scale(self) -> int:
        """How many times wider and higher the frames become."""
        return 2

    @property
    def reach(self) -> int:
        """Pixels of the small frame beyond its own that a pixel can depend on."""
        return 2 * (2 * int(self.config.depth) + 2) + 2

    def forward(self, frames: Tensor) -> Tensor:
        """Enlarge frames.

        Raises:
            ValueError: an odd height or width.
        """
        if frames.shape[-1] % 2 or frames.shape[-2] % 2:
            raise ValueError(f"the upscaler takes even heights and widths, not {frames.shape}")
        hidden = self.enter(functional.pixel_unshuffle(frames, 2))
        for block in self.blocks:
            hidden = hidden + block(hidden)
        detail = functional.pixel_shuffle(self.leave(functional.silu(hidden)), 4)
        plain = functional.interpolate(frames, scale_factor=2, mode="bicubic", align_corners=False)
        return (plain + detail).clamp(-1, 1)

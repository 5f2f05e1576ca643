"""Latents as tokens, and where each token lies in time and space.

Transformers see packed latents (batch, tokens, channels), frames slowest, then rows, then columns,
and a position for every token: start and end in seconds, and in pixels for rows and columns. How a
family's codec scales is a `Grid`, read from the model's settings. No network is used here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch

from aiprod_studio.sdk import Invalid, Refusal


@dataclass(frozen=True)
class Grid:
    """How a family lays tokens over pixels.

    One latent covers `time` frames and `space` x `space` pixels; with `causal` the first latent
    frame covers a single frame. A token is `patch_time` x `patch` x `patch` latents. `aligned`
    positions know of that first frame; `seconds` measures time in seconds, not in frames.
    """

    time: int = 8
    space: int = 32
    causal: bool = True
    aligned: bool = True
    seconds: bool = True
    patch: int = 1
    patch_time: int = 1

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Grid:
        """Read a model's settings: `frame_step`, `frame_offset`, `multiple`, `positions`, `patch`.

        `positions` is {"scales": [time, height, width] of one latent, "causal": bool, "seconds":
        bool}; where it is missing, `frame_step` and `multiple` are one latent. `patch` is (time,
        height, width) in latents; where it is missing a token is one latent.
        """
        rule = settings.get("positions") or {}
        usual = (settings["frame_step"], settings["multiple"], settings["multiple"])
        scales = rule.get("scales") or usual
        patch = settings.get("patch") or (1, 1, 1)
        return cls(
            time=int(scales[0]),
            space=int(scales[1]),
            causal=int(settings.get("frame_offset", 1)) == 1,
            aligned=bool(rule.get("causal", True)),
            seconds=bool(rule.get("seconds", True)),
            patch=int(patch[1]),
            patch_time=int(patch[0]),
        )

    def latent_frames(self, frames: int) -> int:
        """Return how many latent frames hold `frames` frames."""
        if self.causal:
            return (frames - 1) // self.time + 1
        return frames // self.time

    def latent_shape(self, width: int, height: int, frames: int) -> tuple[int, int, int]:
        """Return (latent frames, rows, columns) of a video's latents."""
        return self.latent_frames(frames), height // self.space, width // self.space

    def token_shape(self, latents: torch.Tensor) -> tuple[int, int, int]:
        """Return how many tokens lie along (time, height, width) of (B, C, F, H, W) latents.

        Raises:
            Refusal: the latents do not divide into patches.
        """
        frames, rows, columns = latents.shape[2:]
        if frames % self.patch_time or rows % self.patch or columns % self.patch:
            size = f"{frames} x {rows} x {columns}"
            why = f"latents of {size} do not divide by patches of {self.patch_time} x {self.patch}"
            raise Refusal(Invalid("latents", why, "Choose a size that the model takes."))
        return frames // self.patch_time, rows // self.patch, columns // self.patch


def pack(latents: torch.Tensor, grid: Grid) -> torch.Tensor:
    """Turn (B, C, F, H, W) latents into (B, tokens, C * patch values) tokens."""
    frames, rows, columns = grid.token_shape(latents)
    batch, channels = latents.shape[:2]
    cut = latents.reshape(
        batch, channels, frames, grid.patch_time, rows, grid.patch, columns, grid.patch
    )
    packed = cut.permute(0, 2, 4, 6, 1, 3, 5, 7)
    return packed.reshape(batch, frames * rows * columns, -1)


def unpack(tokens: torch.Tensor, shape: tuple[int, int, int], grid: Grid) -> torch.Tensor:
    """Turn tokens back into latents; `shape` is `Grid.token_shape` of them."""
    frames, rows, columns = shape
    pt, p = grid.patch_time, grid.patch
    cut = tokens.reshape(tokens.shape[0], frames, rows, columns, -1, pt, p, p)
    latents = cut.permute(0, 4, 1, 5, 2, 6, 3, 7)
    return latents.reshape(tokens.shape[0], -1, frames * pt, rows * p, columns * p)


def positions(
    shape: tuple[int, int, int],
    grid: Grid,
    rate: float,
    device: torch.device | str = "cpu",
    *,
    at_frame: int | None = None,
) -> torch.Tensor:
    """Return float32 (1, 3, tokens, 2): each token's start and end in seconds and pixels.

    Time follows LTX's rule: where `grid.aligned`, latent frame n begins at frame
    n * time + 1 - time, never below 0. With `at_frame` the tokens are those of a single picture at
    that frame of the video: they cover the one frame [at_frame, at_frame + 1).

    Args:
        shape: tokens along (time, height, width).
        rate: frames per second, above 0.
    """
    starts = [
        torch.arange(count, dtype=torch.float32, device=device) * size
        for count, size in zip(shape, (grid.patch_time, grid.patch, grid.patch), strict=True)
    ]
    time, rows, columns = (
        torch.stack([start, start + size], dim=-1) * scale
        for start, size, scale in zip(
            starts,
            (grid.patch_time, grid.patch, grid.patch),
            (grid.time, grid.space, grid.space),
            strict=True,
        )
    )
    if at_frame is not None:
        time = torch.tensor([[at_frame, at_frame + 1.0]], device=device).expand(shape[0], 2)
    elif grid.aligned:
        time = (time + 1 - grid.time).clamp_min(0)
    frames, height, width = shape
    spread = [
        (time / (rate if grid.seconds else 1))[:, None, None].expand(frames, height, width, 2),
        rows[None, :, None].expand(frames, height, width, 2),
        columns[None, None].expand(frames, height, width, 2),
    ]
    return torch.stack(spread).reshape(1, 3, frames * height * width, 2)

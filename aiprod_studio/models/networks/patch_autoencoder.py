"""The starter's video codec: a linear patch transform and a small convolutional clean-up.

Every 16x16 patch of the first frame, and of each following group of 4 frames, becomes one latent
cell. The first channels hold the mean picture of the group in the principal components of stills,
the rest what changes inside the group, so that a still and an unmoving film share their latents.
The clean-up sees the frames of a group with their neighbouring patches, takes the seams away and
mends what moves. Fitted by training, used by the starter's nodes through `encode` and `decode`; it
never pads or crops a picture.
"""

from __future__ import annotations

import torch
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.modeling_utils import ModelMixin
from torch import Tensor, nn
from torch.nn import functional

CUT = 4
"""Pixels of the clean-up's cells per side."""


class _Residual(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, hidden: Tensor) -> Tensor:
        inner: Tensor = self.second(functional.silu(self.first(functional.silu(hidden))))
        return hidden + inner


class _Polish(nn.Module):
    """Corrects groups of decoded frames (N, 3 G, H, W) by 4x4 cells and the latents under them."""

    def __init__(self, group: int, latent: int, width: int, depth: int) -> None:
        super().__init__()
        cells = 3 * group * CUT * CUT
        self.enter = nn.Conv2d(cells, width, 1)
        self.context = nn.Conv2d(latent, width, 3, padding=1)
        self.blocks = nn.ModuleList(_Residual(width) for _ in range(depth))
        self.leave = nn.Conv2d(width, cells, 1)
        with torch.no_grad():
            for parameter in self.leave.parameters():
                parameter.zero_()

    def forward(self, frames: Tensor, latents: Tensor) -> Tensor:
        around, ratio = self.context(latents), frames.shape[-1] // (CUT * latents.shape[-1])
        hidden = self.enter(functional.pixel_unshuffle(frames, CUT))
        hidden = hidden + functional.interpolate(around, scale_factor=ratio, mode="nearest")
        for block in self.blocks:
            hidden = block(hidden)
        return frames + functional.pixel_shuffle(self.leave(functional.silu(hidden)), CUT)


class PatchAutoencoder(ModelMixin, ConfigMixin):  # type: ignore[misc]
    """Video (B, 3, F, H, W) in [-1, 1] to latents (B, C, (F-1)/4+1, H/16, W/16) and back.

    H and W are multiples of 16, F is 4n+1. Latents are normalised to unit mean square over the
    training films. A decoded pixel depends on latent cells at most `reach` cells away in space and
    on its own group alone in time, so tiles that overlap by that much join without a trace.
    """

    @register_to_config  # type: ignore[untyped-decorator]
    def __init__(
        self,
        patch: int = 16,
        group: int = 4,
        still_channels: int = 64,
        change_channels: int = 32,
        polish_width: int = 64,
        polish_depth: int = 3,
    ) -> None:
        super().__init__()
        area = 3 * patch * patch
        self.still_basis = nn.Parameter(torch.zeros(still_channels, area), requires_grad=False)
        self.still_mean = nn.Parameter(torch.zeros(area), requires_grad=False)
        self.change_basis = nn.Parameter(
            torch.zeros(change_channels, group * area), requires_grad=False
        )
        self.scale = nn.Parameter(torch.ones(still_channels + change_channels), requires_grad=False)
        latent = still_channels + change_channels
        self.polish = _Polish(group, latent, polish_width, polish_depth)

    @property
    def reach(self) -> int:
        """Latent cells beyond its own that a decoded pixel can depend on."""
        pixels, patch = CUT * 2 * int(self.config.polish_depth), int(self.config.patch)
        return (pixels + patch - 1) // patch + 1

    def encode(self, video: Tensor) -> Tensor:
        """Latents of a film, or of a still where F is 1.

        Raises:
            ValueError: a size that is no multiple of the patch, or frames that are not 4n+1.
        """
        self._check(video.shape)
        first = self._patches(video[:, :, :1])
        still = (first[..., 0, :] - self.still_mean) @ self.still_basis.T
        parts = [functional.pad(still, (0, int(self.config.change_channels)))]
        if video.shape[2] > 1:
            parts.append(self._encode_groups(self._patches(video[:, :, 1:])))
        return torch.cat(parts, 1).mul(self.scale).movedim(-1, 1).contiguous()

    def decode(self, latents: Tensor, *, polish: bool = True) -> Tensor:
        """Film of latents (B, C, f, h, w): (B, 3, 4(f-1)+1, 16h, 16w), clamped to [-1, 1]."""
        groups = self.groups(latents)
        if polish:
            groups = self.polished(groups, latents)
        first, later = groups.tensor_split([1], 1)
        video = torch.cat([first.mean(2), later.flatten(1, 2)], 1)
        return video.movedim(2, 1).clamp(-1, 1)

    def groups(self, latents: Tensor) -> Tensor:
        """Frames (B, f, G, 3, H, W) by the linear part alone; the first repeats in its group."""
        plain = latents.movedim(1, -1) / self.scale
        still, change = plain.tensor_split([self.still_basis.shape[0]], -1)
        group = int(self.config.group)
        moved = change @ self.change_basis
        moved = moved.reshape(*moved.shape[:-1], group, self.still_basis.shape[1])
        moved = torch.cat([torch.zeros_like(moved[:, :1]), moved[:, 1:]], 1)
        pictures = (still @ self.still_basis + self.still_mean).unsqueeze(-2) + moved
        video = self._joined(pictures).movedim(2, 1)
        return video.reshape(len(video), pictures.shape[1], group, *video.shape[2:])

    def polished(self, groups: Tensor, latents: Tensor) -> Tensor:
        """Groups (B, f, G, 3, H, W) after the clean-up, which sees their latents as well."""
        frames = groups.flatten(2, 3).flatten(0, 1)
        clean: Tensor = self.polish(frames, latents.movedim(2, 1).flatten(0, 1))
        return clean.reshape(groups.shape)

    def forward(self, video: Tensor) -> Tensor:
        """The round trip."""
        return self.decode(self.encode(video))

    def _encode_groups(self, patches: Tensor) -> Tensor:
        mean = patches.mean(-2)
        still = (mean - self.still_mean) @ self.still_basis.T
        change = (patches - mean.unsqueeze(-2)).flatten(-2) @ self.change_basis.T
        return torch.cat([still, change], -1)

    def _patches(self, video: Tensor) -> Tensor:
        """(B, 3, F, H, W) to (B, groups, h, w, frames of the group, 3 p p)."""
        p, group = int(self.config.patch), min(int(self.config.group), video.shape[2])
        b, c, f, h, w = video.shape
        cut = video.reshape(b, c, f // group, group, h // p, p, w // p, p)
        return cut.permute(0, 2, 4, 6, 3, 1, 5, 7).flatten(5)

    def _joined(self, patches: Tensor) -> Tensor:
        """(B, groups, h, w, frames of the group, 3 p p) to (B, 3, F, H, W)."""
        p = int(self.config.patch)
        b, n, h, w, group, _ = patches.shape
        cut = patches.reshape(b, n, h, w, group, 3, p, p).permute(0, 5, 1, 4, 2, 6, 3, 7)
        return cut.reshape(b, 3, n * group, h * p, w * p)

    def _check(self, shape: torch.Size) -> None:
        p, group = int(self.config.patch), int(self.config.group)
        if len(shape) != 5 or shape[3] % p or shape[4] % p or (shape[2] - 1) % group:
            raise ValueError(
                f"the codec takes (B, 3, F, H, W) with H and W multiples of {p} and F one more "
                f"than a multiple of {group}, not {tuple(shape)}"
            )

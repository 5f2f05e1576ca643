"""Keyframes: pictures pinned to frames of the video, as the LTX family takes them.

A picture at frame 0 takes the place of the first latent frame: its tokens are held at the clean
picture and timestep 0. A picture at any other frame is appended as guide tokens, which carry the
time of that frame, are held likewise, and are dropped from the result. A strength below 1 leaves
noise of level (1 - strength) * sigma on the held tokens. Sampling nodes use this; it knows no
network and encodes no picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from aiprod_studio.diffusion.sampling import Hold
from aiprod_studio.diffusion.tokens import Grid, pack, positions, unpack
from aiprod_studio.sdk import Invalid, Keyframe, Refusal


@dataclass(frozen=True)
class Canvas:
    """The tokens of a video to be made, with its keyframes laid in.

    `tokens` (B, N, C) are the clean latents to begin from, `mask` (B, N, 1) is 1 where the sampler
    is free and 1 - strength where a keyframe stands, `clean` holds the keyframes, `positions`
    (B, 3, N, 2) says where tokens lie. The first `own` tokens are the video's; what follows are
    guides.
    """

    tokens: torch.Tensor
    mask: torch.Tensor
    clean: torch.Tensor
    positions: torch.Tensor
    own: int
    shape: tuple[int, int, int]
    grid: Grid

    @property
    def hold(self) -> Hold | None:
        """What the sampler must hold; None where it is free everywhere."""
        return Hold(self.mask, self.clean) if bool((self.mask < 1).any()) else None

    def sigmas(self, sigma: float) -> torch.Tensor:
        """Return the noise level of every token (B, N) when the schedule is at `sigma`."""
        return self.mask[..., 0] * sigma

    def start(self, noise: torch.Tensor, sigma: float) -> torch.Tensor:
        """Return tokens at noise level `sigma`; `noise` is shaped like `tokens`."""
        return Hold(self.mask, self.clean).start(noise, self.tokens, sigma)

    def latents(self, tokens: torch.Tensor) -> torch.Tensor:
        """Return the video's latents (B, C, F, H, W) in tokens, without the guides."""
        return unpack(tokens[:, : self.own], self.shape, self.grid)


def lay(
    latents: torch.Tensor, keyframes: Sequence[Keyframe], grid: Grid, frames: int, rate: float
) -> Canvas:
    """Lay a video's latents out as tokens, with its keyframes.

    Args:
        latents: (B, C, F, H, W) to begin from; zeros for pure noise.
        keyframes: pictures as (1, C, 1, H, W) latents, each at a frame of [0, frames).
        grid: how the family lays tokens.
        frames: the video's length in frames.
        rate: frames per second.

    Raises:
        Refusal: a keyframe has another size, another frame or another strength than it may have.
    """
    for keyframe in keyframes:
        _check(keyframe, latents, frames)
    shape = grid.token_shape(latents)
    tokens = pack(latents, grid).clone()
    mask = tokens.new_ones(tokens.shape[0], tokens.shape[1], 1)
    clean = torch.zeros_like(tokens)
    first = [keyframe for keyframe in keyframes if keyframe.frame == 0]
    for keyframe in first[-1:]:
        _replace(tokens, mask, clean, keyframe, grid)
    places = positions(shape, grid, rate, latents.device).expand(tokens.shape[0], -1, -1, -1)
    canvas = Canvas(tokens, mask, clean, places, tokens.shape[1], shape, grid)
    for keyframe in keyframes:
        if keyframe.frame != 0:
            canvas = _append(canvas, keyframe, rate)
    return canvas


def _replace(
    tokens: torch.Tensor,
    mask: torch.Tensor,
    clean: torch.Tensor,
    keyframe: Keyframe,
    grid: Grid,
) -> None:
    """Put a picture in place of the first latent frame (in the canvas's own new tensors)."""
    picture = pack(keyframe.latents.to(tokens.device, tokens.dtype), grid)
    count = picture.shape[1]
    tokens[:, :count] = picture
    clean[:, :count] = picture
    mask[:, :count] = 1 - keyframe.strength


def _append(canvas: Canvas, keyframe: Keyframe, rate: float) -> Canvas:
    grid, old = canvas.grid, canvas.tokens
    latents = keyframe.latents.to(old.device, old.dtype)
    picture = pack(latents, grid).expand(old.shape[0], -1, -1)
    places = positions(
        grid.token_shape(latents), grid, rate, old.device, at_frame=keyframe.frame
    ).expand(old.shape[0], -1, -1, -1)
    held = picture.new_full((*picture.shape[:2], 1), 1 - keyframe.strength)
    return Canvas(
        tokens=torch.cat([old, picture], dim=1),
        mask=torch.cat([canvas.mask, held], dim=1),
        clean=torch.cat([canvas.clean, picture], dim=1),
        positions=torch.cat([canvas.positions, places], dim=2),
        own=canvas.own,
        shape=canvas.shape,
        grid=grid,
    )


def _check(keyframe: Keyframe, latents: torch.Tensor, frames: int) -> None:
    where = f"keyframe at frame {keyframe.frame}"
    if not 0 <= keyframe.frame < frames:
        why = f"the video has {frames} frames, numbered from 0 to {frames - 1}"
        raise Refusal(Invalid(where, why, "Choose one of them."))
    if not 0 <= keyframe.strength <= 1:
        raise Refusal(Invalid(where, f"its strength {keyframe.strength} is not between 0 and 1"))
    expected = (1, latents.shape[1], 1, *latents.shape[3:])
    if tuple(keyframe.latents.shape) != expected:
        found = tuple(keyframe.latents.shape)
        why = f"its latents are {found} where the video's size needs {expected}"
        raise Refusal(Invalid(where, why, "Encode it at the size of the video."))

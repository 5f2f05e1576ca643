"""Keyframes, references and kept parts: what a sampler must hold, as the LTX family takes it.

A picture at frame 0 takes the place of the first latent frame: its tokens are held at the clean
picture and timestep 0. A picture at any other frame is appended as guide tokens, which carry the
time of that frame, are held likewise, and are dropped from the result. A strength below 1 leaves
noise of level (1 - strength) * sigma on the held tokens. A reference video (IC-LoRA) is appended
whole, at the places that it shows. A mask keeps parts of the video itself. Sampling nodes use this;
it knows no network and encodes no picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch

from aiprod_studio.diffusion.sampling import Hold
from aiprod_studio.diffusion.tokens import Grid, pack, positions, unpack
from aiprod_studio.sdk import Invalid, Keyframe, Reference, Refusal


@dataclass(frozen=True)
class Canvas:
    """The tokens of a video to be made, with its keyframes laid in.

    `tokens` (B, N, C) are the clean latents to begin from, `mask` (B, N, 1) is 1 where the sampler
    is free and 1 - strength where a keyframe stands, `clean` holds the keyframes, `positions`
    (B, 3, N, 2) says where tokens lie. The first `own` tokens are the video's; what follows are
    guides. `attention` names stretches of guide tokens (first, end) that the video's own tokens see
    and are seen by less than fully, each with a share in [0, 1].
    """

    tokens: torch.Tensor
    mask: torch.Tensor
    clean: torch.Tensor
    positions: torch.Tensor
    own: int
    shape: tuple[int, int, int]
    grid: Grid
    attention: tuple[tuple[int, int, float], ...] = ()

    def strengths(self, dtype: torch.dtype) -> torch.Tensor | None:
        """Return how much tokens attend to each other (1, N, N); None where all do fully."""
        if not self.attention:
            return None
        count, device = self.tokens.shape[1], self.tokens.device
        found = torch.ones(1, count, count, dtype=dtype, device=device)
        for first, end, share in self.attention:
            found[:, : self.own, first:end] = share
            found[:, first:end, : self.own] = share
        return found

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
    latents: torch.Tensor,
    keyframes: Sequence[Keyframe],
    grid: Grid,
    frames: int,
    rate: float,
    *,
    mask: torch.Tensor | None = None,
    references: Sequence[Reference] = (),
) -> Canvas:
    """Lay a video's latents out as tokens, with its keyframes.

    Args:
        latents: (B, C, F, H, W) to begin from; zeros for pure noise.
        keyframes: pictures as (1, C, 1, H, W) latents, each at a frame of [0, frames).
        grid: how the family lays tokens.
        frames: the video's length in frames.
        rate: frames per second.
        mask: broadcasts to (1, 1, F, H, W); 0 where the latents given stay, None is 1 everywhere.
        references: videos that lead this one from beside it.

    Raises:
        Refusal: a keyframe, reference or mask has another size, frame or strength than it may have.
    """
    for keyframe in keyframes:
        _check(keyframe, latents, frames)
    shape = grid.token_shape(latents)
    tokens = pack(latents, grid).clone()
    free = tokens.new_ones(tokens.shape[0], tokens.shape[1], 1)
    clean = torch.zeros_like(tokens)
    if mask is not None:
        free.copy_(_packed_mask(mask, latents, grid))
        clean = tokens.clone()
    first = [keyframe for keyframe in keyframes if keyframe.frame == 0]
    for keyframe in first[-1:]:
        _replace(tokens, free, clean, keyframe, grid)
    places = positions(shape, grid, rate, latents.device).expand(tokens.shape[0], -1, -1, -1)
    canvas = Canvas(tokens, free, clean, places, tokens.shape[1], shape, grid)
    for keyframe in keyframes:
        if keyframe.frame != 0:
            canvas = _append_keyframe(canvas, keyframe, rate)
    for reference in references:
        canvas = _append_reference(canvas, reference, rate)
    return canvas


def _packed_mask(mask: torch.Tensor, latents: torch.Tensor, grid: Grid) -> torch.Tensor:
    """Return a mask per token (1, N, 1); a token is as free as the freest latent in it."""
    try:
        whole = mask.to(latents.device, latents.dtype).expand(1, 1, *latents.shape[2:])
    except RuntimeError:
        why = f"the mask {tuple(mask.shape)} does not cover latents {tuple(latents.shape)}"
        raise Refusal(Invalid("latents", why, "Make the mask for this size.")) from None
    return pack(whole, grid).amax(dim=-1, keepdim=True)


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


def _append_keyframe(canvas: Canvas, keyframe: Keyframe, rate: float) -> Canvas:
    latents = keyframe.latents.to(canvas.tokens.device, canvas.tokens.dtype)
    shape = canvas.grid.token_shape(latents)
    places = positions(shape, canvas.grid, rate, canvas.tokens.device, at_frame=keyframe.frame)
    return _appended(canvas, latents, places, keyframe.strength, keyframe.attention)


def _append_reference(canvas: Canvas, reference: Reference, rate: float) -> Canvas:
    """Append a video whose tokens lie where they would in a picture of the whole size."""
    latents = reference.latents.to(canvas.tokens.device, canvas.tokens.dtype)
    shape, scale = canvas.grid.token_shape(latents), reference.scale
    fits = shape[0] <= canvas.shape[0] and all(
        own * scale == whole for own, whole in zip(shape[1:], canvas.shape[1:], strict=True)
    )
    if not fits:
        why = f"its latents {shape} at 1/{scale} do not fit the video's, {canvas.shape}"
        raise Refusal(Invalid("reference", why, "Encode it for this video's size and length."))
    places = positions(shape, canvas.grid, rate, canvas.tokens.device)
    places[:, 1:] *= scale
    return _appended(canvas, latents, places, reference.strength, reference.attention)


def _appended(
    canvas: Canvas,
    latents: torch.Tensor,
    places: torch.Tensor,
    strength: float,
    attention: float,
) -> Canvas:
    batch, first = canvas.tokens.shape[:2]
    guide = pack(latents, canvas.grid).expand(batch, -1, -1)
    held = guide.new_full((*guide.shape[:2], 1), 1 - strength)
    return replace(
        canvas,
        tokens=torch.cat([canvas.tokens, guide], dim=1),
        mask=torch.cat([canvas.mask, held], dim=1),
        clean=torch.cat([canvas.clean, guide], dim=1),
        positions=torch.cat([canvas.positions, places.expand(batch, -1, -1, -1)], dim=2),
        attention=canvas.attention
        + (((first, first + guide.shape[1], attention),) if attention < 1 else ()),
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

"""Pictures that a model sees beside the noise (Wan, image to video)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

from aiprod_studio.sdk import (
    VAE,
    Facts,
    Group,
    Image,
    Invalid,
    Latents,
    Missing,
    Number,
    Refusal,
    Run,
    node,
    weights_of,
)

if TYPE_CHECKING:
    import torch


Tile = Annotated[int, Number(0, 8192, step=32, unit="px", zero="automatic"), Group(advanced=True)]
Length = Annotated[int, Number(0, 10_000, zero="automatic"), Group(advanced=True)]
REACH = 1
"""Latents around a tile that give context."""


def _facts(params: Facts, inputs: Mapping[str, Facts]) -> Facts:
    return {**inputs.get("vae", {}), **inputs.get("latents", {})}


@node(
    "latents.pictures",
    "First and Last Picture",
    since="1.0",
    costs=weights_of("vae", phase="encode_video"),
    facts=_facts,
)
def pictures(
    run: Run,
    latents: Latents,
    vae: VAE,
    first: Image,
    last: Image | None = None,
    *,
    tile: Tile = 0,
    tile_frames: Length = 0,
) -> Latents:
    """Let a film begin, and end, with pictures, for models that see them beside the noise.

    These are Wan's image-to-video models. LTX takes First Frame and Keyframe instead.

    Args:
        latents: the video to be made
        vae: the codec of the model
        first: the first frame
        last: the last frame, for models that were trained for both
        tile: the largest tile, in pixels along a side; 0 lets the plan choose what fits
        tile_frames: the longest stretch encoded at once, in frames; 0 lets the plan choose
    """
    _check(latents, vae)
    import torch

    given = _encoded(run, vae, _film(run, latents, first, last), (tile, tile_frames))
    known = [0] if last is None else [0, latents.frames - 1]
    beside = torch.cat([_marks(known, latents.frames, vae, given), given], dim=1)
    return replace(latents, beside=beside.contiguous().clone())


def _encoded(run: Run, vae: VAE, film: torch.Tensor, tiles: tuple[int, int]) -> torch.Tensor:
    from aiprod_studio.diffusion.stopping import stoppable
    from aiprod_studio.diffusion.tiling import cut_for, encoded
    from aiprod_studio.diffusion.tokens import Grid
    from aiprod_studio.models.codecs import encode_video

    grid = Grid.of(vae.settings)
    cut = cut_for(grid, *tiles, REACH, REACH)
    with run.use(vae) as codec, stoppable(codec, run.check):
        return encoded(
            film, lambda part: encode_video(codec, part), grid, cut, run.device,
            lambda done, total: run.progress(total + done, 2 * total, "encoding"),
        )  # fmt: skip


def _film(run: Run, latents: Latents, first: Image, last: Image | None) -> torch.Tensor:
    """Return a grey film (1, 3, F, H, W) in which the given frames are."""
    import torch

    from aiprod_studio.diffusion.colours import as_video
    from aiprod_studio.media import on_paper, resize_pixels

    size = (latents.frames, latents.height, latents.width)
    film = torch.zeros(1, 3, *size, dtype=run.dtype)
    for frame, image in ((0, first), (latents.frames - 1, last)):
        if image is not None:
            pixels = resize_pixels(on_paper(image.pixels), size[2], size[1], "crop")
            film[:, :, frame] = as_video(pixels[None])[:, :, 0]
    return film


def _marks(known: list[int], frames: int, vae: VAE, given: torch.Tensor) -> torch.Tensor:
    """Return channels that say which frames of each latent are given: (1, step, f, h, w).

    The first latent holds one frame, which counts for all of its channels.
    """
    import torch

    step = int(vae.settings["frame_step"])
    flags = torch.zeros(frames)
    flags[known] = 1
    whole = torch.cat([flags[:1].expand(step), flags[1:]])
    return whole.view(1, -1, step, 1, 1).transpose(1, 2).expand(1, step, *given.shape[2:])


def _check(latents: Latents, vae: VAE) -> None:
    if not vae.files:
        raise Refusal(Missing("input 'vae'", "the model has no codec", "Choose one that has."))
    if vae.family != latents.family:
        why = f"the latents are for {latents.family!r}, the codec is of {vae.family!r}"
        raise Refusal(Invalid("input 'vae'", why, "Link the codec that the latents came from."))
    if not vae.settings.get("picture_beside"):
        why = "this model does not see pictures beside the noise"
        raise Refusal(Invalid("input 'vae'", why, "Use First Frame and Keyframe instead."))
    if vae.settings.get("picture_clip"):
        why = "this model also wants a CLIP view of the picture, which this program cannot make"
        raise Refusal(Invalid("input 'vae'", why, "Use an image-to-video model of Wan 2.2."))

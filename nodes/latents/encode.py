"""A finished video as latents, to be changed by a sampler."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from aiprod_studio.sdk import (
    VAE,
    Facts,
    Group,
    Invalid,
    Latents,
    Missing,
    Number,
    Refusal,
    Run,
    Video,
    node,
    weights_of,
)

if TYPE_CHECKING:
    import torch

    from aiprod_studio.diffusion.sizes import Size


Tile = Annotated[int, Number(0, 8192, step=32, unit="px", zero="automatic"), Group(advanced=True)]
Length = Annotated[int, Number(0, 10_000, zero="automatic"), Group(advanced=True)]
REACH = 1
"""Latents around a tile that give context."""
SEEN = ("width", "height", "frames", "rate")
"""What is known of a video here; the rest belongs to the model that made it."""


def _facts(params: Facts, inputs: Mapping[str, Facts]) -> Facts:
    known, video = inputs.get("vae", {}), inputs.get("video", {})
    seen = {name: video[name] for name in SEEN if name in video}
    found = {**known, **seen, "guides": 0, "held": False}
    sides = ("width", "height", "frames")
    if all(name in video for name in sides) and "multiple" in known and "frame_step" in known:
        size = _size(known, *(video[name] for name in sides))
        found |= {"width": size.width, "height": size.height, "frames": size.frames}
    return found


@node(
    "latents.encode",
    "Encode Video",
    since="1.0",
    costs=weights_of("vae", phase="encode_video"),
    facts=_facts,
)
def encode_video(
    run: Run, video: Video, vae: VAE, *, tile: Tile = 0, tile_frames: Length = 0
) -> Latents:
    """Turn a video into latents, for a sampler that makes a part of it anew (its strength).

    Frames are brought to the nearest size that the model takes, filling it; frames at the end that
    do not make up a latent are left out, and both are said.

    Args:
        video: the video
        vae: the codec of the model
        tile: the largest tile, in pixels along a side; 0 lets the plan choose what fits
        tile_frames: the longest stretch encoded at once, in frames; 0 lets the plan choose
    """
    if not vae.files:
        raise Refusal(Missing("input 'vae'", "the model has no codec", "Choose one that has."))
    size = _size(vae.settings, video.width, video.height, video.frame_count)
    if (size.width, size.height, size.frames) != (video.width, video.height, video.frame_count):
        run.say(f"taken as {size.width} x {size.height}, {size.frames} frames")
    return Latents(
        samples=_encoded(run, _pixels(run, video, size), vae, tile, tile_frames),
        family=vae.family,
        width=size.width,
        height=size.height,
        frames=size.frames,
        rate=video.rate,
        generation=str(vae.settings.get("generation", "")),
    )


def _size(settings: Mapping[str, Any], width: int, height: int, frames: int) -> Size:
    """Return the nearest sides, and the longest length within the video."""
    from aiprod_studio.diffusion.sizes import Size, Sizes

    rule = Sizes.of(settings)
    count = (frames - rule.offset) // rule.step * rule.step + rule.offset
    if count < 1:
        why = f"{frames} frames are fewer than the model takes, {rule.step + rule.offset}"
        raise Refusal(Invalid("input 'video'", why, "Choose a longer one."))
    nearest = rule.nearest(Size(width, height, count))
    return Size(nearest.width, nearest.height, count)


def _pixels(run: Run, video: Video, size: Size) -> torch.Tensor:
    from aiprod_studio.diffusion.colours import as_film
    from aiprod_studio.media import resize_pixels

    return as_film(
        video.frames(0, size.frames),
        (size.frames, size.height, size.width),
        lambda frame: resize_pixels(frame, size.width, size.height, "crop"),
        run.dtype,
        lambda done, total: run.progress(done, 2 * total, "reading"),
    )


def _encoded(run: Run, pixels: torch.Tensor, vae: VAE, tile: int, tile_frames: int) -> torch.Tensor:
    from aiprod_studio.diffusion.stopping import stoppable
    from aiprod_studio.diffusion.tiling import cut_for, encoded
    from aiprod_studio.diffusion.tokens import Grid
    from aiprod_studio.models.codecs import encode_video as encode

    grid = Grid.of(vae.settings)
    cut = cut_for(grid, tile, tile_frames, REACH, REACH)
    with run.use(vae) as codec, stoppable(codec, run.check):
        return encoded(
            pixels, lambda part: encode(codec, part), grid, cut, run.device,
            lambda done, total: run.progress(total + done, 2 * total, "encoding"),
        )  # fmt: skip

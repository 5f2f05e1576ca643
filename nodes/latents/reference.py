"""A reference video beside the one that is made (IC-LoRA)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

from aiprod_studio.sdk import (
    VAE,
    Facts,
    Group,
    Invalid,
    Latents,
    Missing,
    Number,
    Reference,
    Refusal,
    Run,
    Slider,
    Video,
    node,
    weights_of,
)

if TYPE_CHECKING:
    import torch

ADVANCED = Group(advanced=True)
Tile = Annotated[int, Number(0, 8192, step=32, unit="px", zero="automatic"), ADVANCED]
Length = Annotated[int, Number(0, 10_000, zero="automatic"), ADVANCED]
REACH = 1
"""Latents around a tile that give context."""


def _facts(params: Facts, inputs: Mapping[str, Facts]) -> Facts:
    known = {**inputs.get("vae", {}), **inputs.get("latents", {})}
    more = _latents(known, inputs.get("video", {}), int(params["scale"]))
    seen = {"attention": True} if params["attention"] < 1 else {}
    return {**known, **seen, "guides": int(known.get("guides") or 0) + more, "held": True}


def _latents(known: Facts, video: Facts, scale: int) -> int:
    """Return how many latents of the film's own size a reference is for the sampler, at most."""
    frames = min(known.get("frames") or 1, video.get("frames") or known.get("frames") or 1)
    count = (frames - 1) // int(known.get("frame_step") or 8) + 1
    return -(-count // scale**2)


@node(
    "latents.reference",
    "Reference Video",
    since="1.0",
    costs=weights_of("vae", phase="encode_video"),
    facts=_facts,
)
def reference_video(
    run: Run,
    latents: Latents,
    video: Video,
    vae: VAE,
    *,
    strength: Annotated[float, Slider(0, 1, step=0.05)] = 1.0,
    attention: Annotated[float, Slider(0, 1, step=0.05), ADVANCED] = 1.0,
    scale: Annotated[int, Number(1, 4), ADVANCED] = 1,
    tile: Tile = 0,
    tile_frames: Length = 0,
) -> Latents:
    """Let a video lead the one that is made: depth, pose, edges, or the film to be changed.

    It needs an IC-LoRA that was trained for such references, linked between model and sampler.
    Frames are brought to the size of the video; a longer reference is cut.

    Args:
        latents: the video to be made
        video: what leads it, frame by frame
        vae: the codec of the model
        strength: 1 shows the reference as it is; less lays noise over it
        attention: how much the film looks at the reference; less than 1 leaves it more freedom and
            takes more memory
        scale: the reference is encoded at 1/scale of the size, for LoRAs trained that way
        tile: the largest tile, in pixels along a side; 0 lets the plan choose what fits
        tile_frames: the longest stretch encoded at once, in frames; 0 lets the plan choose
    """
    if not vae.files:
        raise Refusal(Missing("input 'vae'", "the model has no codec", "Choose one that has."))
    if vae.family != latents.family:
        why = f"the latents are for {latents.family!r}, the codec is of {vae.family!r}"
        raise Refusal(Invalid("input 'vae'", why, "Link the codec that the latents came from."))
    shape = _shape(latents, video, vae, scale)
    if shape[0] < latents.frames:
        run.say(f"the reference leads the first {shape[0]} of {latents.frames} frames")
    samples = _encoded(run, video, vae, shape, (tile, tile_frames))
    found = Reference(samples, strength, scale, attention)
    return replace(latents, references=(*latents.references, found))


def _shape(latents: Latents, video: Video, vae: VAE, scale: int) -> tuple[int, int, int]:
    """Return frames, height and width that the reference is encoded at."""
    from aiprod_studio.diffusion.sizes import Sizes

    rule, sides = Sizes.of(vae.settings), (latents.height, latents.width)
    if any(side % (rule.multiple * scale) for side in sides):
        why = f"{latents.width} x {latents.height} does not divide into {rule.multiple} x {scale}"
        remedy = f"Choose sides that are multiples of {rule.multiple * scale}."
        raise Refusal(Invalid("param 'scale'", why, remedy))
    most = min(video.frame_count, latents.frames)
    frames = (most - rule.offset) // rule.step * rule.step + rule.offset
    if frames < 1:
        why = f"{most} frames are fewer than the model takes, {rule.step + rule.offset}"
        raise Refusal(Invalid("input 'video'", why, "Choose a longer one."))
    return frames, sides[0] // scale, sides[1] // scale


def _encoded(
    run: Run, video: Video, vae: VAE, shape: tuple[int, int, int], tiles: tuple[int, int]
) -> torch.Tensor:
    from aiprod_studio.diffusion.colours import as_film
    from aiprod_studio.diffusion.stopping import stoppable
    from aiprod_studio.diffusion.tiling import cut_for, encoded
    from aiprod_studio.diffusion.tokens import Grid
    from aiprod_studio.media import resize_pixels
    from aiprod_studio.models.codecs import encode_video

    pixels = as_film(
        video.frames(0, shape[0]),
        shape,
        lambda frame: resize_pixels(frame, shape[2], shape[1], "crop"),
        run.dtype,
        lambda done, total: run.progress(done, 2 * total, "reading"),
    )
    grid = Grid.of(vae.settings)
    cut = cut_for(grid, *tiles, REACH, REACH)
    with run.use(vae) as codec, stoppable(codec, run.check):
        return encoded(
            pixels, lambda part: encode_video(codec, part), grid, cut, run.device,
            lambda done, total: run.progress(total + done, 2 * total, "encoding"),
        )  # fmt: skip

"""Room before and after a film, for a sampler to go on with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from aiprod_studio.sdk import (
    VAE,
    Facts,
    Group,
    Invalid,
    Keyframe,
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
    from aiprod_studio.diffusion.tiling import Encode

Count = Annotated[int, Number(0, 10_000, unit="frames")]
Tile = Annotated[int, Number(0, 8192, step=32, unit="px", zero="automatic"), Group(advanced=True)]
Length = Annotated[int, Number(0, 10_000, zero="automatic"), Group(advanced=True)]
REACH = 1
"""Latents around a tile that give context."""
SEEN = ("width", "height", "frames", "rate")
"""What is known of a video here; the rest belongs to the model that made it."""
LEAD = 16
"""Frames before a film that its first latents are encoded with; they are left out again."""


def _facts(params: Facts, inputs: Mapping[str, Facts]) -> Facts:
    known, video = inputs.get("vae", {}), inputs.get("video", {})
    found = {
        **known,
        **{k: video[k] for k in SEEN if k in video},
        "guides": int(params["before"] > 0),
        "held": True,
    }
    sides = ("width", "height", "frames")
    if all(name in video for name in sides) and "multiple" in known and "frame_step" in known:
        size = _size(known, *(video[name] for name in sides))
        more = params["before"] + params["after"]
        found |= {"width": size.width, "height": size.height, "frames": size.frames + more}
    return found


@node(
    "latents.extend",
    "Extend Video",
    since="1.0",
    costs=weights_of("vae", phase="encode_video"),
    facts=_facts,
)
def extend_video(
    run: Run,
    video: Video,
    vae: VAE,
    *,
    before: Count = 0,
    after: Count = 48,
    tile: Tile = 0,
    tile_frames: Length = 0,
) -> Latents:
    """Let the sampler go on with a film, at its end, before its beginning, or both.

    The film itself comes out as it went in (but for the codec). Its sound is not in it: give it
    with Encode Sound, which begins `before` frames into the longer film.

    Args:
        video: the film
        vae: the codec of the model
        before: frames to be made before it
        after: frames to be made after it
        tile: the largest tile, in pixels along a side; 0 lets the plan choose what fits
        tile_frames: the longest stretch encoded at once, in frames; 0 lets the plan choose
    """
    if not vae.files:
        raise Refusal(Missing("input 'vae'", "the model has no codec", "Choose one that has."))
    size = _size(vae.settings, video.width, video.height, video.frame_count)
    _check(vae, before, after)
    if (size.width, size.height, size.frames) != (video.width, video.height, video.frame_count):
        run.say(f"taken as {size.width} x {size.height}, {size.frames} frames")
    pixels = _pixels(run, video, size)

    def encode(part: torch.Tensor) -> torch.Tensor:
        return _encoded(run, vae, part, (tile, tile_frames))

    samples, mask, pins = _laid(vae, pixels, before, after, encode)
    return Latents(
        samples=samples,
        family=vae.family,
        width=size.width,
        height=size.height,
        frames=size.frames + before + after,
        rate=video.rate,
        keyframes=pins,
        mask=mask,
        generation=str(vae.settings.get("generation", "")),
    )


def _laid(
    vae: VAE, pixels: torch.Tensor, before: int, after: int, encode: Encode
) -> tuple[torch.Tensor, torch.Tensor, tuple[Keyframe, ...]]:
    """Encode a film with room around it: its latents, what of them is free, and its first frame.

    The first latent of a causal codec holds a single frame, so a film that is moved back in time
    is encoded behind some frames of its own beginning, and its first frame is pinned as a guide.
    """
    import torch

    step = int(vae.settings["frame_step"])
    pins: tuple[Keyframe, ...] = ()
    if before:
        led = torch.cat([pixels[:, :, :1].expand(-1, -1, LEAD, -1, -1), pixels], dim=2)
        first = encode(pixels[:, :, :1])
        own = encode(led)[:, :, LEAD // step + 1 :]
        pins = (Keyframe(first, before),)
        lead = before // step + 1
    else:
        own, lead = encode(pixels), 0
    tail = after // step
    samples = torch.nn.functional.pad(own, (0, 0, 0, 0, lead, tail))
    mask = torch.ones(1, 1, samples.shape[2], 1, 1)
    mask[:, :, lead : lead + own.shape[2]] = 0
    return samples, mask, pins


def _encoded(run: Run, vae: VAE, pixels: torch.Tensor, tiles: tuple[int, int]) -> torch.Tensor:
    from aiprod_studio.diffusion.stopping import stoppable
    from aiprod_studio.diffusion.tiling import cut_for, encoded
    from aiprod_studio.diffusion.tokens import Grid
    from aiprod_studio.models.codecs import encode_video

    grid = Grid.of(vae.settings)
    cut = cut_for(grid, *tiles, REACH, REACH)
    with run.use(vae) as codec, stoppable(codec, run.check):
        return encoded(
            pixels, lambda part: encode_video(codec, part), grid, cut, run.device,
            lambda done, total: run.progress(total + done, 2 * total, "encoding"),
        )  # fmt: skip


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


def _size(settings: Mapping[str, Any], width: int, height: int, frames: int) -> Size:
    """Return the nearest sides, and the longest length within the video."""
    from aiprod_studio.diffusion.sizes import Size, Sizes

    rule = Sizes.of(settings)
    count = (frames - rule.offset) // rule.step * rule.step + rule.offset
    if count < 1 + rule.step:
        why = f"{frames} frames are fewer than are needed, {1 + rule.step}"
        raise Refusal(Invalid("input 'video'", why, "Choose a longer one."))
    nearest = rule.nearest(Size(width, height, count))
    return Size(nearest.width, nearest.height, count)


def _check(vae: VAE, before: int, after: int) -> None:
    step = int(vae.settings["frame_step"])
    for name, count in (("before", before), ("after", after)):
        if count % step:
            below = count // step * step
            why = f"{count} is no multiple of {step}, the frames of a latent"
            raise Refusal(Invalid(f"param {name!r}", why, f"Choose {below} or {below + step}."))
    if not before + after:
        why = "nothing is to be added"
        raise Refusal(Invalid("param 'after'", why, f"Set it to {step} or more."))
    if before and vae.settings.get("keyframes") == "first":
        why = "this model takes no guide inside a film, so it cannot go on backwards"
        raise Refusal(Invalid("param 'before'", why, "Set it to 0."))

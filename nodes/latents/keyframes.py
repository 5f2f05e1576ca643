"""Pinning pictures to frames of the video that will be sampled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

from aiprod_studio.sdk import (
    VAE,
    Facts,
    Group,
    Image,
    Invalid,
    Keyframe,
    Latents,
    Missing,
    Number,
    Refusal,
    Run,
    Slider,
    node,
    weights_of,
)

if TYPE_CHECKING:
    from aiprod_studio.sdk.values import UInt8Array

Strength = Annotated[float, Slider(0, 1, step=0.05), Group(advanced=True)]


def _begun(params: Facts, inputs: Mapping[str, Facts]) -> Facts:
    """A first frame takes the place of a latent."""
    return {**inputs.get("vae", {}), **inputs.get("latents", {}), "held": True}


def _guided(params: Facts, inputs: Mapping[str, Facts]) -> Facts:
    """Any other picture is a latent more for the sampler."""
    known = _begun(params, inputs)
    first = params.get("frame") == 0
    if first:
        return known
    seen = {"attention": True} if params.get("attention", 1) < 1 else {}
    return {**known, **seen, "guides": int(known.get("guides") or 0) + 1}


@node(
    "latents.first_frame",
    "First Frame",
    since="1.0",
    costs=weights_of("vae", phase="encode_image"),
    facts=_begun,
)
def first_frame(
    run: Run, latents: Latents, image: Image, vae: VAE, *, strength: Strength = 1.0
) -> Latents:
    """Let the video begin with a picture.

    The picture is brought to the size of the video, filling it and cutting what is over.

    Args:
        latents: the video to be made
        image: the first frame
        vae: the codec of the model
        strength: 1 keeps the picture as it is; less lets the sampler move away from it
    """
    return _pinned(run, latents, image, vae, 0, strength)


@node(
    "latents.last_frame",
    "Last Frame",
    since="1.0",
    costs=weights_of("vae", phase="encode_image"),
    facts=_guided,
)
def last_frame(
    run: Run, latents: Latents, image: Image, vae: VAE, *, strength: Strength = 1.0
) -> Latents:
    """Let the video end with a picture.

    Args:
        latents: the video to be made
        image: the last frame
        vae: the codec of the model
        strength: 1 leads all the way to the picture; less only toward it
    """
    return _pinned(run, latents, image, vae, latents.frames - 1, strength)


@node(
    "latents.keyframe",
    "Keyframe",
    since="1.0",
    costs=weights_of("vae", phase="encode_image"),
    facts=_guided,
)
def keyframe(
    run: Run,
    latents: Latents,
    image: Image,
    vae: VAE,
    *,
    frame: Annotated[int, Number(0, 10_000)] = 0,
    strength: Strength = 1.0,
    attention: Annotated[float, Slider(0, 1, step=0.05), Group(advanced=True)] = 1.0,
) -> Latents:
    """Pin a picture to any frame of the video.

    Args:
        latents: the video to be made
        image: what is seen at that frame
        vae: the codec of the model
        frame: the number of the frame; the first is 0
        strength: 1 pins the picture as it is; less only leads toward it
        attention: how much the film looks at the picture (not at frame 0, where it takes the place
            of the film's own); less than 1 leaves it more freedom and takes more memory
    """
    if frame >= latents.frames:
        why = f"frame {frame} is not in the video, whose frames are 0 to {latents.frames - 1}"
        raise Refusal(Invalid("param 'frame'", why, "Choose one of them."))
    return _pinned(run, latents, image, vae, frame, strength, attention)


def _pinned(
    run: Run,
    latents: Latents,
    image: Image,
    vae: VAE,
    frame: int,
    strength: float,
    attention: float = 1.0,
) -> Latents:
    if not vae.files:
        raise Refusal(Missing("input 'vae'", "the model has no codec", "Choose one that has."))
    if vae.family != latents.family:
        why = f"the latents are for {latents.family!r}, the codec is of {vae.family!r}"
        raise Refusal(Invalid("input 'vae'", why, "Link the codec that the latents came from."))
    if vae.settings.get("picture_beside"):
        why = "this model sees pictures beside the noise, not pinned to frames"
        raise Refusal(Invalid("input 'vae'", why, "Use the node First and Last Picture."))
    if frame and vae.settings.get("keyframes") == "first":
        why = "this model can only be given the first frame"
        raise Refusal(Invalid("input 'vae'", why, "Pin the picture to frame 0."))
    pin = Keyframe(
        _encoded(run, _fitted(run, image, latents, vae), vae), frame, strength, attention
    )
    others = tuple(kept for kept in latents.keyframes if kept.frame != frame)
    if len(others) < len(latents.keyframes):
        run.say(f"frame {frame} had a picture already; this one takes its place")
    keyframes = sorted((*others, pin), key=lambda kept: kept.frame)
    return replace(latents, keyframes=tuple(keyframes))


def _fitted(run: Run, image: Image, latents: Latents, vae: VAE) -> UInt8Array:
    """Return the picture at the video's size, as pictures in the model's training were."""
    from aiprod_studio.media import on_paper, resize_pixels

    pixels = resize_pixels(on_paper(image.pixels), latents.width, latents.height, "crop")
    loss = vae.settings.get("image_crf")
    return pixels if loss is None else _compressed(run, pixels, latents, int(loss))


def _compressed(run: Run, pixels: UInt8Array, latents: Latents, loss: int) -> UInt8Array:
    """Return what H.264 leaves of a picture: these models learned from compressed film."""
    from aiprod_studio.media import StillVideo, open_video, save_video

    path = run.scratch(".mp4")
    still = StillVideo(pixels, 1, latents.rate)
    save_video(still, path, "h264", quality=loss, check=run.check)
    return next(open_video(path).frames())


def _encoded(run: Run, pixels: UInt8Array, vae: VAE) -> Any:
    import torch

    from aiprod_studio.diffusion.colours import as_video
    from aiprod_studio.diffusion.stopping import stoppable
    from aiprod_studio.models.codecs import encode_video

    with run.use(vae) as codec, stoppable(codec, run.check), torch.inference_mode():
        found = encode_video(codec, as_video(pixels[None]).to(run.device, run.dtype))
    return found.float().cpu().contiguous().clone()

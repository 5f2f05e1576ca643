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


def _facts(params: Facts, inputs: Mapping[str, Facts]) -> Facts:
    known = {**inputs.get("vae", {}), **inputs.get("latents", {})}
    return {**known, "references": int(known.get("references", 0)) + 1}


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
    scale: Annotated[int, Number(1, 4), ADVANCED] = 1,
) -> Latents:
    """Let a video lead the one that is made: depth, pose, edges, or the film to be changed.

    It needs an IC-LoRA that was trained for such references, linked between model and sampler.
    Frames are brought to the size of the video; a longer reference is cut.

    Args:
        latents: the video to be made
        video: what leads it, frame by frame
        vae: the codec of the model
        strength: 1 shows the reference as it is; less lays noise over it
        scale: the reference is encoded at 1/scale of the size, for LoRAs trained that way
    """
    if not vae.files:
        raise Refusal(Missing("input 'vae'", "the model has no codec", "Choose one that has."))
    if vae.family != latents.family:
        why = f"the latents are for {latents.family!r}, the codec is of {vae.family!r}"
        raise Refusal(Invalid("input 'vae'", why, "Link the codec that the latents came from."))
    shape = _shape(latents, video, vae, scale)
    if shape[0] < latents.frames:
        run.say(f"the reference leads the first {shape[0]} of {latents.frames} frames")
    found = Reference(_encoded(run, video, vae, shape), strength, scale)
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


def _encoded(run: Run, video: Video, vae: VAE, shape: tuple[int, int, int]) -> torch.Tensor:
    import torch

    from aiprod_studio.diffusion.colours import as_film
    from aiprod_studio.diffusion.stopping import stoppable
    from aiprod_studio.media import resize_pixels
    from aiprod_studio.models.codecs import encode_video

    pixels = as_film(
        video.frames(0, shape[0]),
        shape,
        lambda frame: resize_pixels(frame, shape[2], shape[1], "crop"),
        run.dtype,
        lambda done, total: run.progress(done, 2 * total, "reading"),
    )
    with run.use(vae) as codec, stoppable(codec, run.check), torch.inference_mode():
        found = encode_video(codec, pixels.to(run.device))
    return found.float().cpu().contiguous().clone()

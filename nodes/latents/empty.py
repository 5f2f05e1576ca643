"""A place for a video to come into being."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Any, Literal

from aiprod_studio.sdk import (
    VAE,
    Facts,
    Invalid,
    Latents,
    Missing,
    Number,
    Rate,
    Refusal,
    Run,
    SoundTrack,
    node,
)

Side = Annotated[int, Number(16, 8192, step=16, unit="px")]


def _facts(params: Facts, inputs: Mapping[str, Facts]) -> Facts:
    known = inputs.get("vae", {})
    size = {"width": params["width"], "height": params["height"], "frames": params["frames"]}
    if "multiple" in known and "frame_step" in known:
        found = _size(known, size, params["sizes"])
        size = {"width": found.width, "height": found.height, "frames": found.frames}
    return {
        **known, **size, "rate": params["rate"], "sound": params["sound"], "guides": 0,
        "held": False,
    }  # fmt: skip


@node("latents.empty", "Empty Latents", since="1.0", facts=_facts)
def empty_latents(
    run: Run,
    vae: VAE,
    *,
    width: Side = 128,
    height: Side = 96,
    frames: Annotated[int, Number(1, 10_000)] = 25,
    rate: Annotated[Fraction, Rate()] = Fraction(12),
    sizes: Literal["exact", "nearest"] = "exact",
    sound: bool = False,
) -> Latents:
    """Choose the size, length and frame rate of a new video.

    Args:
        vae: the codec of the model, which says what sizes there are
        width: pixels across
        height: pixels down
        frames: length in frames
        rate: frames per second
        sizes: what happens to a size that the model cannot make: refused, or the nearest is taken
        sound: make sound with the picture, for models that can (LTX-2)
    """
    if not vae.files:
        why = "the model has no codec"
        raise Refusal(Missing("input 'vae'", why, "Choose a model with one, or add its file."))
    import torch

    from aiprod_studio.diffusion.tokens import Grid

    asked = {"width": width, "height": height, "frames": frames}
    size = _size(vae.settings, asked, sizes)
    track = _track(vae, size.frames / float(rate)) if sound else None
    if (size.width, size.height, size.frames) != (width, height, frames):
        run.say(f"made {size.width} x {size.height}, {size.frames} frames: the nearest that works")
    shape = Grid.of(vae.settings).latent_shape(size.width, size.height, size.frames)
    return Latents(
        samples=torch.zeros(1, _channels(run, vae), *shape),
        family=vae.family,
        width=size.width,
        height=size.height,
        frames=size.frames,
        rate=rate,
        empty=True,
        sound=track,
        generation=str(vae.settings.get("generation", "")),
    )


def _track(vae: VAE, seconds: float) -> SoundTrack:
    import torch

    from aiprod_studio.diffusion.soundtracks import SoundGrid

    grid = SoundGrid.of(vae.settings)
    if grid is None:
        why = "this model makes pictures only"
        raise Refusal(Invalid("param 'sound'", why, "Switch it off, or choose LTX-2."))
    return SoundTrack(torch.zeros(1, grid.count(seconds), 0), empty=True)


def _size(settings: Mapping[str, Any], asked: Mapping[str, int], sizes: str) -> Any:
    from aiprod_studio.diffusion.sizes import Size, Sizes

    rule, size = Sizes.of(settings), Size(**asked)
    if sizes == "nearest":
        return rule.nearest(size)
    rule.check(size)
    return size


def _channels(run: Run, vae: VAE) -> int:
    """Return the latents' channels: told by the settings, else seen on one tiny picture."""
    told = vae.settings.get("latent_channels") or vae.settings.get("channels")
    if told:
        return int(told)
    import torch

    from aiprod_studio.models.codecs import encode_video

    side = int(vae.settings["multiple"])
    with run.use(vae) as codec, torch.inference_mode():
        black = torch.zeros(1, 3, 1, side, side, device=run.device, dtype=run.dtype)
        return int(encode_video(codec, black).shape[1])

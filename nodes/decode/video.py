"""From latents to frames."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
    check_agree,
    node,
    weights_of,
)

if TYPE_CHECKING:
    from aiprod_studio.sdk.values import UInt8Array

Tile = Annotated[int, Number(0, 8192, step=32, unit="px", zero="automatic"), Group(advanced=True)]
Length = Annotated[int, Number(0, 10_000, zero="automatic"), Group(advanced=True)]
GLANCE, GLANCES = 480, 12
"""Pixels of the longer side, and frames, of the preview of a part that is decoded."""
USUAL_REACH = 1
"""Latents around a tile that give context, for codecs that do not say what they need."""

NOISE_SEED = 0


def _facts(params: Facts, inputs: Mapping[str, Facts]) -> Facts:
    check_agree(inputs, "latents", "vae")
    return {**inputs.get("vae", {}), **inputs.get("latents", {})}


@node(
    "decode.video",
    "Decode Video",
    since="1.0",
    costs=weights_of("vae", phase="decode"),
    facts=_facts,
)
def decode_video(
    run: Run, latents: Latents, vae: VAE, *, tile: Tile = 0, tile_frames: Length = 0
) -> Video:
    """Turn sampled latents into a video, tile by tile where it does not fit into memory at once.

    Smaller tiles take less memory and more time. The plan says which were chosen.

    Args:
        latents: what a sampler made
        vae: the codec of the model
        tile: the largest tile, in pixels along a side; 0 lets the plan choose what fits
        tile_frames: the longest stretch decoded at once, in frames; 0 lets the plan choose
    """
    _check(latents, vae)
    from aiprod_studio.media import store_frames

    with run.use(vae) as codec:
        frames = _frames(run, codec, latents, vae, tile, tile_frames)
        return store_frames(frames, run.scratch(".frames"), latents.rate, run.check)


def _check(latents: Latents, vae: VAE) -> None:
    if not vae.files:
        raise Refusal(Missing("input 'vae'", "the model has no codec", "Choose one that has."))
    if latents.empty:
        why = "nothing has been sampled into the latents yet"
        raise Refusal(Invalid("input 'latents'", why, "Link the output of a sampler."))
    if latents.family != vae.family:
        why = f"the latents are of {latents.family!r}, the codec is of {vae.family!r}"
        raise Refusal(Invalid("input 'vae'", why, "Link the codec of the model that sampled."))
    other = str(vae.settings.get("generation", ""))
    if latents.generation and other and latents.generation != other:
        why = f"the latents are of generation {latents.generation}, the codec is of {other}"
        raise Refusal(Invalid("input 'vae'", why, "Link the codec of the model that sampled."))


def _frames(
    run: Run, codec: Any, latents: Latents, vae: VAE, tile: int, tile_frames: int
) -> Iterator[UInt8Array]:
    from aiprod_studio.diffusion.colours import as_frames
    from aiprod_studio.diffusion.stopping import stoppable
    from aiprod_studio.diffusion.tiling import cut_for, decoded
    from aiprod_studio.diffusion.tokens import Grid

    grid = Grid.of(vae.settings)
    reach = int(getattr(codec, "reach", USUAL_REACH))
    cut = cut_for(grid, tile, tile_frames, reach, USUAL_REACH)
    samples = latents.samples.to(run.device, run.dtype)
    with stoppable(codec, run.check):
        ready = _with_noise(codec, samples)
        for chunk in decoded(ready, _decoder(codec), grid, cut, _told(run)):
            _check_numbers(chunk, vae)
            frames = as_frames(chunk)
            run.preview(_glance(frames))
            yield from frames


def _glance(frames: UInt8Array) -> UInt8Array:
    """Return a few frames (F, H, W, 3) of what is decoded, small enough to be shown at once."""
    count, height, width = frames.shape[:3]
    side, step = -(-max(height, width) // GLANCE), -(-count // GLANCES)
    return frames[::step, ::side, ::side].copy()


def _check_numbers(chunk: Any, vae: VAE) -> None:
    if not bool(chunk.isfinite().all()):
        files = ", ".join(file.path.name for file in vae.files)
        why = f"the codec ({files}) gives values that are no numbers"
        remedy = "Its file may be damaged: download it again, or choose float32 as compute type."
        raise Refusal(Invalid("input 'vae'", why, remedy))


def _with_noise(codec: Any, samples: Any) -> Any:
    """Lay noise over the latents as a whole where a decoder takes it, so that tiles agree."""
    from aiprod_studio.diffusion.noise import SeededNoise
    from aiprod_studio.models.codecs import DECODE_NOISE, needs_noise

    if not needs_noise(codec):
        return samples
    return (1 - DECODE_NOISE) * samples + DECODE_NOISE * SeededNoise(NOISE_SEED).like(samples)


def _decoder(codec: Any) -> Any:
    from aiprod_studio.models.codecs import decode_video as decode

    return lambda part: decode(codec, part)


def _told(run: Run) -> Any:
    return lambda done, total: run.progress(done, total, "decoding")

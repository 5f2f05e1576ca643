"""Making a span of a finished film anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Literal

from aiprod_studio.sdk import (
    VAE,
    Facts,
    Invalid,
    Latents,
    Number,
    Refusal,
    Run,
    SoundTrack,
    node,
)

if TYPE_CHECKING:
    import torch

What = Literal["both", "picture", "sound"]
Frame = Annotated[int, Number(0, 100_000)]


def _facts(params: Facts, inputs: Mapping[str, Facts]) -> Facts:
    return {**inputs.get("vae", {}), **inputs.get("latents", {}), "held": True}


@node("latents.retake", "Retake", since="1.0", facts=_facts)
def retake(
    run: Run,
    latents: Latents,
    vae: VAE,
    *,
    first: Frame = 24,
    last: Frame = 72,
    what: What = "both",
) -> Latents:
    """Let the sampler make a span of a film anew, and keep the rest exactly as it is.

    The span is widened to whole latents, and said. Leave the sampler's strength at 1.

    Args:
        latents: an encoded film, with its sound if that was encoded too
        vae: the codec of the model, which says how many frames a latent holds
        first: the first frame that is made anew; frames count from 0
        last: the last frame that is made anew
        what: pictures, sound or both; the other stays
    """
    if latents.empty:
        why = "there is no film in the latents"
        raise Refusal(Invalid("input 'latents'", why, "Link Encode Video."))
    if not first <= last or first >= latents.frames:
        why = f"frames {first} to {last} are not in a film of {latents.frames}"
        raise Refusal(Invalid("param 'first'", why, "Choose a span within it."))
    picture, span = _picture(latents, vae, first, min(last, latents.frames - 1))
    if what == "sound":
        picture, span = picture * 0, (first, min(last, latents.frames - 1))
    run.say(f"made anew: {what}, frames {span[0]} to {span[1]}")
    return replace(latents, mask=picture, sound=_sound(latents, vae, span, what))


def _picture(
    latents: Latents, vae: VAE, first: int, last: int
) -> tuple[torch.Tensor, tuple[int, int]]:
    """Return the mask (1, 1, F, 1, 1) of the latents that hold these frames, and their span."""
    import torch

    from aiprod_studio.diffusion.tokens import Grid

    grid, count = Grid.of(vae.settings), latents.samples.shape[2]
    more = grid.time - 1 if grid.causal else 0
    begin, end = ((frame + more) // grid.time for frame in (first, last))
    mask = torch.zeros(1, 1, count, 1, 1)
    mask[:, :, begin : end + 1] = 1
    lead = 1 - grid.time if grid.causal else 0
    start = max(0, begin * grid.time + lead)
    return mask, (start, min(latents.frames, (end + 1) * grid.time + lead) - 1)


def _sound(latents: Latents, vae: VAE, span: tuple[int, int], what: What) -> SoundTrack | None:
    """Return the sound, free where the span is."""
    from aiprod_studio.diffusion.soundtracks import SoundGrid

    track, grid = latents.sound, SoundGrid.of(vae.settings)
    if track is None or track.empty or grid is None:
        if what == "sound":
            why = "there is no sound in the latents"
            raise Refusal(Invalid("input 'latents'", why, "Link Encode Sound before."))
        return track
    times = grid.positions(track.samples.shape[1])[0, 0]
    begin, end = span[0] / float(latents.rate), (span[1] + 1) / float(latents.rate)
    free = (times[:, 1] > begin) & (times[:, 0] < end) & (what != "picture")
    return replace(track, mask=free.float())

"""A given sound as a part of the latents, which a sampler keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

from aiprod_studio.sdk import (
    Audio,
    AudioVAE,
    Facts,
    Invalid,
    Latents,
    Missing,
    Number,
    Refusal,
    Run,
    SoundTrack,
    node,
    weights_of,
)

if TYPE_CHECKING:
    import torch


def _facts(params: Facts, inputs: Mapping[str, Facts]) -> Facts:
    return {**inputs.get("vae", {}), **inputs.get("latents", {}), "sound": True}


@node(
    "audio.encode",
    "Encode Sound",
    since="1.0",
    costs=weights_of("vae", phase="encode_sound"),
    facts=_facts,
)
def encode_sound(
    run: Run,
    latents: Latents,
    audio: Audio,
    vae: AudioVAE,
    *,
    at: Annotated[float, Number(0, 3600, step=0.1, unit="s")] = 0.0,
) -> Latents:
    """Give the video a sound that stays as it is; the sampler makes pictures that belong to it.

    What the sound does not cover is made anew. Use Retake afterwards to make a span of it anew too.

    Args:
        latents: the video to be made
        audio: the sound; what is longer than the video is left out
        vae: the audio codec of the model
        at: where in the video the sound begins, in seconds
    """
    _check(latents, vae)
    import torch

    from aiprod_studio.diffusion.soundtracks import SoundGrid

    grid = SoundGrid.of(vae.settings) or SoundGrid()
    seconds = latents.frames / float(latents.rate)
    count, begin = grid.count(seconds), round(at * grid.per_second)
    if begin >= count:
        why = f"the sound begins at {at:g} s, and the video is {seconds:.2f} s long"
        raise Refusal(Invalid("param 'at'", why, "Let it begin earlier."))
    found = _encoded(run, audio, vae, seconds - at)[:, : count - begin]
    samples = torch.zeros(1, count, found.shape[2])
    samples[:, begin : begin + found.shape[1]] = found
    mask = torch.ones(count)
    mask[begin : begin + found.shape[1]] = 0
    return replace(latents, sound=SoundTrack(samples, mask))


def _encoded(run: Run, audio: Audio, vae: AudioVAE, seconds: float) -> torch.Tensor:
    """Return tokens (1, times, width) of at most so many seconds of a sound."""
    import torch

    from aiprod_studio.diffusion.stopping import stoppable
    from aiprod_studio.models import codecs

    with run.use(vae) as codec, stoppable(codec, run.check), torch.inference_mode():
        sound = _heard(run, audio, codecs.sound_rate(codec), seconds).to(run.device)
        mel = codecs.spectrogram(codec, sound).to(run.dtype)
        found = codecs.pack_audio(codecs.encode_audio(codec, mel))
    if not bool(found.isfinite().all()):
        why = f"the audio codec ({vae.files[0].path.name}) gives values that are no numbers"
        raise Refusal(Invalid("input 'vae'", why, "Its file may be damaged; download it again."))
    return found.float().cpu().contiguous().clone()


def _heard(run: Run, audio: Audio, rate: int, seconds: float) -> torch.Tensor:
    """Return float32 (2, samples) at the codec's rate, at most so many seconds."""
    import numpy as np
    import torch

    from aiprod_studio.media import RemixedAudio, ResampledAudio

    stereo: Audio = RemixedAudio(audio, 2)
    if stereo.sample_rate != rate:
        stereo = ResampledAudio(stereo, rate)
    wanted = min(stereo.sample_count, max(1, round(seconds * rate)))
    chunks = []
    for chunk in stereo.chunks(0, wanted):
        run.check()
        chunks.append(chunk)
    if not chunks:
        raise Refusal(Invalid("input 'audio'", "the sound is empty", "Link a longer one."))
    return torch.from_numpy(np.concatenate(chunks, axis=1))


def _check(latents: Latents, vae: AudioVAE) -> None:
    if not vae.files:
        why = "the model has no audio codec"
        raise Refusal(Missing("input 'vae'", why, "Choose a model that makes sound (LTX-2)."))
    if vae.family != latents.family:
        why = f"the latents are for {latents.family!r}, the audio codec is of {vae.family!r}"
        raise Refusal(Invalid("input 'vae'", why, "Link the audio codec of the same model."))

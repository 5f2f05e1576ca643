"""From latents to sound."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from aiprod_studio.sdk import (
    Audio,
    AudioVAE,
    Facts,
    Invalid,
    Latents,
    Missing,
    Model,
    Refusal,
    Run,
    SoundTrack,
    Vocoder,
    check_agree,
    node,
    weights_of,
)

if TYPE_CHECKING:
    import torch

    from aiprod_studio.sdk.values import Float32Array


def _facts(params: Facts, inputs: Mapping[str, Facts]) -> Facts:
    check_agree(inputs, "latents", "vae")
    check_agree(inputs, "vae", "vocoder")
    return {**inputs.get("vae", {}), **inputs.get("latents", {})}


@node(
    "audio.decode",
    "Decode Sound",
    since="1.0",
    costs=weights_of("vae", "vocoder", phase="decode_sound"),
    facts=_facts,
)
def decode_sound(run: Run, latents: Latents, vae: AudioVAE, vocoder: Vocoder) -> Audio:
    """Turn the sound in sampled latents into what can be heard; Save Video lays it under the film.

    Args:
        latents: what a sampler made, with sound
        vae: the audio codec of the model
        vocoder: the vocoder of the model
    """
    track = _track(latents, vae, vocoder)
    from aiprod_studio.media import store_audio
    from aiprod_studio.models.codecs import made_rate, vocode

    mel = _mel(run, track, vae)
    run.progress(1, 2, "decoding sound")
    with run.use(vocoder) as network:
        sound = _computed(run, network, vocode, mel)
        rate = made_rate(network)
    _check_numbers(sound, vocoder)
    length = round(latents.frames / latents.rate * rate)
    samples = sound[0].float().cpu().clamp(-1, 1).numpy()[:, :length]
    run.progress(2, 2, "decoding sound")
    return store_audio(_chunks(samples), run.scratch(".wav"), rate, samples.shape[0], run.check)


def _mel(run: Run, track: SoundTrack, vae: AudioVAE) -> torch.Tensor:
    from aiprod_studio.models.codecs import decode_audio, sound_bins, unpack_audio

    tokens = track.samples.to(run.device, run.dtype)
    with run.use(vae) as codec:
        bins = sound_bins(codec)
        if tokens.shape[2] % bins:
            why = f"the sound has {tokens.shape[2]} channels, which this codec does not make"
            raise Refusal(Invalid("input 'vae'", why, "Link the audio codec of the same model."))
        mel: torch.Tensor = _computed(run, codec, decode_audio, unpack_audio(tokens, bins))
    _check_numbers(mel, vae)
    return mel


def _computed(run: Run, network: Any, how: Any, given: torch.Tensor) -> Any:
    import torch

    from aiprod_studio.diffusion.stopping import stoppable

    with stoppable(network, run.check), torch.inference_mode():
        return how(network, given)


def _chunks(samples: Float32Array, size: int = 1 << 16) -> Iterator[Float32Array]:
    for start in range(0, samples.shape[1], size):
        yield samples[:, start : start + size]


def _check_numbers(found: torch.Tensor, model: Model) -> None:
    if not bool(found.isfinite().all()):
        files = ", ".join(file.path.name for file in model.files)
        why = f"the {model.component.replace('_', ' ')} ({files}) gives values that are no numbers"
        raise Refusal(Invalid("", why, "Its file may be damaged; download it again."))


def _track(latents: Latents, vae: AudioVAE, vocoder: Vocoder) -> SoundTrack:
    parts: tuple[tuple[str, Model], ...] = (("vae", vae), ("vocoder", vocoder))
    for name, part in parts:
        if not part.files:
            why = f"the model has no {name}"
            raise Refusal(Missing(f"input {name!r}", why, "Choose a model that makes sound."))
    if latents.family != vae.family:
        why = f"the latents are of {latents.family!r}, the audio codec is of {vae.family!r}"
        raise Refusal(Invalid("input 'vae'", why, "Link the audio codec of the same model."))
    if latents.sound is None or latents.sound.empty:
        why = "there is no sound in the latents"
        remedy = "Switch sound on where their size is chosen, and link the sampler's output."
        raise Refusal(Invalid("input 'latents'", why, remedy))
    return latents.sound

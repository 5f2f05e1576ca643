"""Pixels and sound to latents and back, the same call for every family's codec.

Latents are always normalised, as the transformer sees them; which statistics a codec keeps, and
where, is settled here. Tiling is another room's matter: these run on what they are given. Used by
the nodes that encode, decode and upscale.
"""

from __future__ import annotations

from typing import Any

import torch

SPECTRUM_SAMPLES = 1024
LEAST_LOUDNESS = 1e-5
"""How LTX-2's audio codec hears: windows of so many samples, and the silence under a logarithm."""

DECODE_TIMESTEP = 0.05
DECODE_NOISE = 0.025
"""LTX-Video 0.9.1 and later finish the last bit of denoising in the decoder."""


def encode_video(codec: torch.nn.Module, pixels: torch.Tensor) -> torch.Tensor:
    """Encode (batch, 3, frames, height, width) in [-1, 1] to normalised latents."""
    network: Any = codec
    out = network.encode(pixels)
    if isinstance(out, torch.Tensor):
        return out
    mean, std = _statistics(network, out.latent_dist.mean)
    scaled: torch.Tensor = (out.latent_dist.mean - mean) * _scaling(network) / std
    return scaled


def decode_video(
    codec: torch.nn.Module,
    latents: torch.Tensor,
    *,
    noise: torch.Tensor | None = None,
    timestep: float = DECODE_TIMESTEP,
) -> torch.Tensor:
    """Decode normalised latents to (batch, 3, frames, height, width), about [-1, 1].

    `noise`, shaped like the latents, and `timestep` are read only by decoders that were trained to
    take them (`needs_noise`).
    """
    network: Any = codec
    if not _is_diffusers(network):
        pixels: torch.Tensor = network.decode(latents)
        return pixels
    options: dict[str, Any] = {}
    if needs_noise(codec):
        if noise is not None:
            latents = (1 - DECODE_NOISE) * latents + DECODE_NOISE * noise
        options["temb"] = latents.new_full((latents.shape[0],), timestep)
    mean, std = _statistics(network, latents)
    raw = latents * std / _scaling(network) + mean
    decoded: torch.Tensor = network.decode(raw, return_dict=False, **options)[0]
    return decoded


def needs_noise(codec: torch.nn.Module) -> bool:
    """Say whether a decoder takes noise and a timestep."""
    config = getattr(codec, "config", None)
    return bool(getattr(config, "timestep_conditioning", False))


def sound_rate(codec: torch.nn.Module) -> int:
    """Return the sample rate that an audio codec hears."""
    network: Any = codec
    return int(network.config.sample_rate)


def spectrogram(codec: torch.nn.Module, sound: torch.Tensor) -> torch.Tensor:
    """Turn sound (channels, samples) at `sound_rate` into a mel spectrogram (1, channels, t, bins).

    Amplitudes on Slaney's mel scale, as logarithms; there is one spectrum per hop, and one more.
    """
    from transformers.audio_utils import mel_filter_bank

    network: Any = codec
    rate, hop = int(network.config.sample_rate), int(network.config.mel_hop_length)
    window = torch.hann_window(SPECTRUM_SAMPLES, device=sound.device)
    short = max(0, SPECTRUM_SAMPLES // 2 + 1 - sound.shape[-1])
    padded = torch.nn.functional.pad(sound.float(), (0, short))
    spectra = torch.stft(
        padded, SPECTRUM_SAMPLES, hop, window=window, center=True, pad_mode="reflect",
        return_complex=True,
    ).abs()  # fmt: skip
    filters = mel_filter_bank(
        SPECTRUM_SAMPLES // 2 + 1, int(network.config.mel_bins), 0.0, rate / 2, rate,
        norm="slaney", mel_scale="slaney",
    )  # fmt: skip
    mel = spectra.transpose(1, 2) @ torch.as_tensor(filters, dtype=torch.float32).to(sound.device)
    return mel.clamp_min(LEAST_LOUDNESS).log()[None]


def sound_bins(codec: torch.nn.Module) -> int:
    """Return the bins of an audio codec's latents."""
    network: Any = codec
    return int(network.config.mel_bins) // int(network.mel_compression_ratio)


def encode_audio(codec: torch.nn.Module, mel: torch.Tensor) -> torch.Tensor:
    """Encode a mel spectrogram (batch, channels, times, bins) to normalised latents alike."""
    network: Any = codec
    raw = network.encode(mel).latent_dist.mode()
    packed = (pack_audio(raw) - network.latents_mean) / network.latents_std
    return unpack_audio(packed, raw.shape[3])


def decode_audio(codec: torch.nn.Module, latents: torch.Tensor) -> torch.Tensor:
    """Decode normalised audio latents to a mel spectrogram."""
    network: Any = codec
    packed = pack_audio(latents) * network.latents_std + network.latents_mean
    mel: torch.Tensor = network.decode(unpack_audio(packed, latents.shape[3])).sample
    return mel


def pack_audio(latents: torch.Tensor) -> torch.Tensor:
    """Lay (batch, channels, times, bins) out as tokens (batch, times, channels x bins)."""
    return latents.transpose(1, 2).flatten(2)


def unpack_audio(tokens: torch.Tensor, bins: int) -> torch.Tensor:
    """Undo `pack_audio`."""
    batch, times, width = tokens.shape
    return tokens.reshape(batch, times, width // bins, bins).transpose(1, 2)


def made_rate(vocoder: torch.nn.Module) -> int:
    """Return the sample rate of the sound that a vocoder makes."""
    network: Any = vocoder
    return int(network.config.output_sampling_rate)


def vocode(vocoder: torch.nn.Module, mel: torch.Tensor) -> torch.Tensor:
    """Turn a mel spectrogram into sound (batch, channels, samples) in [-1, 1]."""
    sound: torch.Tensor = vocoder(mel)
    return sound


def upscale_latents(
    upscaler: torch.nn.Module, codec: torch.nn.Module, latents: torch.Tensor
) -> torch.Tensor:
    """Enlarge normalised latents; the network works on the codec's raw scale."""
    mean, std = _statistics(codec, latents)
    enlarged: torch.Tensor = upscaler(latents * std + mean)
    return (enlarged - mean) / std


def _is_diffusers(network: Any) -> bool:
    return _holds_statistics(network) or "latents_mean" in (getattr(network, "config", None) or {})


def _holds_statistics(network: Any) -> bool:
    return any(name == "latents_mean" for name, _ in network.named_buffers(recurse=False))


def _statistics(network: Any, like: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return mean and deviation per channel, shaped for (batch, channels, f, h, w)."""
    held = network if _holds_statistics(network) else network.config
    mean, std = (
        torch.as_tensor(value, device=like.device, dtype=like.dtype).view(1, -1, 1, 1, 1)
        for value in (held.latents_mean, held.latents_std)
    )
    return mean, std


def _scaling(network: Any) -> float:
    return float(getattr(network.config, "scaling_factor", 1.0) or 1.0)

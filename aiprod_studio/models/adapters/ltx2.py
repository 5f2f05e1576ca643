"""How the LTX-2 transformers (2.0, 2.3, 2.5) are run, picture and sound together or picture alone.

diffusers' class agrees with the reference except in three places, which are set right from outside:
the scale and shift of audio-video attention follow each token's own timestep while their gates
follow the other stream's sigma; attention strengths enter as log(strength); and a film without
sound runs with the two streams isolated.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import torch

from aiprod_studio.models.adapter import Request, Stream, Velocity
from aiprod_studio.models.adapters import skipping
from aiprod_studio.models.adapters.modulation import Levels
from aiprod_studio.models.adapters.strengths import bias_of


def run(transformer: torch.nn.Module, request: Request) -> Velocity:
    """Run once; without `request.audio` the answer's audio is None."""
    network: Any = transformer
    video, audio = request.video, request.audio or _silence(network, request)
    if request.audio is None:
        request = replace(request, isolate=True)
    scale = float(network.config.timestep_scale_multiplier)
    seen_levels, heard_levels = Levels(video.sigmas), Levels(audio.sigmas)
    with ExitStack() as changes:
        _apply_levels(changes, network, seen_levels, heard_levels, scale)
        _apply_strengths(changes, network, video, audio)
        seen, heard = network(
            hidden_states=video.tokens,
            audio_hidden_states=audio.tokens,
            encoder_hidden_states=video.context,
            audio_encoder_hidden_states=audio.context,
            timestep=seen_levels.sigmas * scale,
            audio_timestep=heard_levels.sigmas * scale,
            sigma=_level(request, video) * scale,
            audio_sigma=_level(request, audio) * scale,
            encoder_attention_mask=_mask(video),
            audio_encoder_attention_mask=_mask(audio),
            video_coords=video.positions.float(),
            audio_coords=audio.positions.float(),
            isolate_modalities=request.isolate,
            spatio_temporal_guidance_blocks=list(request.skip) or None,
            use_cross_timestep=True,
            video_keyframes_mask=None if video.keyframes is None else _flags(video.keyframes),
            return_dict=False,
        )
    return Velocity(seen, None if request.audio is None else heard)


def _apply_levels(
    changes: ExitStack, network: Any, seen: Levels, heard: Levels, scale: float
) -> None:
    """Modulate by each stream's own levels, in self-attention and between the streams."""
    own = {
        network.av_cross_attn_video_scale_shift: seen.sigmas * scale,
        network.av_cross_attn_audio_scale_shift: heard.sigmas * scale,
    }
    for module, timesteps in own.items():
        changes.enter_context(skipping.first_argument(module, timesteps.flatten()))
    seen.apply(changes, network.time_embed)
    heard.apply(changes, network.audio_time_embed)

    def wrap(options: dict[str, Any]) -> None:
        seen.wrap(options, "temb", "temb_ca_scale_shift")
        heard.wrap(options, "temb_audio", "temb_ca_audio_scale_shift")

    if seen.index is not None or heard.index is not None:
        blocks = list(network.transformer_blocks)
        changes.enter_context(skipping.arguments_changed(blocks, wrap))


def _apply_strengths(changes: ExitStack, network: Any, video: Stream, audio: Stream) -> None:
    blocks = list(network.transformer_blocks)
    kinds = (
        ("self_attention_mask", video, blocks[0].attn1),
        ("audio_self_attention_mask", audio, blocks[0].audio_attn1),
    )
    biases = {
        name: bias_of(stream.strengths, stream.tokens.dtype, attention.heads)
        for name, stream, attention in kinds
        if stream.strengths is not None
    }
    if biases:
        changes.enter_context(skipping.arguments_changed(blocks, lambda o: o.update(biases)))


def _level(request: Request, stream: Stream) -> torch.Tensor:
    """The noise level of a stream: the schedule's, or 0 where all of it is held."""
    held = (stream.sigmas == 0).all(dim=1)
    return torch.where(held, torch.zeros_like(request.sigma), request.sigma)


def _mask(stream: Stream) -> torch.Tensor | None:
    return stream.context_mask


def _flags(keyframes: torch.Tensor) -> torch.Tensor:
    return keyframes if keyframes.ndim == 3 else keyframes[..., None]


def _silence(network: Any, request: Request) -> Stream:
    """One token of sound, which nothing listens to."""
    video, config = request.video, network.config
    batch = video.tokens.shape[0]
    width = (
        config.caption_channels
        if config.use_prompt_embeddings
        else config.audio_num_attention_heads * config.audio_attention_head_dim
    )
    return Stream(
        tokens=video.tokens.new_zeros(batch, 1, config.audio_in_channels),
        sigmas=request.sigma[:, None],
        positions=torch.zeros(batch, 1, 1, 2, device=video.tokens.device),
        context=video.tokens.new_zeros(batch, 1, width),
    )

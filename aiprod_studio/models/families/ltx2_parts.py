"""The text connectors, audio VAE, vocoder and duration head of LTX-2, planned from headers.

Used by `ltx2`. Sizes come from shapes where they can, from `config` in the metadata elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aiprod_studio.models.descriptor import Family, Part, Source
from aiprod_studio.models.families.layout import columns, count_blocks, renamed, rows, under
from aiprod_studio.models.files import ModelFile, refused
from aiprod_studio.sdk import Missing

CONNECTOR_PREFIXES = ("model.diffusion_model.", "diffusion_model.", "")
CONNECTORS = ("video_embeddings_connector.", "audio_embeddings_connector.")
PROJECTION = "text_embedding_projection."
CONNECTOR_RULES = (
    ("video_embeddings_connector", "video_connector"),
    ("audio_embeddings_connector", "audio_connector"),
    ("transformer_1d_blocks", "transformer_blocks"),
    ("q_norm", "norm_q"),
    ("k_norm", "norm_k"),
)
PROJECTION_RULES = (
    ("aggregate_embed", "text_proj_in"),
    ("video_aggregate_embed", "video_text_proj_in"),
    ("audio_aggregate_embed", "audio_text_proj_in"),
)
VOCODER_RULES = (
    ("conv_pre", "conv_in"),
    ("conv_post", "conv_out"),
    ("ups", "upsamplers"),
    ("resblocks", "resnets"),
    ("act_post", "act_out"),
    ("downsample.lowpass.filter", "downsample.filter"),
)


def _connector_prefix(file: ModelFile) -> str | None:
    for prefix in CONNECTOR_PREFIXES:
        if any(name.startswith(prefix + CONNECTORS[0]) for name in file.tensors):
            return prefix
    return None


def _projection(file: ModelFile) -> dict[str, Source]:
    for prefix in ("", *CONNECTOR_PREFIXES[:2]):
        found = under(file, prefix + PROJECTION)
        if found:
            return found
    return {}


def holds_connectors(file: ModelFile) -> bool:
    """Say whether the file holds the connectors or the projection that belongs to them."""
    return _connector_prefix(file) is not None or bool(_projection(file))


def plan_connectors(family: Family, files: Sequence[ModelFile]) -> Part:
    """Plan the connectors, whose projection may stand in the text encoder's file (2.5)."""
    body = next((f for f in files if _connector_prefix(f) is not None), None)
    text = next((f for f in files if _projection(f)), None)
    if body is None or text is None:
        lacking = "text connector" if body is None else "text projection"
        where = "transformer's file" if body is None else "text encoder's file (with-proj)"
        why = f"the {lacking} of {family.title} is not in it"
        raise refused(files[0].path, why, f"Add the {where} of this model.", Missing)
    prefix = _connector_prefix(body) or ""
    inner = {n: s for n, s in under(body, prefix).items() if n.startswith(CONNECTORS)}
    tensors = renamed(inner, CONNECTOR_RULES) | renamed(_projection(text), PROJECTION_RULES)
    sizes = _connector_sizes(tensors, body.section("transformer"))
    return Part("connectors", family.name, "LTX2TextConnectors", sizes, tensors)


def _connector_sizes(tensors: Mapping[str, Source], config: Mapping[str, Any]) -> dict[str, Any]:
    split = "video_text_proj_in.weight" in tensors
    first = "video_text_proj_in" if split else "text_proj_in"
    factors = columns(tensors, f"{first}.weight")
    caption = int(config.get("caption_channels", 0) or 3840)
    sizes = {
        "caption_channels": caption,
        "text_proj_in_factor": factors // caption,
        "per_modality_projections": split,
        "video_hidden_dim": rows(tensors, "video_text_proj_in.weight") or 4096,
        "audio_hidden_dim": rows(tensors, "audio_text_proj_in.weight") or 2048,
        "proj_bias": f"{first}.bias" in tensors,
        "connector_rope_base_seq_len": config.get("connector_positional_embedding_max_pos", [4096])[
            0
        ],
        "rope_theta": config.get("positional_embedding_theta", 10000.0),
        "rope_type": config.get("rope_type", "split"),
        "rope_double_precision": config.get("frequencies_precision", "float64") == "float64",
        "causal_temporal_positioning": bool(config.get("causal_temporal_positioning", False)),
    }
    return sizes | _connector("video", tensors, config) | _connector("audio", tensors, config)


def _connector(
    stream: str, tensors: Mapping[str, Source], config: Mapping[str, Any]
) -> dict[str, Any]:
    inner = rows(tensors, f"{stream}_connector.transformer_blocks.0.attn1.to_q.weight")
    gate = f"{stream}_connector.transformer_blocks.0.attn1.to_gate_logits.weight"
    key = "connector_num_attention_heads"
    heads = config.get("audio_" + key) if stream == "audio" else None
    heads = rows(tensors, gate) or heads or config.get(key) or max(1, inner // 128)
    registers = rows(tensors, f"{stream}_connector.learnable_registers")
    name = f"{stream}_connector_"
    return {
        name + "num_attention_heads": int(heads),
        name + "attention_head_dim": inner // int(heads),
        name + "num_layers": count_blocks(tensors, f"{stream}_connector.transformer_blocks."),
        name + "num_learnable_registers": registers or None,
        f"{stream}_gated_attn": gate in tensors,
    }


def audio_prefix(file: ModelFile) -> str | None:
    """Return the prefix of an audio VAE: `audio_vae.`, or none in a file of its own."""
    for prefix in ("audio_vae.", ""):
        info = file.tensors.get(prefix + "decoder.conv_in.conv.weight")
        if info is not None and len(info.shape) == 4:
            return prefix
    return None


def plan_audio_vae(file: ModelFile) -> Part:
    """Plan the audio VAE of a file."""
    rules = (
        ("per_channel_statistics.mean-of-means", "latents_mean"),
        ("per_channel_statistics.std-of-means", "latents_std"),
    )
    found = under(file, audio_prefix(file) or "")
    kept = ("encoder.", "decoder.", "per_channel_statistics.mean-of-means",
            "per_channel_statistics.std-of-means")  # fmt: skip
    tensors = renamed({n: s for n, s in found.items() if n.startswith(kept)}, rules)
    sizes = _audio_sizes(tensors, file.section("audio_vae"))
    return Part("audio_vae", "ltx2", "AutoencoderKLLTX2Audio", sizes, tensors)


def _audio_sizes(tensors: Mapping[str, Source], config: Mapping[str, Any]) -> dict[str, Any]:
    params = config.get("model", {}).get("params", {})
    inner, before = params.get("ddconfig", {}), config.get("preprocessing", {})
    stft = before.get("stft", {})
    return {
        "base_channels": rows(tensors, "encoder.conv_in.conv.weight"),
        "output_channels": inner.get("out_ch", 2),
        "ch_mult": inner.get("ch_mult", [1, 2, 4]),
        "num_res_blocks": inner.get("num_res_blocks", 2),
        "attn_resolutions": inner.get("attn_resolutions") or None,
        "in_channels": inner.get("in_channels", 2),
        "resolution": inner.get("resolution", 256),
        "latent_channels": inner.get("z_channels", 8),
        "norm_type": inner.get("norm_type", "pixel"),
        "causality_axis": inner.get("causality_axis", "height"),
        "dropout": 0.0,
        "mid_block_add_attention": bool(inner.get("mid_block_add_attention", False)),
        "sample_rate": params.get("sampling_rate", 16000),
        "mel_hop_length": stft.get("hop_length", 160),
        "is_causal": bool(stft.get("causal", True)),
        "mel_bins": inner.get("mel_bins", before.get("mel", {}).get("n_mel_channels", 64)),
        "double_z": bool(inner.get("double_z", True)),
    }


def vocoder_prefix(file: ModelFile) -> str | None:
    """Return the prefix of a vocoder, with or without bandwidth extension."""
    for prefix in ("vocoder.", ""):
        for inner in ("conv_pre.weight", "vocoder.conv_pre.weight"):
            if prefix + inner in file.tensors:
                return prefix
    return None


def plan_vocoder(file: ModelFile) -> Part:
    """Plan the vocoder of a file; since 2.3 it has a second stage that extends the bandwidth."""
    tensors = renamed(under(file, vocoder_prefix(file) or ""), VOCODER_RULES)
    config = file.section("vocoder")
    if "bwe_generator.conv_in.weight" not in tensors:
        sizes = _vocoder_sizes(tensors, "", config) | {"output_sampling_rate": 24000}
        return Part("vocoder", "ltx2", "LTX2Vocoder", sizes, tensors)
    bwe = config.get("bwe", {})
    sizes = _vocoder_sizes(tensors, "vocoder.", config.get("vocoder", {}))
    second = _vocoder_sizes(tensors, "bwe_generator.", bwe)
    sizes |= {f"bwe_{name}": value for name, value in second.items()}
    sizes |= {
        "filter_length": bwe.get("n_fft", 512),
        "hop_length": bwe.get("hop_length", 80),
        "window_length": bwe.get("win_size", 512),
        "num_mel_channels": bwe.get("num_mels", 64),
        "input_sampling_rate": bwe.get("input_sampling_rate", 16000),
        "output_sampling_rate": bwe.get("output_sampling_rate", 48000),
    }
    return Part("vocoder", "ltx2", "LTX2VocoderWithBWE", sizes, tensors)


def _vocoder_sizes(
    tensors: Mapping[str, Source], prefix: str, config: Mapping[str, Any]
) -> dict[str, Any]:
    snake = f"{prefix}act_out.act.alpha" in tensors
    factors = [5, 2, 2, 2, 2, 2] if snake else [6, 5, 2, 2, 2]
    kernels = [11, 4, 4, 4, 4, 4] if snake else [16, 15, 8, 4, 4]
    last = "tanh" if config.get("use_tanh_at_final", not snake) else "clamp"
    return {
        "in_channels": columns(tensors, f"{prefix}conv_in.weight"),
        "hidden_channels": rows(tensors, f"{prefix}conv_in.weight"),
        "out_channels": rows(tensors, f"{prefix}conv_out.weight"),
        "upsample_kernel_sizes": config.get("upsample_kernel_sizes", kernels),
        "upsample_factors": config.get("upsample_rates", factors),
        "resnet_kernel_sizes": config.get("resblock_kernel_sizes", [3, 7, 11]),
        "resnet_dilations": config.get("resblock_dilation_sizes", [[1, 3, 5]] * 3),
        "act_fn": str(config.get("activation", "snakebeta")) if snake else "leaky_relu",
        "antialias": snake,
        "final_act_fn": last if config.get("apply_final_activation", True) else None,
        "final_bias": f"{prefix}conv_out.bias" in tensors,
    }


def duration_prefix(file: ModelFile) -> str | None:
    """Return the prefix of a duration head."""
    for prefix in ("duration_head.", "model.duration_head.", ""):
        if prefix + "video_input_proj.weight" in file.tensors:
            return prefix
    return None


def plan_duration_head(file: ModelFile) -> Part:
    """Plan the head that guesses a shot's length from its prompt; keys are diffusers' own."""
    tensors = under(file, duration_prefix(file) or "")
    config = file.section("duration_head") or file.config
    sizes = {
        "video_cross_attention_dim": columns(tensors, "video_input_proj.weight"),
        "audio_cross_attention_dim": columns(tensors, "audio_input_proj.weight"),
        "pooler_hidden_dim": rows(tensors, "video_input_proj.weight"),
        "num_queries": rows(tensors, "attention_pooler.query_tokens"),
        "num_pooler_heads": int(config.get("num_pooler_heads", 4)),
        "mlp_hidden_dim": rows(tensors, "mlp_hidden.weight"),
    }
    return Part("duration_head", "ltx2", "LTX2DurationHead", sizes, tensors)

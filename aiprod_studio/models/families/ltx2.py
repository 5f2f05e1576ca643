"""LTX-2 (2.0), 2.3 and 2.5: picture and sound, Gemma text, one file or split into many.

Recognition is by key names, cross-checked with `model_version`; sizes come from shapes and the rest
from the file's metadata or, where a converter dropped it, from the published configuration of the
generation. Headers only; how sound and text parts are planned stands in `ltx2_parts`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from aiprod_studio.models.descriptor import Expected, Family, Part, Recognition, Sizes
from aiprod_studio.models.families import ltx2_decoder, ltx2_parts, ltx2_text, upscalers, video_vae
from aiprod_studio.models.families.layout import (
    columns,
    count_blocks,
    dit_prefix,
    latent_channels,
    renamed,
    rows,
    size_of,
    under,
)
from aiprod_studio.models.families.picking import file_with
from aiprod_studio.models.files import ModelFile

MARK = "audio_patchify_proj.weight"
RULES = (
    ("patchify_proj", "proj_in"),
    ("audio_patchify_proj", "audio_proj_in"),
    ("adaln_single", "time_embed"),
    ("audio_adaln_single", "audio_time_embed"),
    ("prompt_adaln_single", "prompt_adaln"),
    ("audio_prompt_adaln_single", "audio_prompt_adaln"),
    ("av_ca_video_scale_shift_adaln_single", "av_cross_attn_video_scale_shift"),
    ("av_ca_audio_scale_shift_adaln_single", "av_cross_attn_audio_scale_shift"),
    ("av_ca_a2v_gate_adaln_single", "av_cross_attn_video_a2v_gate"),
    ("av_ca_v2a_gate_adaln_single", "av_cross_attn_audio_v2a_gate"),
    ("scale_shift_table_a2v_ca_video", "video_a2v_cross_attn_scale_shift_table"),
    ("scale_shift_table_a2v_ca_audio", "audio_a2v_cross_attn_scale_shift_table"),
    ("q_norm", "norm_q"),
    ("k_norm", "norm_k"),
)
OTHERS = (
    "video_embeddings_connector.",
    "audio_embeddings_connector.",
    "text_embedding_projection.",
)
PUBLISHED: dict[str, Any] = {
    "num_attention_heads": 32,
    "audio_num_attention_heads": 32,
    "positional_embedding_max_pos": [20, 2048, 2048],
    "audio_positional_embedding_max_pos": [20],
    "positional_embedding_theta": 10000.0,
    "rope_type": "split",
    "frequencies_precision": "float64",
    "timestep_scale_multiplier": 1000,
    "av_ca_timestep_scale_multiplier": 1000.0,
    "norm_eps": 1e-6,
}
"""What all generations share; used for files whose metadata was lost."""

TEXT_KEYS = ("caption_projection.linear_1.weight", "transformer_blocks.0.attn2.to_k.weight")
STG_BLOCK = {"2.0": 29}
DISTILLED = (1.0, 0.99375, 0.9875, 0.98125, 0.975, 0.909375, 0.725, 0.421875, 0.0)
SECOND_STAGE = (0.909375, 0.725, 0.421875, 0.0)


class LTX2(Family):
    """LTX-2, 2.3 and 2.5."""

    name: ClassVar[str] = "ltx2"
    title: ClassVar[str] = "LTX-2"
    sizes: ClassVar[Sizes] = Sizes(multiple=32, frame_step=8)
    forward_layers: ClassVar[Mapping[str, str]] = {"transformer": "ff"}
    blocks: ClassVar[Mapping[str, str]] = {
        "transformer": "transformer_blocks",
        "text_encoder": "layers",
    }
    lora_rules: ClassVar[Mapping[str, Sequence[tuple[str, str]]]] = {
        "transformer": RULES,
        "connectors": ltx2_parts.CONNECTOR_RULES,
    }
    complete: ClassVar[Mapping[str, Expected]] = {
        "transformer": Expected("ltx-2 checkpoint (fp8)", 27_000_000_000, "checkpoints"),
        "connectors": Expected(
            "ltx-2 checkpoint, or text projection", 6_300_000_000, "checkpoints"
        ),
        "video_vae": Expected("video VAE", 1_450_000_000, "vae"),
        "audio_vae": Expected("audio VAE", 110_000_000, "vae"),
        "vocoder": Expected("vocoder (in the audio VAE's file)", 260_000_000, "vae"),
        "text_encoder": Expected("Gemma 12B", 23_500_000_000, "text_encoders"),
    }
    lora_elsewhere: ClassVar[Mapping[str, tuple[str, ...]]] = {"transformer": OTHERS}

    def recognise(self, file: ModelFile) -> Recognition | None:
        """Any of the parts, alone or together."""
        held = {
            "transformer": dit_prefix(file, MARK) is not None,
            "connectors": ltx2_parts.holds_connectors(file),
            "video_vae": _holds_vae(file),
            "diffusion_decoder": ltx2_decoder.holds(file),
            "audio_vae": ltx2_parts.audio_prefix(file) is not None,
            "vocoder": ltx2_parts.vocoder_prefix(file) is not None,
            "latent_upsampler": upscalers.is_upscaler(file) and upscalers.is_newer(file),
            "duration_head": ltx2_parts.duration_prefix(file) is not None,
            "text_encoder": ltx2_text.holds(file),
        }
        components = tuple(name for name, there in held.items() if there)
        if not components:
            return None
        generation, remarks = generation_of(file)
        return Recognition(self.name, generation, components, remarks)

    def own_part(self, files: Sequence[ModelFile], component: str) -> Part:
        """Plan a part; the connectors of 2.5 come from two files."""
        if component == "connectors":
            return ltx2_parts.plan_connectors(self, files)
        file = file_with(self, files, component)
        if component == "video_vae":
            return video_vae.plan(file, self.name, "AutoencoderKLLTX2Video", file.section("vae"))
        plans = {
            "diffusion_decoder": ltx2_decoder.plan,
            "audio_vae": ltx2_parts.plan_audio_vae,
            "vocoder": ltx2_parts.plan_vocoder,
            "duration_head": ltx2_parts.plan_duration_head,
            "latent_upsampler": lambda found: upscalers.plan(found, self.name),
            "text_encoder": ltx2_text.plan,
            "transformer": plan_transformer,
        }
        return plans[component](file)

    def settings(self, files: Sequence[ModelFile]) -> dict[str, Any]:
        """Return sizes, positions, schedule and defaults of the newest generation given."""
        generation = max((generation_of(file)[0] for file in files), default="") or "2.0"
        distilled = any("distilled" in file.path.name.lower() for file in files)
        return {
            **upscalers.settings(files),
            "multiple": self.sizes.multiple,
            "frame_step": self.sizes.frame_step,
            "frame_offset": self.sizes.frame_offset,
            "space": "latents",
            "generation": generation,
            "rate": 24,
            "width": 768,
            "height": 512,
            "frames": 121,
            "latent_channels": latent_channels(files),
            "text_width": size_of(files, TEXT_KEYS, 1) or None,
            "positions": {"scales": [8, 32, 32], "causal": True, "seconds": True},
            "audio": {"seconds_per_latent": 0.04, "sample_rate": 16000, "hop": 160, "scale": 4},
            "keyframes": "append",
            "image_crf": 33 if generation < "2.4" else 18,
            "distilled": distilled,
            "steps": 8 if distilled else (40 if generation == "2.0" else 30),
            "sigmas": list(DISTILLED) if distilled else None,
            "second_stage_sigmas": list(SECOND_STAGE),
            "guidance": 1.0 if distilled else 3.0,
            "audio_guidance": 1.0 if distilled else 7.0,
            "stg": 0.0 if distilled else 1.0,
            "stg_blocks": [min(STG_BLOCK.get(generation, 28), _last_block(files))],
            "rescale": 0.0 if distilled else 0.7,
            "modality_guidance": 1.0 if distilled else 3.0,
            "schedule": "ltx2",
            "shift_tokens": 4096,
            "prediction": "velocity",
            "connectors": True,
            "reads": "Gemma 4" if generation >= "2.5" else "Gemma 3",
            "longest_prompt": 1024,
        }


def _last_block(files: Sequence[ModelFile]) -> int:
    """Return the number of the transformer's last block; the published ones have 48."""
    for file in files:
        prefix = dit_prefix(file, MARK)
        if prefix is not None:
            return count_blocks(file.tensors, f"{prefix}transformer_blocks.") - 1
    return 47


def generation_of(file: ModelFile) -> tuple[str, tuple[str, ...]]:
    """Return 2.0, 2.3, 2.5 or "" by signature, with a remark where `model_version` disagrees."""
    seen = _by_signature(file)
    said = ".".join(file.version.split(".")[:2]) if file.version.startswith("2") else ""
    if seen and said and seen != said:
        remark = f"its keys are those of {seen} while it says {file.version}; {seen} is used"
        return seen, (remark,)
    return seen or said or _by_parts(file), ()


def _by_parts(file: ModelFile) -> str:
    """Parts without a version: Gemma 4 belongs to 2.5, upscalers differ by their resampler."""
    if "gemma4" in str(file.metadata.get("gemma_config", "")):
        return "2.5"
    if ltx2_text.holds(file) and ltx2_text.is_gemma4(file):
        return "2.5"
    if upscalers.is_upscaler(file) and "rational_resampler" in file.config:
        return "2.0" if file.config["rational_resampler"] else "2.3"
    return ""


def _by_signature(file: ModelFile) -> str:
    prefix = dit_prefix(file, MARK)
    if prefix is None:
        return ""
    names = file.tensors
    bias = prefix + "transformer_blocks.0.ff.net.2.bias" in names
    if prefix + "keyframes_abs_pos_embedding" in names or not bias:
        return "2.5"
    if prefix + "prompt_adaln_single.linear.weight" in names:
        return "2.3"
    return "2.0"


def _holds_vae(file: ModelFile) -> bool:
    prefix = video_vae.vae_prefix(file)
    if prefix is None:
        return False
    if dit_prefix(file, "patchify_proj.weight") is not None:
        return dit_prefix(file, MARK) is not None
    return video_vae.is_newer(file)


def plan_transformer(file: ModelFile) -> Part:
    """Plan the diffusion transformer of a file."""
    bare = under(file, dit_prefix(file, MARK) or "")
    own = {
        n: s
        for n, s in bare.items()
        if not n.startswith((*OTHERS, "vae.", "audio_vae.", "vocoder."))
    }
    tensors = renamed(own, RULES)
    said = file.section("transformer")
    config = PUBLISHED | said
    if said:
        config["av_ca_timestep_scale_multiplier"] = said.get("av_ca_timestep_scale_multiplier", 1)
    sizes = _sizes(tensors, config) | _flags(tensors, config)
    name = "LTX2VideoTransformer3DModel"
    return Part("transformer", "ltx2", name, sizes, tensors, computes="BF16")


def _sizes(tensors: Mapping[str, Any], config: Mapping[str, Any]) -> dict[str, Any]:
    heads, audio_heads = config["num_attention_heads"], config["audio_num_attention_heads"]
    first = "transformer_blocks.0."
    positions = config["positional_embedding_max_pos"]
    return {
        "in_channels": columns(tensors, "proj_in.weight"),
        "out_channels": rows(tensors, "proj_out.weight"),
        "num_attention_heads": heads,
        "attention_head_dim": rows(tensors, "proj_in.weight") // heads,
        "cross_attention_dim": columns(tensors, first + "attn2.to_k.weight"),
        "audio_in_channels": columns(tensors, "audio_proj_in.weight"),
        "audio_out_channels": rows(tensors, "audio_proj_out.weight"),
        "audio_num_attention_heads": audio_heads,
        "audio_attention_head_dim": rows(tensors, "audio_proj_in.weight") // audio_heads,
        "audio_cross_attention_dim": columns(tensors, first + "audio_attn2.to_k.weight"),
        "num_layers": count_blocks(tensors, "transformer_blocks."),
        "caption_channels": columns(tensors, "caption_projection.linear_1.weight") or 3840,
        "pos_embed_max_pos": positions[0],
        "base_height": positions[1],
        "base_width": positions[2],
        "audio_pos_embed_max_pos": config["audio_positional_embedding_max_pos"][0],
    }


def _flags(tensors: Mapping[str, Any], config: Mapping[str, Any]) -> dict[str, Any]:
    first = "transformer_blocks.0."
    gated = first + "attn1.to_gate_logits.weight" in tensors
    modulated = rows(tensors, first + "scale_shift_table") == 9
    return {
        "gated_attn": gated,
        "audio_gated_attn": gated,
        "cross_attn_mod": modulated,
        "audio_cross_attn_mod": rows(tensors, first + "audio_scale_shift_table") == 9,
        "use_prompt_embeddings": "caption_projection.linear_1.weight" in tensors,
        "use_prompt_adaln_single": "prompt_adaln.linear.weight" in tensors,
        "use_keyframes_abs_pos_embedding": "keyframes_abs_pos_embedding" in tensors,
        "ff_bias": first + "ff.net.2.bias" in tensors,
        "audio_ff_bias": first + "audio_ff.net.2.bias" in tensors,
        "attention_bias": first + "attn1.to_q.bias" in tensors,
        "attention_out_bias": first + "attn1.to_out.0.bias" in tensors,
        "perturbed_attn": True,
        "norm_eps": config["norm_eps"],
        "norm_elementwise_affine": bool(config.get("norm_elementwise_affine", False)),
        "rope_type": config["rope_type"],
        "rope_theta": config["positional_embedding_theta"],
        "rope_double_precision": config["frequencies_precision"] == "float64",
        "timestep_scale_multiplier": config["timestep_scale_multiplier"],
        "cross_attn_timestep_scale_multiplier": config["av_ca_timestep_scale_multiplier"],
    }

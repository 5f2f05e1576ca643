"""Tiny checkpoints of the LTX families in the published layouts, whose parts fit each other.

Made from the parity files (their layouts and key names are the published ones), with channels cut
so that transformer, codecs and vocoder agree, and with text encoders, upscalers and LoRAs added.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from tests.models.test_wan import native, native_vae_name
from tests.nodes.tiny import _tokenizer

PARITY = Path(__file__).parents[1] / "models" / "parity"
VIDEO_CHANNELS = 4
SPECTRUM = 32
"""Two channels of sixteen bins: what the tiny audio codecs make."""

Tensors = dict[str, torch.Tensor]


def ltx2(folder: Path, *names: str) -> Path:
    """LTX-2 (2.0): checkpoints, Gemma 3, upscalers and LoRAs in ComfyUI's folders."""
    state, facts = _read("v20_mono.safetensors")
    state = _fitting(state)
    for name in names or ("ltx-2-tiny",):
        _write(folder / "checkpoints" / f"{name}.safetensors", state, facts)
    _write(folder / "text_encoders" / "gemma_3_tiny.safetensors", _gemma3(), {})
    _tokenizer().save(str(folder / "text_encoders" / "tokenizer.json"))
    ups = folder / "latent_upscale_models"
    _upscaler(ups / "ltx-2-spatial-upscaler-x2-1.0.safetensors", rational=True)
    _upscaler(ups / "ltx-2-temporal-upscaler-x2-1.0.safetensors", rational=True, space=False)
    lora(folder / "loras" / "ltx-2-19b-distilled-lora-384.safetensors", state)
    lora(folder / "loras" / "ltx-2-19b-ic-lora-depth-control.safetensors", state, seed=9)
    return folder


def shelf(folder: Path) -> Path:
    """Everything that the LTX templates name, each family in its own folder."""
    ltx2(folder / "ltx2", "ltx-2-19b-dev-fp8", "ltx-2-19b-distilled-fp8")
    ltx25(folder / "ltx25", "ltx-2.5-22b-distilled")
    ltx_video(folder / "ltxv", "ltxv-2b-0.9.5")
    wan(folder / "wan")
    return folder


def ltx25(folder: Path, name: str = "ltx-2.5-tiny") -> Path:
    """LTX-2.5: split files, Gemma 4 with its projection, a duration head."""
    for stem, where in (
        ("v25_transformer", f"diffusion_models/{name}-transformer"),
        ("v25_vae_conv", f"vae/{name}-video-vae"),
        ("v25_audio_vae", f"vae/{name}-audio-vae"),
    ):
        state, facts = _read(f"{stem}.safetensors")
        state = _fitting(state)
        _write(folder / f"{where}.safetensors", state, facts)
    state, facts = _read("v25_text_projection.safetensors")
    path = folder / "text_encoders" / f"{name}-gemma4-with-proj.safetensors"
    _write(path, state | _gemma4(), facts)
    _tokenizer().save(str(folder / "text_encoders" / "tokenizer.json"))
    _duration_head(folder / "model_patches" / f"{name}-duration-head.safetensors")
    return folder


def ltx_video(folder: Path, name: str = "ltxv-tiny-0.9.5") -> Path:
    """LTX-Video 0.9.5: one checkpoint and T5."""
    state, facts = _read("ltxv095_mono.safetensors")
    state = _fitting(state)
    _write(folder / "checkpoints" / f"{name}.safetensors", state, facts)
    _write(folder / "text_encoders" / "t5xxl_tiny.safetensors", _t5(), {})
    _tokenizer().save(str(folder / "text_encoders" / "tokenizer.json"))
    return folder


def wan(folder: Path) -> Path:
    """Wan 2.2 image to video (two transformers), 2.1 text to video, their VAE and UMT5."""
    from diffusers import AutoencoderKLWan, WanTransformer3DModel

    names = {
        "wan2.2_i2v_high_noise_14B_fp8_scaled": 36, "wan2.2_i2v_low_noise_14B_fp8_scaled": 36,
        "wan2.1_t2v_1.3B_fp16": 16,
    }  # fmt: skip
    for seed, (name, channels) in enumerate(names.items()):
        torch.manual_seed(seed)
        network: Any = WanTransformer3DModel(
            num_attention_heads=1, attention_head_dim=128, in_channels=channels, out_channels=16,
            text_dim=24, freq_dim=32, ffn_dim=64, num_layers=2,
        )  # fmt: skip
        _write(folder / "diffusion_models" / f"{name}.safetensors", native(network), {})
    torch.manual_seed(4)
    codec: Any = AutoencoderKLWan(base_dim=8)
    state = {native_vae_name(name): tensor for name, tensor in codec.state_dict().items()}
    _write(folder / "vae" / "wan_2.1_vae.safetensors", state, {})
    _write(folder / "text_encoders" / "umt5_xxl.safetensors", _t5(umt5=True), {})
    _tokenizer().save(str(folder / "text_encoders" / "tokenizer.json"))
    return folder


def lora(
    path: Path, state: Tensors, *, seed: int = 5, prefix: str = "diffusion_model.", rank: int = 2
) -> Path:
    """Write a LoRA in the official key style for the attention of a transformer's blocks."""
    generator = torch.Generator().manual_seed(seed)
    made: Tensors = {}
    for key, weight in state.items():
        name = key.removeprefix("model.diffusion_model.")
        if not name.startswith("transformer_blocks.") or ".attn1.to_q.weight" not in name:
            continue
        stem = prefix + name.removesuffix(".weight")
        rows, columns = weight.shape
        made[f"{stem}.lora_A.weight"] = torch.randn(rank, columns, generator=generator)
        made[f"{stem}.lora_B.weight"] = torch.randn(rows, rank, generator=generator)
    _write(path, made, {})
    return path


def _read(name: str) -> tuple[Tensors, dict[str, str]]:
    path = PARITY / name
    with safe_open(path, "pt") as file:
        facts = file.metadata() or {}
    return load_file(path), facts


def _write(path: Path, state: Tensors, facts: dict[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: t.contiguous().clone() for name, t in state.items()}, path, facts or None)


def _fitting(state: Tensors) -> Tensors:
    """Cut the transformer's channels to the codec's, and the vocoder's to the spectrogram's."""
    cuts: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
        "patchify_proj.weight": lambda t: t[:, :VIDEO_CHANNELS],
        "proj_out.weight": lambda t: t[:VIDEO_CHANNELS],
        "proj_out.bias": lambda t: t[:VIDEO_CHANNELS],
    }
    made: Tensors = {}
    for name, tensor in state.items():
        cut = cuts.get(name.removeprefix("model.").removeprefix("diffusion_model."))
        stereo = name.endswith("vocoder.conv_pre.weight")
        made[name] = cut(tensor) if cut else tensor[:, :SPECTRUM] if stereo else tensor
    return made


def _gemma3() -> Tensors:
    from transformers import Gemma3TextConfig, Gemma3TextModel

    from aiprod_studio.models.families.ltx2_text import GEMMA3_ROPE

    torch.manual_seed(1)
    network = Gemma3TextModel(
        Gemma3TextConfig(
            vocab_size=_tokenizer().get_vocab_size(),
            hidden_size=24,
            intermediate_size=48,
            num_hidden_layers=3,
            num_attention_heads=2,
            num_key_value_heads=1,
            head_dim=12,
            sliding_window=1024,
            query_pre_attn_scalar=12,
            rope_parameters=json.loads(json.dumps(GEMMA3_ROPE)),
        )
    )
    return {f"model.{name}": tensor for name, tensor in network.state_dict().items()}


def _gemma4() -> Tensors:
    from transformers import Gemma4UnifiedTextConfig, Gemma4UnifiedTextModel

    torch.manual_seed(1)
    network = Gemma4UnifiedTextModel(
        Gemma4UnifiedTextConfig(
            vocab_size=_tokenizer().get_vocab_size(),
            hidden_size=24,
            intermediate_size=48,
            num_hidden_layers=3,
            num_attention_heads=2,
            num_key_value_heads=1,
            head_dim=12,
            global_head_dim=24,
            num_global_key_value_heads=1,
            attention_k_eq_v=True,
        )
    )
    prefix = "model.language_model."
    return {prefix + name: tensor for name, tensor in network.state_dict().items()}


def _t5(*, umt5: bool = False) -> Tensors:
    from transformers import T5Config, T5EncoderModel, UMT5Config, UMT5EncoderModel

    torch.manual_seed(1)
    kind: Any = UMT5Config if umt5 else T5Config
    build: Any = UMT5EncoderModel if umt5 else T5EncoderModel
    network = build(
        kind(
            vocab_size=_tokenizer().get_vocab_size(),
            d_model=24,
            d_kv=8,
            d_ff=48,
            num_layers=3,
            num_heads=3,
            feed_forward_proj="gated-gelu",
            dropout_rate=0.0,
        )
    )
    state = network.state_dict()
    state.pop("encoder.embed_tokens.weight", None)
    return state


def _upscaler(path: Path, *, rational: bool, space: bool = True) -> None:
    from diffusers.pipelines.ltx2.latent_upsampler import LTX2LatentUpsamplerModel

    torch.manual_seed(2)
    network: Any = LTX2LatentUpsamplerModel(
        in_channels=VIDEO_CHANNELS, mid_channels=32, num_blocks_per_stage=1,
        spatial_upsample=space, temporal_upsample=not space, use_rational_resampler=rational,
    )  # fmt: skip
    config = {
        "_class_name": "LatentUpsampler", "in_channels": VIDEO_CHANNELS, "mid_channels": 32,
        "num_blocks_per_stage": 1, "dims": 3, "spatial_upsample": space,
        "temporal_upsample": not space, "spatial_scale": 2.0, "rational_resampler": rational,
    }  # fmt: skip
    state = {n: t for n, t in network.state_dict().items() if "blur_down" not in n}
    _write(path, state, {"config": json.dumps(config)})


def _duration_head(path: Path) -> None:
    from diffusers.pipelines.ltx2.duration_head import LTX2DurationHead

    torch.manual_seed(3)
    network: Any = LTX2DurationHead(
        video_cross_attention_dim=64, audio_cross_attention_dim=32, pooler_hidden_dim=16,
        mlp_hidden_dim=16,
    )  # fmt: skip
    _write(path, network.state_dict(), {"model_version": "2.5.0"})

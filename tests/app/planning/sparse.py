"""LTX-2.3 (22 billion numbers) as files with real names and shapes and a hole for the weights."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

SIZES = {"BF16": 2, "F8_E4M3": 1, "F32": 4}
DIT = {
    "rope_type": "split", "gated_attn": True, "audio_gated_attn": True, "cross_attn_mod": True,
    "audio_cross_attn_mod": True, "use_prompt_embeddings": False, "perturbed_attn": True,
}  # fmt: skip
GEMMA = {
    "vocab_size": 262208, "hidden_size": 3840, "intermediate_size": 15360,
    "num_hidden_layers": 48, "num_attention_heads": 16, "num_key_value_heads": 8, "head_dim": 256,
}  # fmt: skip
UPSCALER = {"in_channels": 128, "mid_channels": 1024, "num_blocks_per_stage": 4}


def write(
    path: Path, tensors: Mapping[str, tuple[str, tuple[int, ...]]], metadata: Mapping[str, str]
) -> Path:
    """Write a safetensors file whose weights are a hole in the file system."""
    header: dict[str, Any] = {"__metadata__": dict(metadata)}
    at = 0
    for name, (dtype, shape) in tensors.items():
        size = SIZES[dtype]
        for side in shape:
            size *= side
        header[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(header).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.truncate(8 + len(text) + at)
    return path


def names(class_name: str, config: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    """Return the tensors of a network that takes no memory."""
    return _names(class_name, json.dumps(dict(config)))


@lru_cache
def _names(class_name: str, config: str) -> dict[str, tuple[int, ...]]:
    from aiprod_studio.models.classes import skeleton

    state = skeleton(class_name, json.loads(config)).state_dict()
    return {name: tuple(tensor.shape) for name, tensor in state.items()}


def transformer(path: Path, storage: str) -> Path:
    """The diffusion transformer in its published names; `storage` is of the blocks' matrices."""
    from aiprod_studio.models.families.layout import rename
    from aiprod_studio.models.families.ltx2 import RULES

    back = [(new, old) for old, new in reversed(RULES)]
    tensors = {}
    for name, shape in names("LTX2VideoTransformer3DModel", DIT).items():
        inside = name.startswith("transformer_blocks.") and len(shape) == 2
        matrix = inside and name.endswith(".weight")
        tensors["model.diffusion_model." + rename(name, back)] = (
            storage if matrix else "BF16", shape,
        )  # fmt: skip
    return write(path, tensors, {"model_version": "2.3.0"})


def part(folder: Path, class_name: str, config: Mapping[str, Any] | None = None) -> Path:
    """A part in a diffusers folder."""
    from aiprod_studio.models.classes import skeleton

    folder.mkdir(parents=True, exist_ok=True)
    given = dict(config or {})
    whole = {k: v for k, v in skeleton(class_name, given).config.items() if k[0] != "_"}
    (folder / "config.json").write_text(json.dumps({"_class_name": class_name, **whole}))
    tensors = {name: ("BF16", shape) for name, shape in names(class_name, given).items()}
    return write(folder / "diffusion_pytorch_model.safetensors", tensors, {})


def library(folder: Path, storage: str = "F8_E4M3") -> Path:
    """Every part of LTX-2.3, with the spatial upscaler; returns the folder."""
    transformer(folder / "diffusion_models" / "ltx-2.3-22b-distilled.safetensors", storage)
    part(folder / "connectors", "LTX2TextConnectors")
    part(folder / "vae", "AutoencoderKLLTX2Video")
    part(folder / "audio_vae", "AutoencoderKLLTX2Audio")
    part(folder / "vocoder", "LTX2Vocoder")
    gemma = {name: ("BF16", shape) for name, shape in names("Gemma3TextModel", GEMMA).items()}
    write(folder / "text_encoders" / "gemma-3-12b.safetensors",
          {f"model.{name}": told for name, told in gemma.items()}, {})  # fmt: skip
    (folder / "text_encoders" / "tokenizer.json").write_text("{}")
    upscaler = names("LTX2LatentUpsamplerModel", UPSCALER)
    config = {**UPSCALER, "dims": 3, "spatial_upsample": True, "temporal_upsample": False,
              "rational_resampler": False}  # fmt: skip
    write(folder / "latent_upscale_models" / "ltx-2.3-spatial-upscaler-x2.safetensors",
          {name: ("BF16", shape) for name, shape in upscaler.items()},
          {"config": json.dumps(config)})  # fmt: skip
    return folder

"""Gemma 3 and Gemma 4 as text encoders: the text part of the files that LTX-2 comes with.

Only the language layers are built: the hidden states of every layer are what the connectors mix.
Sizes come from shapes; rotary and window settings from `gemma_config` in the metadata or from the
published configuration of the 12B. Used by `ltx2`; headers only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiprod_studio.models.descriptor import Part, Source
from aiprod_studio.models.families import gguf_names
from aiprod_studio.models.families.layout import columns, count_blocks, rows, under
from aiprod_studio.models.files import ModelFile, refused

PREFIXES = (
    "model.language_model.", "language_model.model.", "language_model.", "text_encoder.model.",
    "model.", "",
)  # fmt: skip
MARK = "layers.0.pre_feedforward_layernorm.weight"
KEPT = ("layers.", "embed_tokens.", "norm.")
GEMMA3_ROPE = {
    "full_attention": {"rope_type": "linear", "factor": 8.0, "rope_theta": 1_000_000.0},
    "sliding_attention": {"rope_type": "default", "rope_theta": 10_000.0},
}


def _prefix(file: ModelFile) -> str | None:
    return next((p for p in PREFIXES if p + MARK in file.tensors), None)


def holds(file: ModelFile) -> bool:
    """Say whether the file holds Gemma's language layers."""
    return _prefix(file) is not None or gguf_names.is_gemma(file)


def _tensors(file: ModelFile) -> dict[str, Source]:
    if gguf_names.is_gemma(file):
        return gguf_names.gemma_tensors(file)
    found = under(file, _prefix(file) or "")
    return {name: source for name, source in found.items() if name.startswith(KEPT)}


def plan(file: ModelFile) -> Part:
    """Plan the text encoder of a file.

    Raises:
        Refusal: its layers are not those of a Gemma that is known.
    """
    tensors = _tensors(file)
    if file.format == "gguf" and _is_newer_gguf(file, tensors):
        why = "it is Gemma 4 as GGUF, whose names in that format this program does not know yet"
        raise refused(file.path, why, "Use the safetensors file of the text encoder (bf16 or fp8).")
    if "layers.0.self_attn.q_norm.weight" not in tensors:
        why = "its text encoder is an older Gemma than LTX-2 was trained with"
        raise refused(file.path, why, "Use Gemma 3 12B (2.0, 2.3) or Gemma 4 12B (2.5).")
    said = file.metadata_object("gemma_config") or file.folder_config
    inner = said.get("text_config", {}) if isinstance(said.get("text_config"), dict) else {}
    newest = "gemma4" in str(said.get("model_type", "")) or _is_gemma4(tensors)
    if newest:
        name, sizes = "Gemma4UnifiedTextModel", _gemma4(tensors)
    else:
        name, sizes = "Gemma3TextModel", _gemma3(tensors)
    return Part("text_encoder", "ltx2", name, sizes | inner, tensors)


def _is_newer_gguf(file: ModelFile, tensors: Mapping[str, Source]) -> bool:
    """Say whether a GGUF file calls itself Gemma 4, or has its two widths of heads."""
    told = str(file.metadata.get("general.architecture", ""))
    return told.startswith("gemma4") or _is_gemma4(tensors)


def is_gemma4(file: ModelFile) -> bool:
    """Say whether the language layers of a file are those of Gemma 4."""
    return _is_gemma4(_tensors(file))


def _is_gemma4(tensors: Mapping[str, Source]) -> bool:
    """Gemma 4 has a scalar per layer and wider heads in its full-attention layers."""
    heads = {s.info.shape for n, s in tensors.items() if n.endswith("self_attn.q_norm.weight")}
    return len(heads) > 1 or any(name.endswith("layer_scalar") for name in tensors)


def _sizes(tensors: Mapping[str, Source]) -> dict[str, Any]:
    first = "layers.0.self_attn."
    head = rows(tensors, first + "q_norm.weight")
    return {
        "vocab_size": rows(tensors, "embed_tokens.weight"),
        "hidden_size": columns(tensors, "embed_tokens.weight"),
        "intermediate_size": rows(tensors, "layers.0.mlp.gate_proj.weight"),
        "num_hidden_layers": count_blocks(tensors, "layers."),
        "num_attention_heads": rows(tensors, first + "q_proj.weight") // max(head, 1),
        "num_key_value_heads": rows(tensors, first + "k_proj.weight") // max(head, 1),
        "head_dim": head,
        "sliding_window": 1024,
        "use_cache": False,
    }


def _gemma3(tensors: Mapping[str, Source]) -> dict[str, Any]:
    sizes = _sizes(tensors)
    extra = {"query_pre_attn_scalar": sizes["head_dim"], "rope_parameters": GEMMA3_ROPE}
    return sizes | extra


def _gemma4(tensors: Mapping[str, Source]) -> dict[str, Any]:
    sizes = _sizes(tensors)
    names = [f"layers.{i}.self_attn." for i in range(sizes["num_hidden_layers"])]
    heads = [rows(tensors, name + "q_norm.weight") for name in names]
    wide = max(heads, default=0)
    full = next((n for n, head in zip(names, heads, strict=True) if head == wide), names[-1])
    shared = full + "v_proj.weight" not in tensors
    return sizes | {
        "global_head_dim": wide,
        "num_global_key_value_heads": rows(tensors, full + "k_proj.weight") // max(wide, 1),
        "attention_k_eq_v": shared,
        "layer_types": [
            "full_attention" if head == wide and wide != sizes["head_dim"] else "sliding_attention"
            for head in heads
        ],
    }

"""T5 and UMT5 encoders as they are published for video models, planned from headers.

LTX-Video takes T5 1.1 XXL, Wan takes UMT5 XXL; they differ in whether every layer has its own table
of relative positions. Key names are those of transformers, with or without a prefix.
"""

from __future__ import annotations

from aiprod_studio.models.descriptor import Part, Source
from aiprod_studio.models.families import gguf_names
from aiprod_studio.models.families.layout import columns, count_blocks, rows, under
from aiprod_studio.models.files import ModelFile

PREFIXES = ("", "text_encoder.", "text_encoders.t5xxl.transformer.", "transformer.")
MARK = "encoder.block.0.layer.0.SelfAttention.q.weight"
SECOND = "encoder.block.1.layer.0.SelfAttention.relative_attention_bias.weight"


def prefix_of(file: ModelFile) -> str | None:
    """Return the prefix of a T5 encoder in a file."""
    return next((p for p in PREFIXES if p + MARK in file.tensors), None)


def holds(file: ModelFile, *, shared: bool) -> bool:
    """Say whether the file holds a T5 (`shared` table of positions) or a UMT5 encoder."""
    if gguf_names.is_t5(file):
        return ("enc.blk.1.attn_rel_b.weight" not in file.tensors) == shared
    prefix = prefix_of(file)
    return prefix is not None and (prefix + SECOND not in file.tensors) == shared


def _tensors(file: ModelFile) -> dict[str, Source]:
    if gguf_names.is_t5(file):
        return gguf_names.t5_tensors(file)
    found = under(file, prefix_of(file) or "")
    return {n: s for n, s in found.items() if n.startswith(("encoder.", "shared."))}


def plan(file: ModelFile, family: str) -> Part:
    """Plan the encoder; sizes come from shapes, the rest from the published configuration."""
    kept = _tensors(file)
    tensors = _with_embedding(kept)
    first = "encoder.block.0.layer."
    bias = tensors[first + "0.SelfAttention.relative_attention_bias.weight"].info.shape
    inner = rows(tensors, first + "0.SelfAttention.q.weight")
    config = {
        "vocab_size": rows(tensors, "shared.weight"),
        "d_model": columns(tensors, "shared.weight"),
        "d_kv": inner // bias[1],
        "d_ff": rows(tensors, first + "1.DenseReluDense.wi_0.weight"),
        "num_layers": count_blocks(tensors, "encoder.block."),
        "num_heads": bias[1],
        "relative_attention_num_buckets": bias[0],
        "feed_forward_proj": "gated-gelu",
        "tie_word_embeddings": False,
        "dropout_rate": 0.0,
    }
    shared = holds(file, shared=True)
    name = "T5EncoderModel" if shared else "UMT5EncoderModel"
    return Part("text_encoder", family, name, config, tensors)


def _with_embedding(tensors: dict[str, Source]) -> dict[str, Source]:
    """One table of words, whichever of its two names the file uses."""
    inner = tensors.pop("encoder.embed_tokens.weight", None)
    if "shared.weight" not in tensors and inner is not None:
        tensors["shared.weight"] = inner
    return tensors

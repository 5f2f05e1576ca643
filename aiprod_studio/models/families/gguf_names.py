"""Text encoders as llama.cpp's converter names them in GGUF files, back to their own names.

T5, UMT5 and Gemma 3. The converter adds 1 to Gemma's norm weights, which is taken off again. Used
by `t5` and `ltx2_text`; headers only.
"""

from __future__ import annotations

from dataclasses import replace

from aiprod_studio.models.descriptor import Source
from aiprod_studio.models.families.layout import rename, under
from aiprod_studio.models.files import ModelFile

T5_MARK = "enc.blk.0.attn_q.weight"
GEMMA_MARK = "blk.0.post_ffw_norm.weight"
T5_NAMES = {
    "attn_q": "layer.0.SelfAttention.q", "attn_k": "layer.0.SelfAttention.k",
    "attn_v": "layer.0.SelfAttention.v", "attn_o": "layer.0.SelfAttention.o",
    "attn_norm": "layer.0.layer_norm",
    "attn_rel_b": "layer.0.SelfAttention.relative_attention_bias",
    "ffn_gate": "layer.1.DenseReluDense.wi_0", "ffn_up": "layer.1.DenseReluDense.wi_1",
    "ffn_down": "layer.1.DenseReluDense.wo", "ffn_norm": "layer.1.layer_norm",
}  # fmt: skip
T5_RULES = (
    ("token_embd", "shared"),
    ("enc.output_norm", "encoder.final_layer_norm"),
    ("enc.blk", "encoder.block"),
    *T5_NAMES.items(),
)
GEMMA_RULES = (
    ("token_embd", "embed_tokens"), ("output_norm", "norm"), ("blk", "layers"),
    ("attn_q_norm", "self_attn.q_norm"), ("attn_k_norm", "self_attn.k_norm"),
    ("attn_q", "self_attn.q_proj"), ("attn_k", "self_attn.k_proj"),
    ("attn_v", "self_attn.v_proj"), ("attn_output", "self_attn.o_proj"),
    ("attn_norm", "input_layernorm"), ("post_attention_norm", "post_attention_layernorm"),
    ("ffn_norm", "pre_feedforward_layernorm"), ("post_ffw_norm", "post_feedforward_layernorm"),
    ("ffn_gate", "mlp.gate_proj"), ("ffn_up", "mlp.up_proj"), ("ffn_down", "mlp.down_proj"),
)  # fmt: skip


def is_t5(file: ModelFile) -> bool:
    """Say whether a GGUF file holds a T5 or UMT5 encoder."""
    return T5_MARK in file.tensors


def is_gemma(file: ModelFile) -> bool:
    """Say whether a GGUF file holds Gemma's language layers."""
    return GEMMA_MARK in file.tensors and "blk.0.attn_q_norm.weight" in file.tensors


def t5_tensors(file: ModelFile) -> dict[str, Source]:
    """Return the encoder's tensors by transformers' names; a decoder is left out."""
    found = {n: s for n, s in under(file, "").items() if n.startswith(("enc.", "token_embd."))}
    return {rename(name, T5_RULES): source for name, source in found.items()}


def gemma_tensors(file: ModelFile) -> dict[str, Source]:
    """Return the language layers' tensors by transformers' names."""
    found: dict[str, Source] = {}
    for name, source in under(file, "").items():
        if name.startswith(("blk.", "token_embd.", "output_norm.")):
            norm = "norm" in name
            found[rename(name, GEMMA_RULES)] = replace(source, change="less_one" if norm else "")
    return found

"""Wan 2.1 and 2.2: picture only, UMT5 text; the proof that a family is a small descriptor.

The native key names become diffusers'; sizes come from shapes. The 14B models of 2.2 are two files
(high and low noise) of the same shape. Headers only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from aiprod_studio.models.descriptor import Expected, Family, Part, Recognition, Sizes
from aiprod_studio.models.families import t5, wan_vae
from aiprod_studio.models.families.layout import count_blocks, dit_prefix, renamed, rows, under
from aiprod_studio.models.families.picking import file_with
from aiprod_studio.models.files import ModelFile

MARK = "blocks.0.self_attn.norm_q.weight"
HEAD = 128
RULES = (
    ("time_embedding.0", "condition_embedder.time_embedder.linear_1"),
    ("time_embedding.2", "condition_embedder.time_embedder.linear_2"),
    ("text_embedding.0", "condition_embedder.text_embedder.linear_1"),
    ("text_embedding.2", "condition_embedder.text_embedder.linear_2"),
    ("time_projection.1", "condition_embedder.time_proj"),
    ("img_emb.proj.0", "condition_embedder.image_embedder.norm1"),
    ("img_emb.proj.1", "condition_embedder.image_embedder.ff.net.0.proj"),
    ("img_emb.proj.3", "condition_embedder.image_embedder.ff.net.2"),
    ("img_emb.proj.4", "condition_embedder.image_embedder.norm2"),
    ("head.modulation", "scale_shift_table"),
    ("head.head", "proj_out"),
    ("modulation", "scale_shift_table"),
    ("ffn.0", "ffn.net.0.proj"),
    ("ffn.2", "ffn.net.2"),
    ("norm3", "norm2_native"),
    ("norm2", "norm3"),
    ("norm2_native", "norm2"),
    ("self_attn.q", "attn1.to_q"), ("self_attn.k", "attn1.to_k"),
    ("self_attn.v", "attn1.to_v"), ("self_attn.o", "attn1.to_out.0"),
    ("self_attn.norm_q", "attn1.norm_q"), ("self_attn.norm_k", "attn1.norm_k"),
    ("cross_attn.q", "attn2.to_q"), ("cross_attn.k", "attn2.to_k"),
    ("cross_attn.v", "attn2.to_v"), ("cross_attn.o", "attn2.to_out.0"),
    ("cross_attn.norm_q", "attn2.norm_q"), ("cross_attn.norm_k", "attn2.norm_k"),
    ("cross_attn.k_img", "attn2.add_k_proj"), ("cross_attn.v_img", "attn2.add_v_proj"),
    ("cross_attn.norm_k_img", "attn2.norm_added_k"),
)  # fmt: skip


class Wan(Family):
    """Wan 2.1 (1.3B, 14B) and 2.2 (5B, 14B high and low noise)."""

    name: ClassVar[str] = "wan"
    title: ClassVar[str] = "Wan"
    sizes: ClassVar[Sizes] = Sizes(multiple=16, frame_step=4)
    forward_layers: ClassVar[Mapping[str, str]] = {"transformer": "ffn"}
    blocks: ClassVar[Mapping[str, str]] = {
        "transformer": "blocks",
        "text_encoder": "encoder.block",
    }
    lora_rules: ClassVar[Mapping[str, Sequence[tuple[str, str]]]] = {"transformer": RULES}
    complete: ClassVar[Mapping[str, Expected]] = {
        "transformer": Expected("wan2.x transformer", 28_000_000_000, "diffusion_models"),
        "video_vae": Expected("wan_2.1_vae.safetensors", 508_000_000, "vae"),
        "text_encoder": Expected("umt5_xxl (fp8 or fp16)", 11_400_000_000, "text_encoders"),
    }

    def recognise(self, file: ModelFile) -> Recognition | None:
        """A native transformer, the VAE, or the UMT5 encoder."""
        held = {
            "transformer": _is_wan(file),
            "video_vae": wan_vae.holds(file),
            "text_encoder": t5.holds(file, shared=False),
        }
        components = tuple(name for name, there in held.items() if there)
        shared = "transformer" not in components and wan_vae.channels(file) != 48
        generation = "" if shared else _generation(file)
        return Recognition(self.name, generation, components) if components else None

    def own_part(self, files: Sequence[ModelFile], component: str) -> Part:
        """Plan a part from the first file that holds it."""
        file = file_with(self, files, component)
        if component == "text_encoder":
            return t5.plan(file, self.name)
        if component == "video_vae":
            return wan_vae.plan(file)
        tensors = renamed(under(file, dit_prefix(file, MARK) or ""), RULES)
        return Part(component, self.name, "WanTransformer3DModel", _sizes(tensors), tensors)

    def settings(self, files: Sequence[ModelFile]) -> dict[str, Any]:
        """Return sizes, schedule and defaults."""
        large = any(wan_vae.channels(file) == 48 for file in files)
        return {
            **_beside(files),
            "multiple": 32 if large else self.sizes.multiple,
            "frame_step": self.sizes.frame_step,
            "frame_offset": self.sizes.frame_offset,
            "space": "latents",
            "rate": 24 if large else 16,
            "width": 832,
            "height": 480,
            "frames": 81,
            "latent_channels": 48 if large else 16,
            "positions": {"scales": [4, 16, 16] if large else [4, 8, 8], "causal": True},
            "keyframes": "first",
            "steps": 30,
            "guidance": 5.0,
            "schedule": "shifted",
            "shift": 5.0,
            "prediction": "velocity",
            "longest_prompt": 512,
        }

    def conflict(self, generations: Mapping[str, str]) -> str:
        """Wan 2.2 uses the VAE and the text encoder of 2.1."""
        return ""


def _is_wan(file: ModelFile) -> bool:
    prefix = dit_prefix(file, MARK)
    return prefix is not None and prefix + "patch_embedding.weight" in file.tensors


def _beside(files: Sequence[ModelFile]) -> dict[str, Any]:
    """Say whether the transformer sees pictures beside the noise, and whether it wants CLIP too."""
    for file in files:
        if _is_wan(file):
            own = under(file, dit_prefix(file, MARK) or "")
            area = own["patch_embedding.weight"].info.shape
            made = rows(own, "head.head.weight") // (area[2] * area[3] * area[4])
            sees = area[1] > made
            return {"picture_beside": sees, "picture_clip": "img_emb.proj.0.weight" in own}
    return {}


def _generation(file: ModelFile) -> str:
    name = file.path.name.lower()
    if wan_vae.channels(file) == 48:
        return "2.2 5B"
    if "2.2" in name or "2_2" in name or "noise" in name:
        return "2.2"
    return "2.1"


def _sizes(tensors: Mapping[str, Any]) -> dict[str, Any]:
    patch = tensors["patch_embedding.weight"].info.shape
    inner, cut = patch[0], tuple(patch[2:])
    area = cut[0] * cut[1] * cut[2]
    image = tensors.get("condition_embedder.image_embedder.norm1.weight")
    return {
        "patch_size": cut,
        "num_attention_heads": max(1, inner // HEAD),
        "attention_head_dim": min(HEAD, inner),
        "in_channels": patch[1],
        "out_channels": rows(tensors, "proj_out.weight") // area,
        "text_dim": tensors["condition_embedder.text_embedder.linear_1.weight"].info.shape[1],
        "freq_dim": tensors["condition_embedder.time_embedder.linear_1.weight"].info.shape[1],
        "ffn_dim": rows(tensors, "blocks.0.ffn.net.0.proj.weight"),
        "num_layers": count_blocks(tensors, "blocks."),
        "cross_attn_norm": "blocks.0.norm2.weight" in tensors,
        "eps": 1e-6,
        "image_dim": image.info.shape[0] if image is not None else None,
        "added_kv_proj_dim": inner if image is not None else None,
    }

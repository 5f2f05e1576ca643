"""LTX-Video 0.9.0 to 0.9.8, the 2B and the 13B: picture only, T5 text, one file or split.

Headers only. Sizes come from shapes, the rest from the file's metadata or from the published
configuration, which all releases share.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from aiprod_studio.models.descriptor import Expected, Family, Part, Recognition, Sizes
from aiprod_studio.models.families import t5, upscalers, video_vae
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

MARK = "patchify_proj.weight"
RULES = (
    ("patchify_proj", "proj_in"),
    ("adaln_single", "time_embed"),
    ("q_norm", "norm_q"),
    ("k_norm", "norm_k"),
)
SCALES = (8, 32, 32)
DISTILLED = (1.0, 0.9937, 0.9875, 0.9812, 0.975, 0.9094, 0.725, 0.0)


class LTXVideo(Family):
    """The 0.9 family."""

    name: ClassVar[str] = "ltx_video"
    title: ClassVar[str] = "LTX-Video 0.9"
    sizes: ClassVar[Sizes] = Sizes(multiple=32, frame_step=8)
    forward_layers: ClassVar[Mapping[str, str]] = {"transformer": "ff"}
    blocks: ClassVar[Mapping[str, str]] = {
        "transformer": "transformer_blocks",
        "text_encoder": "encoder.block",
    }
    complete: ClassVar[Mapping[str, Expected]] = {
        "transformer": Expected("ltxv checkpoint", 6_300_000_000, "checkpoints"),
        "video_vae": Expected("video VAE (in the checkpoint)", 2_500_000_000, "vae"),
        "text_encoder": Expected("t5xxl (fp8 or fp16)", 9_500_000_000, "text_encoders"),
    }
    lora_rules: ClassVar[Mapping[str, Sequence[tuple[str, str]]]] = {"transformer": RULES}

    def recognise(self, file: ModelFile) -> Recognition | None:
        """A transformer without sound, or its VAE or upscaler."""
        components = [name for name, there in self._held(file).items() if there]
        if not components:
            return None
        own = "transformer" in components or "video_vae" in components
        return Recognition(self.name, _generation(file) if own else "", tuple(components))

    def _held(self, file: ModelFile) -> dict[str, bool]:
        prefix = dit_prefix(file, MARK)
        sound = prefix is not None and prefix + "audio_patchify_proj.weight" in file.tensors
        ours = (
            prefix is not None
            and not sound
            and prefix + "adaln_single.linear.weight" in file.tensors
        )
        vae = video_vae.vae_prefix(file) is not None and not sound and not video_vae.is_newer(file)
        return {
            "transformer": ours,
            "video_vae": vae,
            "latent_upsampler": upscalers.is_upscaler(file) and not upscalers.is_newer(file),
            "text_encoder": t5.holds(file, shared=True),
        }

    def own_part(self, files: Sequence[ModelFile], component: str) -> Part:
        """Plan a part from the first file that holds it."""
        file = file_with(self, files, component)
        if component == "video_vae":
            config = file.section("vae")
            return video_vae.plan(file, self.name, "AutoencoderKLLTXVideo", config)
        if component == "text_encoder":
            return t5.plan(file, self.name)
        if component == "latent_upsampler":
            return upscalers.plan(file, self.name)
        return self._transformer(file)

    def _transformer(self, file: ModelFile) -> Part:
        bare = under(file, dit_prefix(file, MARK) or "")
        tensors = renamed({n: s for n, s in bare.items() if _belongs(n)}, RULES)
        config = file.section("transformer")
        inner = rows(tensors, "proj_in.weight")
        heads = int(config.get("num_attention_heads", 32))
        sizes = {
            "in_channels": columns(tensors, "proj_in.weight"),
            "out_channels": rows(tensors, "proj_out.weight"),
            "num_attention_heads": heads,
            "attention_head_dim": inner // heads,
            "cross_attention_dim": columns(tensors, "transformer_blocks.0.attn2.to_k.weight"),
            "num_layers": count_blocks(tensors, "transformer_blocks."),
            "caption_channels": columns(tensors, "caption_projection.linear_1.weight"),
            "norm_eps": config.get("norm_eps", 1e-6),
            "norm_elementwise_affine": bool(config.get("norm_elementwise_affine", False)),
        }
        name = "LTXVideoTransformer3DModel"
        return Part("transformer", self.name, name, sizes, tensors, computes="BF16")

    def settings(self, files: Sequence[ModelFile]) -> dict[str, Any]:
        """Return sizes, positions, schedule and defaults."""
        transformer = next(filter(None, (f.section("transformer") for f in files)), {})
        distilled = any("distilled" in file.path.name.lower() for file in files)
        causal = bool(transformer.get("causal_temporal_positioning", False))
        return {
            "multiple": self.sizes.multiple,
            "frame_step": self.sizes.frame_step,
            "frame_offset": self.sizes.frame_offset,
            "space": "latents",
            "rate": 24 if causal else 25,
            "width": 768,
            "height": 512,
            "frames": 97,
            "latent_channels": latent_channels(files),
            "text_width": size_of(files, ("caption_projection.linear_1.weight",), 1) or None,
            "positions": {"scales": list(SCALES), "causal": causal, "seconds": True},
            "keyframes": "append",
            "timestep_conditioned_decode": 0.05,
            "image_crf": 33,
            "distilled": distilled,
            "steps": 7 if distilled else 40,
            "sigmas": list(DISTILLED) if distilled else None,
            "guidance": 1.0 if distilled else 3.0,
            "schedule": "ltx2",
            "prediction": "velocity",
            "longest_prompt": 256,
        }

    def conflict(self, generations: Mapping[str, str]) -> str:
        """Releases share the text encoder, and 13B and 2B the VAE of their time."""
        return ""


def _belongs(name: str) -> bool:
    return not name.startswith(("vae.", "text_encoders.", "cond_stage_model."))


def _generation(file: ModelFile) -> str:
    if file.version:
        return file.version
    name = file.path.name.lower()
    found = next((v for v in ("0.9.8", "0.9.7", "0.9.6", "0.9.5", "0.9.1") if v in name), "")
    return found or "0.9"

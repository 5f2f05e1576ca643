"""The diffusion decoder of LTX-2.5, which some releases carry instead of the convolutional VAE.

It only decodes; encoding stays with the convolutional VAE. The file names its class and sizes in
`config.vae`. Used by `ltx2`; headers only.
"""

from __future__ import annotations

from aiprod_studio.models.descriptor import Part
from aiprod_studio.models.families.layout import renamed, rows, under
from aiprod_studio.models.files import ModelFile

PASSED = (
    "decoder_head_dim", "decoder_stage_channels", "decoder_stage_depths", "decoder_stage_kernels",
    "decoder_upsample_strides", "decoder_upsample_channel_reductions", "decoder_stage5_kernel",
    "decoder_t_emb_dim", "decoder_timestep_scale_multiplier", "decoder_model_output_type",
    "decoder_num_inference_steps", "latent_channels", "out_channels", "patch_size",
    "scaling_factor", "spatial_compression_ratio", "temporal_compression_ratio",
)  # fmt: skip
RULES = (
    ("per_channel_statistics.mean-of-means", "latents_mean"),
    ("per_channel_statistics.std-of-means", "latents_std"),
)


def holds(file: ModelFile) -> bool:
    """Say whether the file's VAE is a diffusion decoder."""
    return "diffusion" in str(file.section("vae").get("_class_name", "")).lower()


def plan(file: ModelFile) -> Part:
    """Plan the decoder; its keys are the class's own."""
    prefix = "vae." if any(name.startswith("vae.") for name in file.tensors) else ""
    found = under(file, prefix)
    kept = ("decoder.", "latents_", *(old for old, _ in RULES))
    tensors = renamed({n: s for n, s in found.items() if n.startswith(kept)}, RULES)
    config = file.section("vae")
    sizes = {name: config[name] for name in PASSED if name in config}
    sizes.setdefault("latent_channels", rows(tensors, "latents_mean") or 128)
    return Part("diffusion_decoder", "ltx2", "LTX2VideoDiffusionDecoderModel", sizes, tensors)

"""LTX latent upscalers (x2, x1.5, temporal): recognised by their keys, sized by their shapes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aiprod_studio.models.descriptor import Part
from aiprod_studio.models.families.layout import count_blocks, under
from aiprod_studio.models.files import ModelFile

MARKS = ("initial_conv.weight", "post_upsample_res_blocks.0.conv1.weight", "final_conv.weight")


def is_upscaler(file: ModelFile) -> bool:
    """Say whether the file holds a latent upscaler with bare keys."""
    return all(mark in file.tensors for mark in MARKS)


def is_newer(file: ModelFile) -> bool:
    """LTX-2's upscalers name their resampler; those of 0.9.7 and 0.9.8 do not."""
    config = file.config
    if file.version:
        return not file.version.startswith("0.")
    return "rational_resampler" in config or "spatial_scale" in config


def settings(files: Sequence[ModelFile]) -> dict[str, Any]:
    """Return what an upscaler among the files makes larger: sides by `upscale`, frames or not."""
    config = next((file.config for file in files if is_upscaler(file)), None)
    if config is None:
        return {}
    return {
        "upscale": float(config.get("spatial_scale", 2.0)),
        "upscales_space": bool(config.get("spatial_upsample", True)),
        "upscales_time": bool(config.get("temporal_upsample", False)),
    }


def plan(file: ModelFile, family: str) -> Part:
    """Plan the upscaler; keys are diffusers' own."""
    config, tensors = file.config, under(file, "")
    first = tensors["initial_conv.weight"].info.shape
    rational = bool(config.get("rational_resampler", "upsampler.conv.weight" in tensors))
    sizes = {
        "in_channels": first[1],
        "mid_channels": first[0],
        "num_blocks_per_stage": count_blocks(tensors, "res_blocks."),
        "dims": len(first) - 2,
        "spatial_upsample": bool(config.get("spatial_upsample", True)),
        "temporal_upsample": bool(config.get("temporal_upsample", False)),
        "rational_spatial_scale": float(config.get("spatial_scale", 2.0)),
        "use_rational_resampler": rational,
    }
    name = "LTX2LatentUpsamplerModel"
    ignorable = frozenset({"upsampler.blur_down.kernel"})
    return Part("latent_upsampler", family, name, sizes, tensors, ignorable)

"""The convolutional video VAE of the LTX families: configuration and keys for diffusers' classes.

The 0.9 family and LTX-2 describe theirs alike in `config.vae`; the classes differ in where a
changed channel count is placed. Used by `ltx_video` and `ltx2`; headers only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiprod_studio.models.descriptor import Part, Source
from aiprod_studio.models.families.layout import renamed, under, without
from aiprod_studio.models.families.vae_blocks import (
    Nested,
    UnknownBlock,
    nest_decoder,
    nest_encoder,
    read_blocks,
)
from aiprod_studio.models.files import ModelFile, refused

STATISTICS = "per_channel_statistics."
COMMON = (
    ("res_blocks", "resnets"),
    ("norm3.norm", "norm3"),
    ("last_time_embedder", "time_embedder"),
    ("last_scale_shift_table", "scale_shift_table"),
    ("per_channel_statistics.mean-of-means", "latents_mean"),
    ("per_channel_statistics.std-of-means", "latents_std"),
)
LTXV_090_BLOCKS = [
    ["res_x", 4], ["compress_all", 1], ["res_x_y", 1], ["res_x", 3], ["compress_all", 1],
    ["res_x_y", 1], ["res_x", 3], ["compress_all", 1], ["res_x", 3], ["res_x", 4],
]  # fmt: skip
"""LTX-Video 0.9.0 before its files carried metadata; encoder and decoder alike."""


def vae_prefix(file: ModelFile) -> str | None:
    """Return the prefix of a video VAE in a file: `vae.`, or none in a file of its own."""
    for prefix in ("vae.", "first_stage_model.", ""):
        keys = (f"{prefix}encoder.conv_in.conv.weight", f"{prefix}decoder.conv_in.conv.weight")
        for key in keys:
            info = file.tensors.get(key)
            known = f"{prefix}{STATISTICS}mean-of-means" in file.tensors
            if known and info is not None and len(info.shape) == 5:
                return prefix
    return None


def is_newer(file: ModelFile) -> bool:
    """Say whether a video VAE is LTX-2's; those of 0.9 change channels or take a timestep."""
    if file.version:
        return not file.version.startswith("0.")
    marks = (".conv_shortcut.", ".norm3.", ".last_time_embedder.", ".time_embedder.")
    return not any(mark in name for name in file.tensors for mark in marks)


def plan(file: ModelFile, family: str, class_name: str, config: Mapping[str, Any]) -> Part:
    """Plan the VAE of a file.

    Raises:
        Refusal: the block lists hold something unknown, or half of the VAE is missing.
    """
    prefix = vae_prefix(file)
    tensors = under(file, prefix or "")
    _check_halves(file, tensors)
    try:
        encoder, decoder = _nested(config)
    except UnknownBlock as error:
        why = f"its video VAE cannot be built: {error}"
        raise refused(file.path, why, "Update the program, or choose another VAE.") from None
    newest = class_name == "AutoencoderKLLTX2Video"
    rules = list(COMMON) if newest else [*COMMON, ("conv_shortcut", "conv_shortcut.conv")]
    kept = without(tensors, lambda name: not _used(name))
    placed = {_nest_name(name, encoder, decoder): source for name, source in kept.items()}
    sizes = _newest(config, encoder, decoder) if newest else _first(config, encoder, decoder)
    return Part("video_vae", family, class_name, sizes, renamed(placed, rules))


def _check_halves(file: ModelFile, tensors: Mapping[str, Source]) -> None:
    for half in ("encoder", "decoder"):
        if not any(name.startswith(half + ".") for name in tensors):
            why = f"its video VAE has no {half}"
            raise refused(file.path, why, "Choose the whole VAE; some files hold only a half.")


def _used(name: str) -> bool:
    if name.startswith(STATISTICS):
        return name in (
            "per_channel_statistics.mean-of-means",
            "per_channel_statistics.std-of-means",
        )
    return name.startswith(("encoder.", "decoder."))


def _nested(config: Mapping[str, Any]) -> tuple[Nested, Nested]:
    both = config.get("blocks") or LTXV_090_BLOCKS
    encoder = read_blocks(config.get("encoder_blocks") or both)
    decoder = read_blocks(config.get("decoder_blocks") or both)
    base = int(config.get("encoder_base_channels", config.get("base_channels", 128)))
    last = int(config.get("decoder_base_channels", config.get("base_channels", 128)))
    return nest_encoder(encoder, base), nest_decoder(decoder, last)


def _nest_name(name: str, encoder: Nested, decoder: Nested) -> str:
    half, _, rest = name.partition(".")
    nested = {"encoder": encoder, "decoder": decoder}.get(half)
    if nested is not None:
        for old, new in nested.prefixes.items():
            if rest.startswith(old):
                return f"{half}.{new}{rest[len(old) :]}"
    return name


def _shared(config: Mapping[str, Any], encoder: Nested, decoder: Nested) -> dict[str, Any]:
    up = list(reversed(decoder.groups))
    return {
        "in_channels": config.get("in_channels", 3),
        "out_channels": config.get("out_channels", 3),
        "latent_channels": config.get("latent_channels", 128),
        "layers_per_block": [*(g.layers for g in encoder.groups), encoder.middle.layers],
        "spatio_temporal_scaling": [bool(g.kind) for g in encoder.groups],
        "downsample_type": [g.kind or "conv" for g in encoder.groups],
        "decoder_block_out_channels": [g.channels * g.factor for g in up],
        "decoder_layers_per_block": [*(g.layers for g in up), decoder.middle.layers],
        "decoder_spatio_temporal_scaling": [bool(g.kind) for g in up],
        "decoder_inject_noise": [*(g.noise for g in up), decoder.middle.noise],
        "upsample_residual": [g.residual for g in up],
        "upsample_factor": [g.factor for g in up],
        "timestep_conditioning": bool(config.get("timestep_conditioning", False)),
        "patch_size": config.get("patch_size", 4),
        "patch_size_t": config.get("patch_size_t", 1),
        "scaling_factor": config.get("scaling_factor", 1.0),
        "encoder_causal": True,
        "decoder_causal": bool(config.get("causal_decoder", False)),
        "spatial_compression_ratio": _ratio(encoder, ("spatial", "spatiotemporal", "conv"))
        * int(config.get("patch_size", 4)),
        "temporal_compression_ratio": _ratio(encoder, ("temporal", "spatiotemporal", "conv")),
    }


def _ratio(encoder: Nested, kinds: tuple[str, ...]) -> int:
    return int(2 ** sum(group.kind in kinds for group in encoder.groups))


def _first(config: Mapping[str, Any], encoder: Nested, decoder: Nested) -> dict[str, Any]:
    """AutoencoderKLLTXVideo; from 0.9.5 on it has residual downsamplers and one size more."""
    residual = any(group.kind not in ("", "conv") for group in encoder.groups)
    kind = "LTXVideo095DownBlock3D" if residual else "LTXVideoDownBlock3D"
    sizes = [encoder.channels, *(group.channels for group in encoder.groups)]
    if not residual:
        sizes = sizes[:-1]
    return _shared(config, encoder, decoder) | {
        "block_out_channels": sizes,
        "down_block_types": [kind] * len(encoder.groups),
    }


def _newest(config: Mapping[str, Any], encoder: Nested, decoder: Nested) -> dict[str, Any]:
    """AutoencoderKLLTX2Video; the decoder pads by reflection unless the file says otherwise."""
    padding = config.get("spatial_padding_mode")
    return _shared(config, encoder, decoder) | {
        "block_out_channels": [group.channels for group in encoder.groups],
        "down_block_types": ["LTX2VideoDownBlock3D"] * len(encoder.groups),
        "upsample_type": [g.kind or "spatiotemporal" for g in decoder.groups],
        "encoder_spatial_padding_mode": config.get("encoder_spatial_padding_mode")
        or padding
        or "zeros",
        "decoder_spatial_padding_mode": config.get("decoder_spatial_padding_mode")
        or padding
        or "reflect",
    }

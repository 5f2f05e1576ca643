"""Wan's video VAE in its native layout: the one of 2.1 (16 channels), which most of 2.2 uses too.

The VAE of the 2.2 5B model (48 channels) needs statistics that its native file does not carry, so
only its diffusers folder can be run. Used by `wan`; headers only.
"""

from __future__ import annotations

import re

from aiprod_studio.models.descriptor import Part
from aiprod_studio.models.families.layout import rename, rows, under
from aiprod_studio.models.files import ModelFile, refused

MARK = "decoder.middle.0.residual.0.gamma"
RESIDUAL = (
    ("residual.0", "norm1"), ("residual.2", "conv1"), ("residual.3", "norm2"),
    ("residual.6", "conv2"), ("shortcut", "conv_shortcut"),
)  # fmt: skip
PLACES = (
    ("encoder.conv1", "encoder.conv_in"), ("decoder.conv1", "decoder.conv_in"),
    ("middle.0", "mid_block.resnets.0"), ("middle.1", "mid_block.attentions.0"),
    ("middle.2", "mid_block.resnets.1"), ("head.0", "norm_out"), ("head.2", "conv_out"),
    ("encoder.downsamples", "encoder.down_blocks"), *RESIDUAL,
)  # fmt: skip
UP = re.compile(r"decoder\.upsamples\.(\d+)\.(.+)")


def holds(file: ModelFile) -> bool:
    """Say whether the file is a Wan VAE in the native layout."""
    return MARK in file.tensors and "conv2.weight" in file.tensors


def channels(file: ModelFile) -> int:
    """Return the latent channels of a file's VAE or transformer, 0 where it has neither."""
    info = file.tensors.get("conv2.weight") or file.tensors.get("patch_embedding.weight")
    return info.shape[1 if "patch_embedding.weight" in file.tensors else 0] if info else 0


def plan(file: ModelFile) -> Part:
    """Plan the VAE.

    Raises:
        Refusal: it is the 48-channel one of Wan 2.2 5B.
    """
    found = under(file, "")
    latent = rows(found, "conv2.weight")
    if latent != 16:
        why = f"this VAE has {latent} channels, and the native file lacks their statistics"
        remedy = "Use the diffusers folder of Wan 2.2 5B (its vae sub-folder)."
        raise refused(file.path, why, remedy)
    per_block = 4
    tensors = {_name(name, per_block): source for name, source in found.items()}
    base = rows(found, "encoder.conv1.weight")
    config = {"base_dim": base, "z_dim": latent}
    return Part("video_vae", "wan", "AutoencoderKLWan", config, tensors)


def _name(name: str, per_block: int) -> str:
    head = {"conv1": "quant_conv", "conv2": "post_quant_conv"}
    first, _, rest = name.partition(".")
    if first in head:
        return f"{head[first]}.{rest}"
    match = UP.fullmatch(name)
    if match is None:
        return rename(name, PLACES)
    block, place = divmod(int(match[1]), per_block)
    inner = f"resnets.{place}" if place < per_block - 1 else "upsamplers.0"
    return rename(f"decoder.up_blocks.{block}.{inner}.{match[2]}", RESIDUAL)

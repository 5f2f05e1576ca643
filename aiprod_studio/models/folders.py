"""Diffusers and transformers folders: parts that describe themselves in `config.json` beside them.

A file whose folder names a class that is known is built from that class and configuration, with
the keys it has. Used by `recognising`, before the families look at keys. Headers and small JSON
files only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiprod_studio.models.descriptor import Part, Recognition
from aiprod_studio.models.families.layout import under
from aiprod_studio.models.files import ModelFile, json_beside

PARTS = {
    "LTXVideoTransformer3DModel": ("ltx_video", "transformer"),
    "AutoencoderKLLTXVideo": ("ltx_video", "video_vae"),
    "LTXLatentUpsamplerModel": ("ltx_video", "latent_upsampler"),
    "T5EncoderModel": ("ltx_video", "text_encoder"),
    "LTX2VideoTransformer3DModel": ("ltx2", "transformer"),
    "LTX2TextConnectors": ("ltx2", "connectors"),
    "AutoencoderKLLTX2Video": ("ltx2", "video_vae"),
    "LTX2VideoDiffusionDecoderModel": ("ltx2", "diffusion_decoder"),
    "AutoencoderKLLTX2Audio": ("ltx2", "audio_vae"),
    "LTX2Vocoder": ("ltx2", "vocoder"),
    "LTX2VocoderWithBWE": ("ltx2", "vocoder"),
    "LTX2LatentUpsamplerModel": ("ltx2", "latent_upsampler"),
    "LTX2DurationHead": ("ltx2", "duration_head"),
    "WanTransformer3DModel": ("wan", "transformer"),
    "AutoencoderKLWan": ("wan", "video_vae"),
    "UMT5EncoderModel": ("wan", "text_encoder"),
}
"""Class name to the family and the component that it builds."""


def class_of(file: ModelFile) -> str:
    """Return the known class that the folder of a file names, or an empty text."""
    config = file.folder_config
    named = config.get("_class_name") or next(iter(config.get("architectures") or ()), "")
    return named if isinstance(named, str) and named in PARTS else ""


def recognise(file: ModelFile) -> Recognition | None:
    """Say what a file in a diffusers folder is, or None where it stands in no such folder."""
    name = class_of(file)
    if not name or file.format != "safetensors":
        return None
    family, component = PARTS[name]
    return Recognition(family, _generation(name, file), (component,), ())


def plan(file: ModelFile) -> Part:
    """Plan a part of a diffusers folder; keys are the class's own."""
    name = class_of(file)
    family, component = PARTS[name]
    config: dict[str, Any] = dict(file.folder_config)
    if name == "LTX2VideoTransformer3DModel":
        config["perturbed_attn"] = True
    return Part(component, family, name, config, under(file, ""))


def _generation(name: str, file: ModelFile) -> str:
    """A transformer's configuration tells its generation; other parts are told by theirs."""
    if name == "LTX2VideoTransformer3DModel":
        return _of_ltx2(file.folder_config)
    if PARTS[name][0] == "ltx2":
        transformer = file.path.parent.parent / "transformer"
        beside = json_beside(transformer / file.path.name, "config.json")
        return _of_ltx2(beside) if beside else ""
    return "0.9" if PARTS[name][0] == "ltx_video" else ""


def _of_ltx2(config: Mapping[str, Any]) -> str:
    if config.get("use_keyframes_abs_pos_embedding") or config.get("ff_bias") is False:
        return "2.5"
    return "2.3" if config.get("cross_attn_mod") else "2.0"

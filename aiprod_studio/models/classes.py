"""The network classes that checkpoints may ask for by `_class_name`, and how a bare one is built.

Network code comes from diffusers and transformers; our own small networks live in `networks/`, one
class per module named after it. Only what is named here can be built: a file never chooses code.
Used by `loading`; libraries are imported when a class is first asked for.
"""

from __future__ import annotations

import importlib
import inspect
import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from aiprod_studio.sdk import Invalid, Refusal

LIBRARIES = {
    "diffusers": (
        "LTXVideoTransformer3DModel", "AutoencoderKLLTXVideo", "LTX2VideoTransformer3DModel",
        "AutoencoderKLLTX2Video", "AutoencoderKLLTX2Audio", "WanTransformer3DModel",
        "AutoencoderKLWan",
    ),
    "diffusers.pipelines.ltx.modeling_latent_upsampler": ("LTXLatentUpsamplerModel",),
    "diffusers.pipelines.ltx2.latent_upsampler": ("LTX2LatentUpsamplerModel",),
    "diffusers.pipelines.ltx2.connectors": ("LTX2TextConnectors",),
    "diffusers.pipelines.ltx2.vocoder": ("LTX2Vocoder", "LTX2VocoderWithBWE"),
    "diffusers.pipelines.ltx2.duration_head": ("LTX2DurationHead",),
    "transformers": (
        "T5EncoderModel", "UMT5EncoderModel", "Gemma3TextModel", "Gemma4UnifiedTextModel",
    ),
    "diffusers.models.autoencoders.ltx2_diffusion_decoder": ("LTX2VideoDiffusionDecoderModel",),
}  # fmt: skip
CLASSES = {name: module for module, names in LIBRARIES.items() for name in names}
"""Class name to the module that holds it."""

NETWORKS = "aiprod_studio.models.networks"


def find_class(name: str) -> type[torch.nn.Module]:
    """Return the network class of that name.

    Raises:
        Refusal: no such class is known to this program.
    """
    module = CLASSES.get(name) or _own_module(name)
    if module:
        found = getattr(importlib.import_module(module), name, None)
        if isinstance(found, type) and issubclass(found, torch.nn.Module):
            return found
    why = f"the checkpoint asks for the network class {name[:80]!r}, which is not known"
    raise Refusal(Invalid("", why, "Update the program, or choose another checkpoint."))


def _own_module(name: str) -> str:
    """Return the module of one of our own classes: FrameUpscaler lives in frame_upscaler."""
    if not re.fullmatch(r"[A-Z][A-Za-z0-9]*", name):
        return ""
    stem = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    there = (Path(__file__).parent / "networks" / f"{stem}.py").is_file()
    return f"{NETWORKS}.{stem}" if there else ""


class _EmptyOnMeta(TorchFunctionMode):
    """Weights, which constructors make with `torch.empty`, take no memory and no time.

    Filling a weight on the meta device does nothing. Everything that is computed (position tables,
    filters) is real, so that buffers which no file holds need no second building.
    """

    def __torch_function__(
        self, func: Any, types: Any, args: Any = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        options = dict(kwargs or {})
        if func is torch.empty:
            options["device"] = "meta"
        return func(*args, **options)


def skeleton(class_name: str, config: Mapping[str, Any]) -> torch.nn.Module:
    """Build a network without weights, in evaluation mode.

    Raises:
        Refusal: the class is unknown or does not take this configuration.
    """
    found = find_class(class_name)
    try:
        with _EmptyOnMeta(), _quiet("diffusers"):
            network = _construct(found, {k: v for k, v in config.items() if k[:1] != "_"})
    except (TypeError, ValueError, KeyError, AttributeError, IndexError, RuntimeError) as error:
        why = f"its configuration does not build a {class_name} ({error})"
        raise Refusal(Invalid("", why, "The file's metadata is damaged or too new.")) from error
    return network.eval().requires_grad_(False)


def _construct(found: type[torch.nn.Module], config: dict[str, Any]) -> torch.nn.Module:
    config_class = getattr(found, "config_class", None)
    if config_class is not None:
        return found(config_class.from_dict(config))
    taken = inspect.signature(found.__init__).parameters
    if any(p.kind is p.VAR_KEYWORD for p in taken.values()):
        return found(**config)
    return found(**{name: value for name, value in config.items() if name in taken})


@contextmanager
def _quiet(name: str) -> Iterator[None]:
    logger = logging.getLogger(name)
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)

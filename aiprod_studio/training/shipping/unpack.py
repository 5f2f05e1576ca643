"""Fills a cache from shipped weights, so that training can be gone on with on any machine.

Used by the command line (`unpack`). It reads the parts through their files' own configurations and
writes what the stages would have left; data and the optimisers' states are not part of a shipment.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor

from aiprod_studio.models.networks.frame_refiner import FrameRefiner
from aiprod_studio.models.networks.frame_upscaler import FrameUpscaler
from aiprod_studio.models.networks.patch_autoencoder import PatchAutoencoder
from aiprod_studio.models.networks.starter_transformer import StarterTransformer
from aiprod_studio.sdk.errors import DoesNotFit, Missing, Refusal
from aiprod_studio.training import weights
from aiprod_studio.training.backbone import text
from aiprod_studio.training.cache import Cache
from aiprod_studio.training.codec import clearing
from aiprod_studio.training.shapes import Shape

POLISH = "polish."
"""What the names of the codec's clean-up begin with; the rest is its linear part."""
NEEDED = ("vae", "text_encoder", "transformer")
REFINER = "refiner.safetensors"
BACKBONE = "images.safetensors"
"""Where the film stage takes its start from."""


def unpack(
    cache: Cache, shape: Shape, folder: Path, needed: Sequence[str] = NEEDED,
    backbone: str = BACKBONE,
) -> list[str]:  # fmt: skip
    """Write the parts of `folder` that the cache lacks; returns the files written.

    The backbone is stored as what the stage before it would have left (`backbone`). A part whose
    sizes are no longer the shape's is left out where training can make it anew (the clean-up of the
    codec, the upscaler, the refiner).

    Raises:
        Refusal: a `needed` part is missing or of another shape, or the cache's latents are of
            another codec.
    """
    found = {stem: _tensors(folder, stem, stem in needed) for stem in (*NEEDED, "upscaler")}
    codec = found["vae"]
    linear = {name: tensor for name, tensor in codec.items() if not name.startswith(POLISH)}
    _same_latents(cache, folder, linear)
    _must_fit(f"{folder}: the transformer", found["transformer"], _backbone_sizes(shape))
    _must_fit(f"{folder}: the codec", linear, _codec_sizes(shape))
    parts = {
        clearing.CODEC: linear, text.FILE: found["text_encoder"], backbone: found["transformer"],
    }  # fmt: skip
    if _sizes(codec) == _codec_sizes(shape):
        parts[f"polished-{clearing.CODEC}"] = codec
    if _sizes(found["upscaler"]) == _upscaler_sizes(shape):
        parts[clearing.UPSCALER] = found["upscaler"]
    kept = {name: tensors for name, tensors in parts.items() if tensors}
    written = [name for name, tensors in kept.items() if _stored(cache, name, tensors, folder)]
    return written + ([REFINER] if unpack_refiner(cache, folder) else [])


def unpack_refiner(cache: Cache, folder: Path) -> bool:
    """Write the refiner of `folder`, which is the same for every shape; says whether it did."""
    tensors = _tensors(folder, "refiner", needed=False)
    fits = bool(tensors) and _sizes(tensors) == _refiner_sizes()
    return fits and _stored(cache, REFINER, tensors, folder)


def _stored(cache: Cache, name: str, tensors: Mapping[str, Tensor], folder: Path) -> bool:
    """Write a part unless the cache has it; says whether it was written."""
    if cache.path(name).exists():
        return False
    weights.save(cache.path(name), tensors, {"unpacked": _version(folder)})
    return True


def _tensors(folder: Path, stem: str, needed: bool) -> dict[str, Tensor]:
    """A part's weights from its file or numbered files, in float32; empty if it is not there."""
    paths = [folder / f"{stem}.safetensors", *sorted(folder.glob(f"{stem}-*-of-*.safetensors"))]
    paths = [path for path in paths if path.is_file()]
    if needed and not paths:
        why = f"{stem}.safetensors is not in {folder}"
        raise Refusal(Missing("folder", why, "Name the folder of an exported starter model."))
    tensors = [weights.tensors(path) for path in paths]
    return {name: tensor.float() for each in tensors for name, tensor in each.items()}


def _version(folder: Path) -> str:
    path = folder / "manifest.json"
    if not path.is_file():
        return "unknown"
    return str(json.loads(path.read_text(encoding="utf-8"))["version"])


def _same_latents(cache: Cache, folder: Path, linear: Mapping[str, Tensor]) -> None:
    path = cache.path(clearing.CODEC)
    if not path.exists():
        return
    kept = weights.tensors(path)
    if any(name not in kept or not _same(kept[name], linear[name]) for name in linear):
        why = f"{path} is another codec than the one in {folder}: their latents do not mix"
        raise Refusal(DoesNotFit("cache", why, "Choose an empty folder with --cache."))


def _same(kept: Tensor, exported: Tensor) -> bool:
    """Whether they are the same numbers as far as an export keeps them."""
    return torch.equal(kept.bfloat16(), exported.bfloat16())


def _must_fit(what: str, found: Mapping[str, Tensor], wanted: Mapping[str, torch.Size]) -> None:
    wrong = [name for name, tensor in found.items() if wanted.get(name) != tensor.shape]
    if wrong:
        size = tuple(wanted.get(wrong[0], ()))
        why = f"{what} has {wrong[0]} {tuple(found[wrong[0]].shape)}, this shape has {size}"
        raise Refusal(DoesNotFit("folder", why, "Choose the weights' own --shape."))


def _sizes(tensors: Mapping[str, Tensor]) -> dict[str, torch.Size]:
    return {name: tensor.shape for name, tensor in tensors.items()}


def _backbone_sizes(shape: Shape) -> dict[str, torch.Size]:
    with torch.device("meta"):
        return _sizes(StarterTransformer(**shape.transformer()).state_dict())


def _codec_sizes(shape: Shape) -> dict[str, torch.Size]:
    with torch.device("meta"):
        return _sizes(PatchAutoencoder(**shape.codec()).state_dict())


def _refiner_sizes() -> dict[str, torch.Size]:
    with torch.device("meta"):
        return _sizes(FrameRefiner().state_dict())


def _upscaler_sizes(shape: Shape) -> dict[str, torch.Size]:
    with torch.device("meta"):
        network = FrameUpscaler(width=shape.upscaler_width, depth=shape.upscaler_depth)
        return _sizes(network.state_dict())

"""Writes the trained parts as the program ships them: bf16 safetensors, a manifest, the tokenizer.

Each file carries its network's class and configuration in its metadata. Used by the command line
(`export`); the model card is written by `card`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from aiprod_studio.models.networks.frame_upscaler import FrameUpscaler
from aiprod_studio.models.networks.patch_autoencoder import PatchAutoencoder
from aiprod_studio.models.networks.starter_transformer import StarterTransformer
from aiprod_studio.sdk.errors import DoesNotFit, Missing, Refusal
from aiprod_studio.training import clearing, flow, text, weights, world
from aiprod_studio.training.cache import Cache
from aiprod_studio.training.shapes import CELL, GROUP, Shape
from aiprod_studio.training.words import tokenizer

LONGEST_FILE = 16 * 2**20
TOTAL = {"base": 16 * 2**20, "quality": 40 * 2**20}
STAGES = ("quality", "video", "images")
"""Where the backbone is taken from: the latest stage that has run."""


@dataclass(frozen=True)
class Part:
    """One network to write: its file, the component it is, and its weights."""

    file: str
    component: str
    config: dict[str, Any]
    tensors: Mapping[str, Tensor]

    @property
    def parameters(self) -> int:
        """How many numbers it holds."""
        return sum(tensor.numel() for tensor in self.tensors.values())


def export(cache: Cache, shape: Shape, folder: Path) -> dict[str, Any]:
    """Write every part that is trained; returns the manifest.

    Raises:
        Refusal: no backbone is trained yet, or the files are larger than what may be shipped.
    """
    folder.mkdir(parents=True, exist_ok=True)
    version = f"aiprod-starter-1-{shape.name}"
    entries = [_written(part, folder, version) for part in _parts(cache, shape)]
    words = tokenizer(world.WORDS)
    words.save(str(folder / "tokenizer.json"))
    total = sum(int(entry["bytes"]) for entry in entries)
    if total > TOTAL[shape.name]:
        why = f"the parts take {total} bytes, {TOTAL[shape.name]} are allowed"
        raise Refusal(DoesNotFit(str(folder), why, "Make the shape smaller."))
    told = settings(shape) | {"preview": _preview(clearing.stored_codec(cache, shape))}
    manifest = {"version": version, "files": entries, "settings": told}
    manifest["tokenizer"] = _hashed(folder / "tokenizer.json")
    note = json.dumps(manifest, indent=1, sort_keys=True) + "\n"
    (folder / "manifest.json").write_text(note, encoding="utf-8")
    return manifest


def settings(shape: Shape) -> dict[str, Any]:
    """What a run must know: sizes, positions, schedule, defaults, and the words it understands."""
    return {
        "width": world.WIDTH, "height": world.HEIGHT, "frames": world.FRAMES, "rate": world.RATE,
        "multiple": CELL, "frame_step": GROUP, "frame_offset": 1, "channels": shape.channels,
        "prediction": "velocity", "scheduler": "euler", "schedule": "shifted", "shift": 8.0,
        "steps": 20, "guidance": 3.0,
        "timesteps": flow.TIMESTEPS, "space": "frames", "upscale": 2,
        "positions": {"scales": [GROUP, CELL, CELL], "causal": True, "seconds": True},
        "keyframes": {"first": "replace", "others": "append"},
        "words": [word for word in world.WORDS if word.isalpha()],
        "vocabulary": {name: list(values) for name, values in world.VOCABULARY.items()},
    }  # fmt: skip


def _preview(codec: PatchAutoencoder) -> list[list[float]]:
    """Colours of a cell from its channels: one row per channel and the bias, in [-1, 1]."""
    with torch.no_grad():
        still = codec.still_basis.reshape(len(codec.still_basis), 3, -1).mean(-1)
        rows = still / codec.scale[: len(still), None]
        change = rows.new_zeros(codec.change_basis.shape[0], 3)
        bias = codec.still_mean.reshape(3, -1).mean(-1)
        whole = torch.cat([rows, change, bias[None]])
    return [[round(float(value), 5) for value in row] for row in whole]


def backbone(cache: Cache, shape: Shape) -> StarterTransformer:
    """The backbone of the latest stage that has run.

    Raises:
        Refusal: none has.
    """
    for stage in STAGES:
        if cache.path(f"{stage}.safetensors").exists():
            return _filled(shape, weights.tensors(cache.path(f"{stage}.safetensors")))
        state = cache.path(f"{stage}.state.safetensors")
        if state.exists():
            kept = weights.tensors(state)
            mark = "average."
            return _filled(
                shape, {n.removeprefix(mark): t for n, t in kept.items() if n.startswith(mark)}
            )
    why = f"no trained backbone is in {cache.folder}"
    raise Refusal(Missing("cache", why, "Run the stage 'images' first, then 'video'."))


def _filled(shape: Shape, tensors: Mapping[str, Tensor]) -> StarterTransformer:
    network: StarterTransformer = StarterTransformer(**shape.transformer())
    network.load_state_dict(tensors)
    network.eval()
    return network


def _parts(cache: Cache, shape: Shape) -> Iterator[Part]:
    yield _part("transformer", "transformer", backbone(cache, shape))
    encoder = text.frozen(cache, shape)
    yield _part("text_encoder", "text_encoder", encoder)
    yield _part("vae", "video_vae", clearing.stored_codec(cache, shape))
    trained = cache.path(clearing.UPSCALER)
    if trained.exists():
        network = FrameUpscaler(width=shape.upscaler_width, depth=shape.upscaler_depth)
        weights.load(network, trained)
        yield _part("upscaler", "latent_upsampler", network)


def _part(stem: str, component: str, network: nn.Module) -> Part:
    config = network.config
    plain = config.to_dict() if hasattr(config, "to_dict") else dict(config)  # type: ignore[operator]
    kept = {name: value for name, value in plain.items() if not name.startswith("_")}
    kept["_class_name"] = type(network).__name__
    tensors = dict(network.state_dict())
    if component == "text_encoder":
        tensors.pop("encoder.embed_tokens.weight", None)
    return Part(f"{stem}.safetensors", component, json.loads(json.dumps(kept)), tensors)


def _written(part: Part, folder: Path, version: str) -> dict[str, Any]:
    path = folder / part.file
    facts = {"format": "pt", "model_version": version,
             "config": json.dumps({part.component: part.config}, sort_keys=True)}  # fmt: skip
    half = {name: tensor.to(torch.bfloat16).contiguous() for name, tensor in part.tensors.items()}
    passing = path.with_suffix(".part")
    save_file(half, passing, metadata=facts)
    passing.chmod(0o644)
    passing.replace(path)
    if path.stat().st_size > LONGEST_FILE:
        why = f"it has {path.stat().st_size} bytes, {LONGEST_FILE} are allowed"
        raise Refusal(DoesNotFit(str(path), why, "Make the shape smaller."))
    return {"component": part.component, "parameters": part.parameters} | _hashed(path)


def _hashed(path: Path) -> dict[str, Any]:
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    return {"file": path.name, "bytes": len(content), "sha256": digest}

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
from aiprod_studio.training import weights, world
from aiprod_studio.training.backbone import flow, text
from aiprod_studio.training.backbone.words import tokenizer
from aiprod_studio.training.cache import Cache
from aiprod_studio.training.codec import clearing
from aiprod_studio.training.shapes import CELL, GROUP, Shape

ROOM = 15_000_000
"""Bytes of weights that one file may have; a larger network is split into numbered files."""
TOTAL = {"base": 16 * 2**20, "quality": 40 * 2**20}
LONGEST_PROMPT = 64
"""Tokens of a prompt that are read; training shows at most 36, and what is far longer blurs."""
REFINER = "refiner.safetensors"
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


def export(cache: Cache, shape: Shape, folder: Path, *, partial: bool = False) -> dict[str, Any]:
    """Write every part that is trained; returns the manifest.

    Parts that the cache does not hold and that lie in the folder as its manifest says stay part of
    it. A backbone may be missing where `partial` says so.

    Raises:
        Refusal: no backbone is trained yet, or the files are larger than what may be shipped.
    """
    folder.mkdir(parents=True, exist_ok=True)
    version = f"aiprod-starter-1-{shape.name}"
    entries = []
    for part in _parts(cache, shape, partial):
        entries += _written(part, folder, version)
    entries += _staying(folder, entries)
    words = tokenizer(world.WORDS)
    words.save(str(folder / "tokenizer.json"))
    total = sum(int(entry["bytes"]) for entry in entries)
    if total > TOTAL[shape.name]:
        why = f"the parts take {total} bytes, {TOTAL[shape.name]} are allowed"
        raise Refusal(DoesNotFit(str(folder), why, "Make the shape smaller."))
    told = settings(shape) | {"preview": _preview(clearing.stored_codec(cache, shape))}
    manifest = {"version": version, "files": entries, "settings": told}
    if shape.name == "base":  # the folder's own set; its manifest says which one is usual
        manifest["default"] = _manifest(folder).get("default", "base")
    manifest["tokenizer"] = _hashed(folder / "tokenizer.json")
    note = json.dumps(manifest, indent=1, sort_keys=True) + "\n"
    (folder / "manifest.json").write_text(note, encoding="utf-8")
    return manifest


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / "manifest.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return found


def _staying(folder: Path, written: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Entries of the folder's manifest that were not written again and are still true."""
    old = _manifest(folder).get("files", [])
    new = {entry["component"] for entry in written}
    found = [entry for entry in old if entry["component"] not in new]
    return [
        e
        for e in found
        if (folder / e["file"]).is_file() and _hashed(folder / e["file"]).items() <= e.items()
    ]


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
        "longest_prompt": LONGEST_PROMPT,
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
        kept = _stored(cache, stage)
        if kept:
            return _filled(shape, kept)
    why = f"no trained backbone is in {cache.folder}"
    raise Refusal(Missing("cache", why, "Run the stage 'images' first, then 'video'."))


def _stored(cache: Cache, stage: str) -> dict[str, Tensor]:
    """The weights that a stage has left, or its averages where it was stopped; empty if neither."""
    if cache.path(f"{stage}.safetensors").exists():
        return weights.tensors(cache.path(f"{stage}.safetensors"))
    state, mark = cache.path(f"{stage}.state.safetensors"), "average."
    kept = weights.tensors(state) if state.exists() else {}
    return {n.removeprefix(mark): t for n, t in kept.items() if n.startswith(mark)}


def _filled(shape: Shape, tensors: Mapping[str, Tensor]) -> StarterTransformer:
    network: StarterTransformer = StarterTransformer(**shape.transformer())
    network.load_state_dict(tensors)
    network.eval()
    return network


def _parts(cache: Cache, shape: Shape, partial: bool) -> Iterator[Part]:
    if not partial or any(_stored(cache, stage) for stage in STAGES):
        yield _part("transformer", "transformer", backbone(cache, shape))
    yield _part("text_encoder", "text_encoder", text.frozen(cache, shape))
    yield _part("vae", "video_vae", clearing.stored_codec(cache, shape))
    trained = cache.path(clearing.UPSCALER)
    if trained.exists():
        network = FrameUpscaler(width=shape.upscaler_width, depth=shape.upscaler_depth)
        weights.load(network, trained)
        yield _part("upscaler", "latent_upsampler", network)
    trained = cache.path(REFINER)
    if trained.exists():
        from aiprod_studio.models.networks.frame_refiner import FrameRefiner

        between = FrameRefiner()
        weights.load(between, trained)
        yield _part("refiner", "refiner", between)


def _part(stem: str, component: str, network: nn.Module) -> Part:
    config = network.config
    plain = config.to_dict() if hasattr(config, "to_dict") else dict(config)  # type: ignore[operator]
    kept = {name: value for name, value in plain.items() if not name.startswith("_")}
    kept["_class_name"] = type(network).__name__
    tensors = dict(network.state_dict())
    if component == "text_encoder":
        tensors.pop("encoder.embed_tokens.weight", None)
    return Part(f"{stem}.safetensors", component, json.loads(json.dumps(kept)), tensors)


def _written(part: Part, folder: Path, version: str) -> list[dict[str, Any]]:
    """Write a part in as few files as may be shipped; returns the manifest's entries."""
    facts = {"format": "pt", "model_version": version,
             "config": json.dumps({part.component: part.config}, sort_keys=True)}  # fmt: skip
    half = {name: tensor.to(torch.bfloat16).contiguous() for name, tensor in part.tensors.items()}
    stem, pieces = Path(part.file).stem, list(_pieces(half))
    names = [part.file]
    if pieces[1:]:
        names = [
            f"{stem}-{n:05}-of-{len(pieces):05}.safetensors" for n in range(1, len(pieces) + 1)
        ]
    for old in [folder / part.file, *folder.glob(f"{stem}-*-of-*.safetensors")]:
        if old.name not in names:
            old.unlink(missing_ok=True)
    found = []
    for name, piece in zip(names, pieces, strict=True):
        _write(folder / name, piece, facts)
        count = sum(tensor.numel() for tensor in piece.values())
        found.append({"component": part.component, "parameters": count} | _hashed(folder / name))
    return found


def _write(path: Path, tensors: Mapping[str, Tensor], facts: dict[str, str]) -> None:
    """Write a file unless it holds just this: the order of a header is not the same each time."""
    if path.is_file() and weights.facts(path) == facts:
        old = weights.tensors(path)
        if old.keys() == tensors.keys() and all(torch.equal(old[n], tensors[n]) for n in old):
            return
    passing = path.with_suffix(".part")
    save_file(dict(tensors), passing, metadata=facts)
    passing.chmod(0o644)
    passing.replace(path)


def _pieces(tensors: Mapping[str, Tensor]) -> Iterator[dict[str, Tensor]]:
    """The tensors in as few files of like size as their limit asks for."""
    total = sum(tensor.nbytes for tensor in tensors.values())
    each = total / -(-total // ROOM)
    piece: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        if piece and sum(t.nbytes for t in piece.values()) + tensor.nbytes / 2 > each:
            yield piece
            piece = {}
        piece[name] = tensor
    yield piece


def _hashed(path: Path) -> dict[str, Any]:
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    return {"file": path.name, "bytes": len(content), "sha256": digest}

"""Models by name, as the rest of the program speaks of them: `sdk.Model` values and memory sizes.

Joins the models room (what is in the files) with the memory room (what holding it costs). Reads
headers only; weights are touched when a step asks for a model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiprod_studio.app.places import Places, shipped
from aiprod_studio.app.sandbox import Sandbox
from aiprod_studio.sdk import (
    VAE,
    AudioVAE,
    Connectors,
    DiT,
    DurationHead,
    Model,
    Refiner,
    SourceFile,
    TextEncoder,
    Upscaler,
    Vocoder,
)

if TYPE_CHECKING:
    import torch

    from aiprod_studio.memory.budgets import Budgets
    from aiprod_studio.memory.describing import FileSpan, ModelOnDisk
    from aiprod_studio.memory.planning import Room
    from aiprod_studio.models.describing import Facts
    from aiprod_studio.models.descriptor import Part
    from aiprod_studio.models.library import Library

STARTER = shipped("resources") / "models" / "starter"
KINDS: Mapping[str, type[Model]] = {
    "transformer": DiT,
    "text_encoder": TextEncoder,
    "video_vae": VAE,
    "latent_upsampler": Upscaler,
    "refiner": Refiner,
    "connectors": Connectors,
    "audio_vae": AudioVAE,
    "vocoder": Vocoder,
    "duration_head": DurationHead,
}

ELEMENT = {"float32": 4, "float16": 2, "bfloat16": 2}
"""Bytes of a number by compute type."""
MOSTLY = 0.05
"""Up to this share of converted bytes, a loaded network counts as a view of its mapped files."""


def library(places: Places, folders: Sequence[str]) -> Library:
    """Return the models of this machine: the starter's, the user's folder, and given ones."""
    from aiprod_studio.models.library import Library

    present = [folder for folder in searched(places, folders) if folder.is_dir()]
    return Library(present, places.cache / "models.json", STARTER)


def searched(places: Places, folders: Sequence[str]) -> list[Path]:
    """Return where models are looked for: the user's own folder, then those of the settings."""
    return [places.models, *(Path(folder).expanduser() for folder in folders)]


def starter_folder() -> Path:
    """Return the folder of the starter's weights that are used."""
    from aiprod_studio.models.families.starter import usual

    return usual(STARTER)


def absent(folders: Sequence[str]) -> list[str]:
    """Return the folders that the settings name and that are not there (a disk unplugged)."""
    return [folder for folder in folders if not Path(folder).expanduser().is_dir()]


def models_named(name: str, known: Library, sandbox: Sandbox) -> dict[str, Model]:
    """Return the parts of a model by component.

    Args:
        name: `starter`, a name of the library, or a file or folder that the workflow may read.

    Raises:
        Refusal: there is no such model, or its files are damaged or do not belong together.
    """
    from aiprod_studio.models import describe

    beside = sandbox.base / name
    adapter = _lora(name, known, sandbox)
    if adapter is not None:
        return {"lora": adapter}
    if name != "starter" and name and beside.exists():
        parts = describe([sandbox.existing(f"model {name!r}", name)])
    else:
        parts = dict(known.find(name).parts)
    return {component: _model(facts) for component, facts in parts.items()}


def _lora(name: str, known: Library, sandbox: Sandbox) -> Model | None:
    """Return the LoRA file of that name, in the library or beside the workflow; else None."""
    from aiprod_studio.media.identity import identity_of_weights
    from aiprod_studio.models import open_model
    from aiprod_studio.models.lora_file import is_lora

    path = sandbox.base / name
    if name.endswith(".safetensors") and path.is_file():
        path = sandbox.file(f"model {name!r}", name)
        if not is_lora(open_model(path)):
            return None
    else:
        entry = known.lora(name) if name and name != "starter" else None
        if entry is None:
            return None
        path = Path(entry.path)
    size = sum(info.nbytes for info in open_model(path).tensors.values())
    return Model("lora", "", (SourceFile(path, identity_of_weights(path)),), {"lora_bytes": size})


def _model(facts: Facts) -> Model:
    from aiprod_studio.media.identity import identity_of_weights

    files = tuple(SourceFile(path, identity_of_weights(path)) for path in facts["files"])
    return replace(bare(facts), files=files)


def bare(facts: Facts) -> Model:
    """Return a part of a model whose files are named but not identified (nothing is read)."""
    files = tuple(SourceFile(path, "") for path in facts["files"])
    kind = KINDS.get(facts["component"], Model)
    return kind(facts["component"], facts["family"], files, dict(facts["settings"]))


def memory_key(model: Model, compute_type: str) -> str:
    """Return what tells weights in memory apart: the files and the compute type."""
    from aiprod_studio.engine.keys import weights_identity

    return f"{weights_identity(model)} {compute_type}"


def room_of(budgets: Budgets, device: str) -> Room:
    """Return the memory that one model may take on this device when nothing else is held."""
    from aiprod_studio.memory.planning import Room

    separate = device != "cpu"
    most = budgets.vram if separate else budgets.host
    return Room(most, budgets.host, budgets.pinned, separate)


def on_disk(model: Model, compute_type: str, activations: int = 0) -> ModelOnDisk:
    """Describe a model to the memory room: sizes from headers, and how to load it.

    `compute_type` is a name such as float32; no torch is needed until it is loaded.
    """
    from aiprod_studio.memory.describing import ModelOnDisk
    from aiprod_studio.models.recognising import family_named

    family = family_named(model.family)
    paths = [file.path for file in model.files]
    blocks = family.blocks.get(model.component)
    part = part_of(model)
    held = _held(part, ELEMENT[compute_type])
    outside, sizes = _by_block(held, blocks)
    changed = sum(size for name, size in held.items() if size != part.tensors[name].info.nbytes)
    return ModelOnDisk(
        key=memory_key(model, compute_type),
        name=f"{family.title} {model.component.replace('_', ' ')}",
        outside_bytes=outside,
        load=partial(_load, paths, model.component, compute_type),
        block_bytes=sizes,
        blocks=blocks if sizes else None,
        activations=activations,
        mapped=changed <= MOSTLY * sum(held.values()),
        spans=partial(_spans, part, held),
        beside=_is_branch,
    )


def part_of(model: Model) -> Part:
    """Return how a model's network is built: its class, configuration and tensors, from headers.

    Raises:
        Refusal: its files were replaced by something else since it was found.
    """
    from aiprod_studio.models.files import stamp_of

    paths = tuple(file.path for file in model.files)
    stamps = tuple(stamp_of(path) for path in paths)
    return _part(model.family, model.component, paths, stamps)


@lru_cache(maxsize=64)
def _part(family: str, component: str, paths: tuple[Path, ...], stamps: tuple[Any, ...]) -> Part:
    from aiprod_studio.models.files import open_models
    from aiprod_studio.models.recognising import family_named
    from aiprod_studio.models.tokenizers import apart

    weights, _ = apart(paths)
    return family_named(family).part(open_models(weights), component)


def is_packed(model: Model) -> bool:
    """Say whether a model's matrices are stored in GGUF groups, which are costly to expand."""
    from aiprod_studio.models.storage import GGUF

    return any(source.info.dtype in GGUF for source in part_of(model).tensors.values())


def _is_branch(name: str) -> bool:
    """Say whether a tensor is a LoRA's, which hangs beside the layers and never travels."""
    return ".branches." in name


def _spans(part: Part, held: Mapping[str, int]) -> dict[str, FileSpan]:
    """Return where the tensors lie that are held exactly as the file stores them."""
    from aiprod_studio.memory.describing import FileSpan

    return {
        name: FileSpan(path, source.info.offset, source.info.nbytes, source.file.stamp[:2])
        for name, source in part.tensors.items()
        if not source.change
        and held[name] == source.info.nbytes
        and (path := source.info.shard or source.file.path) == source.file.path
    }


def _load(
    paths: list[Path], component: str, compute_type: str, check: Callable[[], None]
) -> torch.nn.Module:
    import torch

    from aiprod_studio.models import load_component

    return load_component(paths, component, dtype=getattr(torch, compute_type), check=check)


def _held(part: Part, element: int) -> dict[str, int]:
    """Return the bytes of each tensor once it is loaded."""
    from aiprod_studio.models.storage import held_bytes, keeps_plain

    keep = keeps_plain(part, element)
    return {
        name: held_bytes(name, source.info, element, keep) for name, source in part.tensors.items()
    }


def _by_block(held: Mapping[str, int], blocks: str | None) -> tuple[int, tuple[int, ...]]:
    """Return the bytes outside the blocks and of each block."""
    outside, inside = 0, dict[int, int]()
    for name, size in held.items():
        number = name.removeprefix(f"{blocks}.").partition(".")[0] if blocks else ""
        if blocks and name.startswith(f"{blocks}.") and number.isdigit():
            inside[int(number)] = inside.get(int(number), 0) + size
        else:
            outside += size
    return outside, tuple(inside[index] for index in sorted(inside))

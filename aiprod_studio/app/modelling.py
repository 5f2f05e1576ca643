"""Models by name, as the rest of the program speaks of them: `sdk.Model` values and memory sizes.

Joins the models room (what is in the files) with the memory room (what holding it costs). Reads
headers only; weights are touched when a step asks for a model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiprod_studio.app.places import shipped
from aiprod_studio.app.sandbox import Sandbox
from aiprod_studio.sdk import (
    VAE,
    DiT,
    Missing,
    Model,
    Refusal,
    SourceFile,
    TextEncoder,
    Upscaler,
)

if TYPE_CHECKING:
    import torch

    from aiprod_studio.memory.describing import ModelOnDisk
    from aiprod_studio.models.descriptor import Family, Part
    from aiprod_studio.models.files import ModelFile

STARTER = "starter"
KINDS: Mapping[str, type[Model]] = {
    "transformer": DiT,
    "text_encoder": TextEncoder,
    "video_vae": VAE,
    "latent_upsampler": Upscaler,
}
SUFFIXES = (".safetensors", ".gguf")
PLAIN = {"F32", "F16", "BF16", "F64"}
"""Element types that are converted to the compute type when they are loaded."""


def model_files(name: str, sandbox: Sandbox, folders: Iterable[Path]) -> list[Path]:
    """Return the files of a model: the starter's, or what a name or path leads to.

    Raises:
        Refusal: there is no such model, or it lies outside the folders that may be read.
    """
    if name == STARTER:
        return _files_in(shipped("resources") / "models" / STARTER, name)
    for folder in folders:
        found = (folder / name).expanduser()
        if name and found.exists() and found.resolve().is_relative_to(folder.resolve()):
            return _files_in(found, name) if found.is_dir() else [found]
    found = sandbox.existing(f"model {name!r}", name)
    return _files_in(found, name) if found.is_dir() else [found]


def _files_in(folder: Path, name: str) -> list[Path]:
    wanted = (*SUFFIXES, ".json")
    found = sorted(path for path in folder.glob("*") if path.suffix in wanted)
    if not any(path.suffix in SUFFIXES for path in found):
        remedy = "Choose a folder with .safetensors or .gguf files, or the model `starter`."
        raise Refusal(Missing(f"model {name!r}", f"{folder} holds no model files", remedy))
    return found


def describe(paths: Iterable[Path]) -> dict[str, Model]:
    """Return the parts of a model by component, from the headers of its files.

    Raises:
        Refusal: a file is damaged or unknown, or the files do not belong together.
    """
    from aiprod_studio.models.files import open_model
    from aiprod_studio.models.recognising import family_of, recognise

    paths = list(paths)
    files = [open_model(path) for path in paths if path.suffix in SUFFIXES]
    beside = tuple(path for path in paths if path.name.startswith("tokenizer"))
    family = family_of(files)
    settings = _plain(family.settings(files))
    parts: dict[str, Model] = {}
    for file in files:
        known = recognise(file)
        for component in known[1].components if known else ():
            if component not in parts:
                extra = beside if component == "text_encoder" else ()
                parts[component] = _part(family, files, component, settings, extra)
    return parts


def _part(
    family: Family,
    files: list[ModelFile],
    component: str,
    settings: dict[str, Any],
    beside: tuple[Path, ...],
) -> Model:
    from aiprod_studio.media.identity import identity_of

    part = family.part(files, component)
    used = dict.fromkeys(source.file.path for source in part.tensors.values())
    sources = tuple(SourceFile(path, identity_of(path)) for path in (*used, *beside))
    kind = KINDS.get(component, Model)
    return kind(component, family.name, sources, settings)


def _plain(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {name: settings[name] for name in sorted(settings)}


def memory_key(model: Model, dtype: torch.dtype) -> str:
    """Return what tells weights in memory apart: the files and the compute type."""
    from aiprod_studio.engine.keys import weights_identity

    return f"{weights_identity(model)} {dtype}"


def on_disk(model: Model, dtype: torch.dtype, activations: int = 0) -> ModelOnDisk:
    """Describe a model to the memory room: sizes from headers, and how to load it."""
    from aiprod_studio.memory.describing import ModelOnDisk
    from aiprod_studio.models.files import open_model
    from aiprod_studio.models.recognising import family_named

    family = family_named(model.family)
    paths = [file.path for file in model.files]
    files = [open_model(path) for path in paths if path.suffix in SUFFIXES]
    blocks = family.blocks.get(model.component)
    outside, sizes = _sizes(family.part(files, model.component), blocks, dtype.itemsize)
    return ModelOnDisk(
        key=memory_key(model, dtype),
        name=f"{family.title} {model.component.replace('_', ' ')}",
        outside_bytes=outside,
        load=partial(_load, paths, model.component, dtype),
        block_bytes=sizes,
        blocks=blocks if sizes else None,
        activations=activations,
    )


def _load(
    paths: list[Path], component: str, dtype: torch.dtype, check: Callable[[], None]
) -> torch.nn.Module:
    from aiprod_studio.models import load_component

    return load_component(paths, component, dtype=dtype, check=check)


def _sizes(part: Part, blocks: str | None, element: int) -> tuple[int, tuple[int, ...]]:
    """Return the bytes outside the blocks and of each block, once loaded."""
    outside, inside = 0, dict[int, int]()
    for name, source in part.tensors.items():
        info = source.info
        size = info.count * element if info.dtype in PLAIN else info.nbytes
        number = name.removeprefix(f"{blocks}.").partition(".")[0] if blocks else ""
        if blocks and name.startswith(f"{blocks}.") and number.isdigit():
            inside[int(number)] = inside.get(int(number), 0) + size
        else:
            outside += size
    return outside, tuple(inside[index] for index in sorted(inside))

"""Finding parts inside checkpoints by key prefix, and renaming keys; shared by the descriptors.

A single file holds many parts under prefixes; a split file holds one part, often with bare keys.
Nothing here knows a family. Headers only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from aiprod_studio.models.descriptor import Source
from aiprod_studio.models.files import ModelFile

DIT_PREFIXES = ("model.diffusion_model.", "diffusion_model.", "")


def dit_prefix(file: ModelFile, mark: str) -> str | None:
    """Return the prefix under which the transformer's keys stand, found by a key all of them have.

    `mark` is the bare name of that key.
    """
    return next((p for p in DIT_PREFIXES if p + mark in file.tensors), None)


def under(file: ModelFile, prefix: str) -> dict[str, Source]:
    """Return the tensors under a prefix, by the rest of their name."""
    return {
        name[len(prefix) :]: Source(file, info)
        for name, info in file.tensors.items()
        if name.startswith(prefix)
    }


def renamed(tensors: Mapping[str, Source], rules: Sequence[tuple[str, str]]) -> dict[str, Source]:
    """Apply replacements in order to whole dotted names; see `rename`."""
    return {rename(name, rules): source for name, source in tensors.items()}


def rename(name: str, rules: Sequence[tuple[str, str]]) -> str:
    """Replace dotted parts: each rule replaces whole runs of parts (`a.b` never matches `xa.b`)."""
    dotted = f".{name}."
    for old, new in rules:
        replaced = dotted.replace(f".{old}.", f".{new}." if new else ".")
        dotted = replaced
    return dotted[1:-1]


def without(tensors: Mapping[str, Source], drop: Callable[[str], bool]) -> dict[str, Source]:
    """Leave out the names for which `drop` holds."""
    return {name: source for name, source in tensors.items() if not drop(name)}


def rows(tensors: Mapping[str, Source], name: str) -> int:
    """Return the first size of a tensor, 0 where there is none."""
    source = tensors.get(name)
    return source.info.shape[0] if source and source.info.shape else 0


def columns(tensors: Mapping[str, Source], name: str) -> int:
    """Return the second size of a tensor, 0 where there is none."""
    source = tensors.get(name)
    return source.info.shape[1] if source and len(source.info.shape) > 1 else 0


def count_blocks(names: Sequence[str] | Mapping[str, object], prefix: str) -> int:
    """Return one more than the largest number after a prefix, 0 where there is none."""
    found = {
        int(head)
        for name in names
        if name.startswith(prefix)
        for head in [name[len(prefix) :].partition(".")[0]]
        if head.isdigit()
    }
    return max(found) + 1 if found else 0


def size_of(files: Sequence[ModelFile], keys: Sequence[str], axis: int) -> int:
    """Return one size of the first of these tensors that a file has, under any prefix; else 0."""
    for key in keys:
        for file in files:
            for prefix in (*DIT_PREFIXES, "vae."):
                info = file.tensors.get(prefix + key)
                if info is not None and len(info.shape) > axis:
                    return info.shape[axis]
    return 0


LATENT_KEYS = ("per_channel_statistics.mean-of-means", "latents_mean")
"""Statistics that a video VAE keeps for each of its latent channels."""


def latent_channels(files: Sequence[ModelFile]) -> int:
    """Return the latent channels of the video VAE among the files, or of the transformer."""
    own = size_of(files, LATENT_KEYS, 0)
    return own or size_of(files, ("patchify_proj.weight", "proj_in.weight"), 1) or 128

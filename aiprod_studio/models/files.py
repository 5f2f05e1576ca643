"""What a model file on the disk is, seen from its first bytes: format, tensors, metadata.

The whole room reads files through `open_model`, which gives a `ModelFile`. It reads headers only,
never a weight, and never imports torch; what is not a model file is refused by its right name
(a pickle, a download that broke off, a Git LFS pointer, a web page).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from aiprod_studio.sdk import Invalid, Missing, Problem, Refusal

NUMBERED = re.compile(r"(.+)-(\d{5})-of-(\d{5})(\.safetensors|\.gguf)")
SUFFIXES = (".safetensors", ".sft", ".gguf")
MOST_SHARDS = 512


@dataclass(frozen=True)
class TensorInfo:
    """One tensor in a file: element type as the file names it, shape, absolute offset, bytes.

    `shard` is the file that holds it where a model is split into numbered files, else None.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    offset: int
    nbytes: int
    shard: Path | None = None

    @property
    def count(self) -> int:
        """The number of elements."""
        total = 1
        for size in self.shape:
            total *= size
        return total


Stamp = tuple[int, int, int]


@dataclass(frozen=True)
class ModelFile:
    """A model file's header, or that of a set of numbered files read as one.

    `stamp` (size, mtime in ns, inode) tells whether it was replaced; `shards` holds the stamps of
    numbered files.
    """

    path: Path
    format: str
    tensors: Mapping[str, TensorInfo]
    metadata: Mapping[str, Any]
    size: int
    stamp: Stamp = (0, 0, 0)
    shards: Mapping[Path, Stamp] = field(default_factory=dict)

    @property
    def config(self) -> dict[str, Any]:
        """The JSON object under `config` in the metadata, or an empty one."""
        return self.metadata_object("config")

    def section(self, name: str) -> dict[str, Any]:
        """Return one part's object in `config`; what is not one counts as absent."""
        found = self.config.get(name)
        return found if isinstance(found, dict) else {}

    def metadata_object(self, name: str) -> dict[str, Any]:
        """Read a JSON object kept as text in the metadata; what is not one counts as absent."""
        text = self.metadata.get(name)
        if not isinstance(text, str):
            return {}
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            return {}
        return value if isinstance(value, dict) else {}

    @property
    def folder_config(self) -> dict[str, Any]:
        """The JSON object in `config.json` beside the file (diffusers and transformers folders)."""
        return json_beside(self.path, "config.json")

    @property
    def version(self) -> str:
        """What the file says its model version is, or an empty text."""
        return str(self.metadata.get("model_version", ""))


def refused(path: Path, why: str, remedy: str, kind: type[Problem] = Invalid) -> Refusal:
    """Return the refusal of a file, in the form that all rooms show."""
    return Refusal(kind(f"file {path.name}", why, remedy))


def stamp_of(path: Path) -> Stamp:
    """Return (size, mtime ns, inode) of a file.

    Raises:
        Refusal: it is not there, is a folder, or cannot be read.
    """
    try:
        found = path.stat()
    except OSError as error:
        why = f"it cannot be read from {path.parent} ({error.strerror or error})"
        raise refused(path, why, "Check the path and the drive it is on.", Missing) from None
    if path.is_dir():
        raise refused(path, "this is a folder, not a model file", "Choose the file inside it.")
    return found.st_size, found.st_mtime_ns, found.st_ino


def open_model(path: str | Path) -> ModelFile:
    """Read a model file's header; the answer is remembered until the file changes.

    One of a set of numbered files (`model-00001-of-00003.safetensors`) stands for the whole set.

    Raises:
        Refusal: it is missing, damaged, or no model file; the sentence says which.
    """
    path = Path(path)
    number = NUMBERED.fullmatch(path.name)
    if number is None:
        return _open(path, stamp_of(path))
    names = [f"{number[1]}-{i:05d}-of-{number[3]}{number[4]}" for i in range(1, int(number[3]) + 1)]
    paths = [path.with_name(name) for name in names[:MOST_SHARDS]]
    return _join([_open(each, stamp_of(each)) for each in paths])


def open_models(paths: Sequence[str | Path]) -> list[ModelFile]:
    """Open several files; a folder stands for the model files in it and in its sub-folders.

    Raises:
        Refusal: see `open_model`; or a folder holds none.
    """
    found: dict[Path, ModelFile] = {}
    for path in map(Path, paths):
        inside = model_files(path) if path.is_dir() else [path]
        if not inside:
            raise refused(path, "there is no model file in this folder", "Choose another.", Missing)
        for each in inside:
            file = open_model(each)
            found.setdefault(file.path, file)
    return list(found.values())


def model_files(folder: Path) -> list[Path]:
    """Return the safetensors and GGUF files in a folder and one level below."""
    inside = [path for form in ("*", "*/*") for path in sorted(folder.glob(form))]
    return [path for path in inside if path.suffix in SUFFIXES and path.is_file()]


def json_beside(path: Path, name: str) -> dict[str, Any]:
    """Read a small JSON object beside a file; what is not one counts as absent."""
    beside = path.with_name(name)
    try:
        if beside.stat().st_size > 1 << 20:
            return {}
        value = json.loads(beside.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _join(files: Sequence[ModelFile]) -> ModelFile:
    """Read numbered files as one."""
    first = files[0]
    tensors: dict[str, TensorInfo] = {}
    for file in files:
        for name, info in file.tensors.items():
            if name in tensors:
                why = f"tensor {name!r} is also in another file of its set"
                raise refused(file.path, why, "Download the whole set again.")
            tensors[name] = replace(info, shard=file.path)
    stamps = {file.path: file.stamp for file in files}
    size = sum(file.size for file in files)
    return replace(first, tensors=tensors, size=size, shards=stamps)


@lru_cache(maxsize=256)
def _open(path: Path, stamp: Stamp) -> ModelFile:
    from aiprod_studio.models import gguf_header, safetensors_header, sniffing

    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        why = f"it cannot be read ({error.strerror or error})"
        raise refused(path, why, "Check that you may read it.", Missing) from None
    found = sniffing.kind_of(head, stamp[0])
    if found == "safetensors":
        return safetensors_header.read(path, stamp)
    if found == "gguf":
        return gguf_header.read(path, stamp)
    raise sniffing.refusal(path, found, stamp[0])

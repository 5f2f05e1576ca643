"""Read a GGUF header strictly: metadata, tensor names, quantisation types, shapes and offsets.

Used by `files.open_model`. Shapes come out in torch's order (rows first); long arrays in the
metadata (vocabularies) are skipped, not read, so that a large file answers at once. No weight is
touched. Format: ggml's GGUF description, versions 2 and 3, little-endian.
"""

from __future__ import annotations

import mmap
import struct
from pathlib import Path
from typing import Any

from aiprod_studio.models.files import ModelFile, TensorInfo, refused
from aiprod_studio.sdk import Refusal

TYPES: dict[int, tuple[str, int, int]] = {
    0: ("F32", 1, 4), 1: ("F16", 1, 2), 2: ("Q4_0", 32, 18), 3: ("Q4_1", 32, 20),
    6: ("Q5_0", 32, 22), 7: ("Q5_1", 32, 24), 8: ("Q8_0", 32, 34), 9: ("Q8_1", 32, 40),
    10: ("Q2_K", 256, 84), 11: ("Q3_K", 256, 110), 12: ("Q4_K", 256, 144),
    13: ("Q5_K", 256, 176), 14: ("Q6_K", 256, 210), 15: ("Q8_K", 256, 292),
    16: ("IQ2_XXS", 256, 66), 17: ("IQ2_XS", 256, 74), 18: ("IQ3_XXS", 256, 98),
    19: ("IQ1_S", 256, 50), 20: ("IQ4_NL", 32, 18), 21: ("IQ3_S", 256, 110),
    22: ("IQ2_S", 256, 82), 23: ("IQ4_XS", 256, 136), 24: ("I8", 1, 1), 25: ("I16", 1, 2),
    26: ("I32", 1, 4), 27: ("I64", 1, 8), 28: ("F64", 1, 8), 29: ("IQ1_M", 256, 56),
    30: ("BF16", 1, 2), 34: ("TQ1_0", 256, 54), 35: ("TQ2_0", 256, 66), 39: ("MXFP4", 32, 17),
    40: ("NVFP4", 64, 36),
}  # fmt: skip
"""ggml type number: name, elements per group, bytes per group."""

SCALARS = {
    0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q",
    12: "<d",
}  # fmt: skip
TEXT, ARRAY = 8, 9
LONGEST_TEXT = 64 << 20
LONGEST_ARRAY_READ = 256
MOST_TENSORS = 1_000_000
DAMAGED = "The file is damaged or its download broke off; download it again."


class _Reader:
    """A cursor over the mapped file that refuses to run past its end."""

    def __init__(self, path: Path, data: mmap.mmap) -> None:
        self.path, self.data, self.at = path, data, 0

    def scalar(self, form: str) -> Any:
        size = struct.calcsize(form)
        self.skip(size)
        return struct.unpack_from(form, self.data, self.at - size)[0]

    def text(self) -> str:
        length = self.scalar("<Q")
        if length > LONGEST_TEXT:
            raise refused(self.path, f"a text of {length:,} bytes stands in its header", DAMAGED)
        self.skip(length)
        return self.data[self.at - length : self.at].decode("utf-8", "replace")

    def skip(self, count: int) -> None:
        if self.at + count > len(self.data):
            raise refused(self.path, "its header breaks off before its end", DAMAGED)
        self.at += count

    def value(self, kind: int) -> Any:
        if kind == TEXT:
            return self.text()
        if kind == ARRAY:
            return self.array()
        if kind not in SCALARS:
            raise refused(self.path, f"its metadata holds the unknown type {kind}", DAMAGED)
        return self.scalar(SCALARS[kind])

    def array(self) -> list[Any] | str:
        """Return a short array, or a note on a long one, whose elements are stepped over."""
        kind, count = self.scalar("<I"), self.scalar("<Q")
        if kind in SCALARS and count > LONGEST_ARRAY_READ:
            self.skip(count * struct.calcsize(SCALARS[kind]))
        elif kind in SCALARS or (kind == TEXT and count <= LONGEST_ARRAY_READ):
            return [self.value(kind) for _ in range(count)]
        elif kind == TEXT and count <= len(self.data) // 8:
            for _ in range(count):
                self.skip(self.scalar("<Q"))
        else:
            raise refused(self.path, f"its metadata holds an array of type {kind}", DAMAGED)
        return f"({count:,} values)"


def read(path: Path, stamp: tuple[int, int, int]) -> ModelFile:
    """Read and check the header of a GGUF file.

    Raises:
        Refusal: the header is damaged, or the data does not match it.
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        reader = _Reader(path, data)
        reader.skip(4)
        version = reader.scalar("<I")
        if version not in (2, 3):
            why = f"it is GGUF version {version}, and only 2 and 3 are known"
            raise refused(path, why, "Convert it again with a current tool.")
        count, keys = reader.scalar("<Q"), reader.scalar("<Q")
        if count > MOST_TENSORS or keys > MOST_TENSORS:
            raise refused(path, f"it claims {count:,} tensors and {keys:,} keys", DAMAGED)
        metadata = _metadata(reader, keys)
        entries = _entries(reader, count)
        return _model(path, stamp, metadata, entries, reader.at)


def _metadata(reader: _Reader, count: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for _ in range(count):
        key = reader.text()
        if key in found:
            raise refused(reader.path, f"its metadata names {key!r} twice", DAMAGED)
        found[key] = reader.value(reader.scalar("<I"))
    return found


def _entries(reader: _Reader, count: int) -> dict[str, tuple[tuple[int, ...], int, int]]:
    """Return (shape, type number, offset from the start of the data) by tensor name."""
    found: dict[str, tuple[tuple[int, ...], int, int]] = {}
    for _ in range(count):
        name = reader.text()
        if name in found:
            raise refused(reader.path, f"its header names tensor {name!r} twice", DAMAGED)
        dimensions = reader.scalar("<I")
        if dimensions > 8:
            raise refused(reader.path, f"tensor {name!r} has {dimensions} dimensions", DAMAGED)
        sizes = [reader.scalar("<Q") for _ in range(dimensions)]
        found[name] = (tuple(reversed(sizes)), reader.scalar("<I"), reader.scalar("<Q"))
    return found


def _model(
    path: Path,
    stamp: tuple[int, int, int],
    metadata: dict[str, Any],
    entries: dict[str, tuple[tuple[int, ...], int, int]],
    header_end: int,
) -> ModelFile:
    alignment = metadata.get("general.alignment", 32)
    if not isinstance(alignment, int) or not 1 <= alignment <= 1 << 20:
        raise refused(path, f"its alignment is {alignment!r}", DAMAGED)
    first = -(-header_end // alignment) * alignment
    originals = _original_shapes(metadata)
    tensors = {n: _tensor(path, n, e, first, originals) for n, e in entries.items()}
    if not tensors:
        raise refused(path, "it holds no tensors", "Choose a file that holds weights.")
    _check_layout(path, tensors, stamp[0])
    return ModelFile(path, "gguf", tensors, metadata, stamp[0], stamp)


def _original_shapes(metadata: dict[str, Any]) -> dict[str, tuple[int, ...]]:
    """ComfyUI's converter keeps shapes that GGUF cannot hold under `comfy.gguf.orig_shape.NAME`."""
    mark = "comfy.gguf.orig_shape."
    return {
        key.removeprefix(mark): tuple(value)
        for key, value in metadata.items()
        if key.startswith(mark) and isinstance(value, list)
    }


def _tensor(
    path: Path,
    name: str,
    entry: tuple[tuple[int, ...], int, int],
    first: int,
    originals: dict[str, tuple[int, ...]],
) -> TensorInfo:
    shape, kind, offset = entry

    def wrong(why: str) -> Refusal:
        return refused(path, f"tensor {name!r} {why}", DAMAGED)

    if kind not in TYPES:
        raise wrong(f"has the quantisation type {kind}, which is not known")
    dtype, group, bytes_per_group = TYPES[kind]
    info = TensorInfo(name, dtype, shape, first + offset, 0)
    if info.count > 1 << 50:
        raise wrong(f"has the absurd shape {list(shape)}")
    if shape and shape[-1] % group:
        raise wrong(f"has rows of {shape[-1]}, which {dtype} cannot hold (groups of {group})")
    shown = originals.get(name, shape)
    if TensorInfo(name, dtype, shown, 0, 0).count != info.count:
        raise wrong(f"has two shapes that disagree: {list(shape)} and {list(shown)}")
    return TensorInfo(name, dtype, shown, info.offset, info.count // group * bytes_per_group)


def _check_layout(path: Path, tensors: dict[str, TensorInfo], size: int) -> None:
    at, before = 0, ""
    for info in sorted(tensors.values(), key=lambda info: (info.offset, info.nbytes)):
        if info.offset < at:
            why = f"tensor {info.name!r} overlaps {before!r} by {at - info.offset:,} bytes"
            raise refused(path, why, DAMAGED)
        at, before = info.offset + info.nbytes, info.name
    if at > size:
        why = f"its header promises {at:,} bytes but {size:,} are there ({100 * size / at:.1f} %)"
        raise refused(path, why, "The download broke off; resume or repeat it.")

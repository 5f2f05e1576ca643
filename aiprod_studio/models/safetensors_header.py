"""Read a safetensors header strictly: names, element types, shapes, offsets and metadata.

Used by `files.open_model`. A file that lies (offsets past the end, overlapping, holes, shapes that
do not match their bytes, duplicate names, a huge header) is refused in words that name the tensor.
No weight is touched. Format: 8 bytes little-endian header length, JSON, data; see the safetensors
format description.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

from aiprod_studio.models.files import ModelFile, TensorInfo, refused
from aiprod_studio.sdk import Refusal

BITS = {
    "BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8, "F8_E4M3FNUZ": 8,
    "F8_E5M2FNUZ": 8, "I16": 16, "U16": 16, "F16": 16, "BF16": 16, "I32": 32, "U32": 32,
    "F32": 32, "F64": 64, "I64": 64, "U64": 64, "C64": 64, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6,
}  # fmt: skip
"""Bits per element of every type the format knows."""

LONGEST_HEADER = 100_000_000
MOST_DIMENSIONS = 8
LARGEST_SIZE = 1 << 40
DAMAGED = "The file is damaged or was changed on purpose; download it again from its source."


class _Duplicate(ValueError):
    """A name that stands twice in one JSON object."""


def read(path: Path, stamp: tuple[int, int, int]) -> ModelFile:
    """Read and check the header of a safetensors file.

    Raises:
        Refusal: the header is damaged, or the data does not match it.
    """
    size = stamp[0]
    text = _header_bytes(path, size)
    raw = _header(path, text)
    metadata = raw.pop("__metadata__", None) or {}
    if not isinstance(metadata, dict) or not all(isinstance(v, str) for v in metadata.values()):
        raise refused(path, "its metadata is not a table of texts", DAMAGED)
    first = 8 + len(text)
    tensors = {name: _tensor(path, name, entry, first) for name, entry in raw.items()}
    if not tensors:
        raise refused(path, "it holds no tensors", "Choose a file that holds weights.")
    _check_layout(path, tensors, first, size)
    return ModelFile(path, "safetensors", tensors, metadata, size, stamp)


def _header_bytes(path: Path, size: int) -> bytes:
    with path.open("rb") as file:
        length = int(struct.unpack("<Q", file.read(8))[0])
        if length > LONGEST_HEADER:
            why = f"its header claims {length:,} bytes, more than the {LONGEST_HEADER:,} allowed"
            raise refused(path, why, DAMAGED)
        if 8 + length > size:
            raise _broken_off(path, 8 + length, size, "its header")
        return file.read(length)


def _header(path: Path, text: bytes) -> dict[str, Any]:
    try:
        raw = json.loads(text, object_pairs_hook=_unique)
    except _Duplicate as error:
        raise refused(path, f"its header names {str(error)!r} twice", DAMAGED) from None
    except (ValueError, RecursionError):
        raise refused(path, "its header is not valid JSON", DAMAGED) from None
    if not isinstance(raw, dict):
        raise refused(path, "its header is not a table of tensors", DAMAGED)
    return raw


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        seen: set[str] = set()
        raise _Duplicate(next(k for k, _ in pairs if k in seen or seen.add(k)))  # type: ignore[func-returns-value]
    return table


def _whole(value: Any, most: int = 1 << 62) -> bool:
    return type(value) is int and 0 <= value <= most


def _tensor(path: Path, name: str, entry: Any, first: int) -> TensorInfo:
    def wrong(why: str) -> Refusal:
        return refused(path, f"tensor {name!r} {why}", DAMAGED)

    if not isinstance(entry, dict):
        raise wrong("is not described by type, shape and offsets")
    dtype, shape, offsets = entry.get("dtype"), entry.get("shape"), entry.get("data_offsets")
    if not isinstance(dtype, str) or dtype not in BITS:
        raise wrong(f"has the element type {dtype!r}, which the format does not know")
    if not isinstance(shape, list) or not all(_whole(n, LARGEST_SIZE) for n in shape):
        raise wrong(f"has the shape {str(shape)[:60]}, which is no list of sizes")
    if len(shape) > MOST_DIMENSIONS:
        raise wrong(f"has {len(shape)} dimensions, more than {MOST_DIMENSIONS}")
    if not isinstance(offsets, list) or len(offsets) != 2 or not all(map(_whole, offsets)):
        raise wrong(f"has the offsets {str(offsets)[:60]}, which are no start and end")
    start, end = offsets
    info = TensorInfo(name, dtype, tuple(shape), first + start, end - start)
    if info.count * BITS[dtype] != 8 * info.nbytes:
        wanted = info.count * BITS[dtype] // 8
        raise wrong(
            f"of shape {shape} and type {dtype} needs {wanted:,} bytes, has {info.nbytes:,}"
        )
    return info


def _check_layout(path: Path, tensors: dict[str, TensorInfo], first: int, size: int) -> None:
    """Every byte after the header belongs to exactly one tensor."""
    at, before = first, "the header"
    for info in sorted(tensors.values(), key=lambda info: (info.offset, info.nbytes)):
        if info.offset < at:
            why = f"tensor {info.name!r} overlaps {before} by {at - info.offset:,} bytes"
            raise refused(path, why, DAMAGED)
        if info.offset > at:
            why = f"there is a hole of {info.offset - at:,} bytes before tensor {info.name!r}"
            raise refused(path, why, DAMAGED)
        at, before = info.offset + info.nbytes, f"tensor {info.name!r}"
    if at > size:
        raise _broken_off(path, at, size, "its header")
    if at < size:
        why = f"{size - at:,} bytes follow the last tensor, which the header does not name"
        raise refused(path, why, DAMAGED)


def _broken_off(path: Path, wanted: int, size: int, who: str) -> Refusal:
    share = 100 * size / wanted
    why = f"{who} promises {wanted:,} bytes but {size:,} are there ({share:.1f} %)"
    return refused(path, why, "The download broke off; resume or repeat it.")

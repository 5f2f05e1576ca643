"""Safetensors files, written and read in one pass while their digest is taken.

The codec uses it for every tensor and array of a value. It exists beside the safetensors package
because the store wants the SHA-256 of what it writes without reading it again, accepts types that
the package refuses, and must not import torch for a file of plain arrays.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DTYPES = {
    "bool": "BOOL", "uint8": "U8", "int8": "I8", "uint16": "U16", "int16": "I16",
    "uint32": "U32", "int32": "I32", "uint64": "U64", "int64": "I64",
    "float16": "F16", "bfloat16": "BF16", "float32": "F32", "float64": "F64",
    "float8_e4m3fn": "F8_E4M3", "float8_e5m2": "F8_E5M2", "float8_e8m0fnu": "F8_E8M0",
}  # fmt: skip
"""What the format can name; every other type is kept as its bytes (U8)."""

CHUNK = 1 << 22


@dataclass(frozen=True, slots=True)
class Written:
    """A file on the disk: SHA-256 of its content in hexadecimal, and its size in bytes."""

    digest: str
    size: int


@dataclass(frozen=True, slots=True)
class Raw:
    """The bytes of a tensor in memory, little-endian, row by row."""

    dtype: str
    shape: tuple[int, ...]
    data: memoryview

    @property
    def header(self) -> tuple[str, list[int]]:
        """Return type and shape as the format writes them."""
        named = DTYPES.get(self.dtype)
        return (named, list(self.shape)) if named else ("U8", [len(self.data)])


class Altered(Exception):
    """A file does not hold what was once written; the message says how."""


def write(
    path: Path,
    tensors: Mapping[str, Raw],
    note: Mapping[str, str] | None = None,
    check: Callable[[], None] = lambda: None,
) -> Written:
    """Write tensors under their names, with text beside them; `check` may raise to stop.

    Raises:
        OSError: the disk is full or the place cannot be written.
    """
    taken, size = hashlib.sha256(), 0
    with path.open("wb") as file:
        for piece in _pieces(tensors, dict(note or {})):
            check()
            taken.update(piece)
            file.write(piece)
            size += len(piece)
    return Written(taken.hexdigest(), size)


def read(
    path: Path, digest: str, check: Callable[[], None] = lambda: None
) -> tuple[dict[str, memoryview], dict[str, str]]:
    """Return the bytes of each tensor (writable, all in one buffer) and the text beside them.

    Args:
        path: the file.
        digest: the SHA-256 that it must have.
        check: called for each chunk; raises to stop.

    Raises:
        Altered: it is missing, truncated or changed.
        OSError: it cannot be read.
    """
    try:
        content = bytearray(path.stat().st_size)
        taken, filled = hashlib.sha256(), 0
        with path.open("rb", buffering=0) as file, memoryview(content) as view:
            while filled < len(content):
                check()
                count = file.readinto(view[filled : filled + CHUNK])
                if not count:
                    break
                taken.update(view[filled : filled + count])
                filled += count
    except FileNotFoundError:
        raise Altered("it is gone") from None
    if taken.hexdigest() != digest:
        raise Altered("its content is not what was written")
    return _cut(content)


def digest_of(path: Path, check: Callable[[], None] = lambda: None) -> Written:
    """Return digest and size of a file, or of all files in a folder with their names.

    Raises:
        OSError: it is missing or cannot be read.
    """
    if not path.is_dir():
        return _digest_of_file(path, check)
    taken, size = hashlib.sha256(), 0
    for part in sorted(item for item in path.rglob("*") if item.is_file()):
        found = _digest_of_file(part, check)
        taken.update(f"{part.relative_to(path).as_posix()}\0{found.digest}\n".encode())
        size += found.size
    return Written(taken.hexdigest(), size)


def _digest_of_file(path: Path, check: Callable[[], None]) -> Written:
    taken, size = hashlib.sha256(), 0
    buffer = bytearray(min(CHUNK, max(1, path.stat().st_size)))
    with path.open("rb", buffering=0) as file, memoryview(buffer) as view:
        while count := file.readinto(view):
            check()
            taken.update(view[:count])
            size += count
    return Written(taken.hexdigest(), size)


def _pieces(tensors: Mapping[str, Raw], note: dict[str, str]) -> Iterator[bytes | memoryview]:
    header: dict[str, Any] = {"__metadata__": note} if note else {}
    # The widest types first keep every tensor aligned, with no holes between them.
    ordered = sorted(tensors.items(), key=lambda item: (-_width(item[1]), item[0]))
    at = 0
    for name, raw in ordered:
        dtype, shape = raw.header
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [at, at + len(raw.data)]}
        at += len(raw.data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    yield len(text).to_bytes(8, "little")
    yield text
    for _, raw in ordered:
        for start in range(0, len(raw.data), CHUNK):
            yield raw.data[start : start + CHUNK]


def _width(raw: Raw) -> int:
    count = 1
    for side in raw.shape:
        count *= side
    return len(raw.data) // count if count else 0


def _cut(content: bytearray) -> tuple[dict[str, memoryview], dict[str, str]]:
    # The digest was right, so the header is what we wrote.
    length = int.from_bytes(content[:8], "little")
    header = json.loads(bytes(content[8 : 8 + length]))
    note = header.pop("__metadata__", {})
    data = memoryview(content)[8 + length :]
    cuts = {name: facts["data_offsets"] for name, facts in header.items()}
    return {name: data[start:end] for name, (start, end) in cuts.items()}, note

"""Tensors straight from a model file: memory-mapped, one at a time, in their storage type.

Used by `loading`, and by the streamer's disk source through the offsets in the header. A file that
changed after its header was read is refused. Quantised tensors come out as their raw bytes;
`quantised` turns those into numbers.
"""

from __future__ import annotations

import mmap
import warnings
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import torch

from aiprod_studio.models.descriptor import Source
from aiprod_studio.models.files import ModelFile, TensorInfo, refused, stamp_of
from aiprod_studio.sdk import Missing

TORCH_TYPES = {
    "BOOL": torch.bool, "U8": torch.uint8, "I8": torch.int8, "I16": torch.int16,
    "U16": torch.uint16, "I32": torch.int32, "U32": torch.uint32, "I64": torch.int64,
    "U64": torch.uint64, "F16": torch.float16, "BF16": torch.bfloat16, "F32": torch.float32,
    "F64": torch.float64, "C64": torch.complex64, "F8_E4M3": torch.float8_e4m3fn,
    "F8_E5M2": torch.float8_e5m2, "F8_E8M0": torch.float8_e8m0fnu,
    "F8_E4M3FNUZ": torch.float8_e4m3fnuz, "F8_E5M2FNUZ": torch.float8_e5m2fnuz,
}  # fmt: skip
"""Element types that torch holds as they are; anything else is handed out as bytes."""


def _second_half_first(tensor: torch.Tensor) -> torch.Tensor:
    first, second = tensor.chunk(2, dim=0)
    return torch.cat([second, first])


def _less_one(tensor: torch.Tensor) -> torch.Tensor:
    return tensor - 1


CHANGES: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "swap_halves": _second_half_first,
    "less_one": _less_one,
}
"""What a descriptor may ask to be done to a tensor on its way into the network."""


class WeightFiles:
    """Open files of one load; a context manager. Tensors keep their mapping alive after it."""

    def __init__(self) -> None:
        self._maps: dict[Path, mmap.mmap] = {}

    def __enter__(self) -> WeightFiles:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._maps.clear()

    def read(self, source: Source) -> torch.Tensor:
        """Return a tensor as it is stored; the memory belongs to the file, never write to it."""
        info = source.info
        tensor = _view(self._map(source.file, info.shard or source.file.path), info)
        return CHANGES[source.change](tensor) if source.change else tensor

    def _map(self, file: ModelFile, path: Path) -> mmap.mmap:
        if path in self._maps:
            return self._maps[path]
        if stamp_of(path) != file.shards.get(path, file.stamp):
            why = "it was replaced while it was in use"
            raise refused(path, why, "Run again; the new file will be read from its start.")
        try:
            with path.open("rb") as opened:
                found = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            why = f"it cannot be read ({error})"
            raise refused(path, why, "Check the drive it is on.", Missing) from error
        self._maps[path] = found
        return found


def _view(data: mmap.mmap, info: TensorInfo) -> torch.Tensor:
    dtype = TORCH_TYPES.get(info.dtype, torch.uint8)
    if info.nbytes == 0:
        return torch.empty(info.shape, dtype=dtype)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The given buffer is not writable", UserWarning)
        flat = torch.frombuffer(data, dtype=torch.uint8, count=info.nbytes, offset=info.offset)
    if info.dtype not in TORCH_TYPES:
        return flat
    if info.offset % dtype.itemsize:
        flat = flat.clone()
    return flat.view(dtype).reshape(info.shape)

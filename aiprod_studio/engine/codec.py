"""Values to plain structures, with tensors and files beside them; never pickle.

The store and the checkpoints use it; `decode` is the way back. A value becomes JSON in which
everything that is not plain JSON is a one-entry object naming its kind. What it does not know it
refuses (`Unstorable`).
"""

from __future__ import annotations

import base64
import dataclasses
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path, PurePath
from typing import Any

from aiprod_studio.engine.outside import Outside, stamp_or_none
from aiprod_studio.engine.tensorfile import Raw, Written
from aiprod_studio.sdk import SavedFile, SourceFile, StoredFile
from aiprod_studio.sdk.values import STORED

PLAIN = (type(None), bool, int, float, str)
LONG_BYTES = 4096


class Unstorable(TypeError):
    """The value has a part that cannot be written; the message says which."""


@dataclass(frozen=True, slots=True)
class Adopted:
    """A file that the store took over."""

    path: Path
    written: Written


@dataclass
class Encoded:
    """A value taken apart. `value` is the same value as it is safe to hand on."""

    structure: str
    value: Any
    tensors: dict[str, Raw] = field(default_factory=dict)
    files: list[Adopted] = field(default_factory=list)
    outside: list[Outside] = field(default_factory=list)

    @property
    def size(self) -> int:
        """About how many bytes of memory the value takes."""
        return len(self.structure) + sum(len(raw.data) for raw in self.tensors.values())


def encode(value: Any, adopt: Callable[[Path], Adopted] | None = None) -> Encoded:
    """Take a value apart; arrays in it become read-only, tensors move to the CPU.

    Args:
        value: anything made of plain values, containers, arrays, tensors and `@stored` dataclasses.
        adopt: takes over a file of a `StoredFile`; without it such values are refused.

    Raises:
        Unstorable: a part of the value cannot be written.
        OSError: a file could not be taken over.
    """
    writer = _Writer(adopt)
    try:
        structure, settled = writer.take(value)
        text = json.dumps(structure, separators=(",", ":"))
    except RecursionError:
        raise Unstorable("it contains itself or is nested too deeply") from None
    except ValueError as error:
        # Python refuses to write whole numbers of thousands of digits.
        raise Unstorable(str(error)) from None
    return Encoded(text, settled, writer.tensors, writer.files, writer.outside)


class _Writer:
    def __init__(self, adopt: Callable[[Path], Adopted] | None) -> None:
        self.tensors: dict[str, Raw] = {}
        self.files: list[Adopted] = []
        self.outside: list[Outside] = []
        self._adopt = adopt
        self._names: dict[int, str] = {}
        # Holds what was named alive, so that no two objects share an id.
        self._alive: list[Any] = []

    def take(self, value: Any) -> tuple[Any, Any]:
        """Return the structure and the settled value."""
        kind = type(value)
        if kind in PLAIN:
            return value, value
        taker = _TAKERS.get(kind)
        if taker is not None:
            return taker(self, value)
        if isinstance(value, PurePath):
            return {"path": value.as_posix()}, value
        if dataclasses.is_dataclass(kind):
            return self._dataclass(value)
        return self._heavy(value)

    def _list(self, value: list[Any]) -> tuple[Any, Any]:
        pairs = [self.take(item) for item in value]
        return [pair[0] for pair in pairs], [pair[1] for pair in pairs]

    def _tuple(self, value: tuple[Any, ...]) -> tuple[Any, Any]:
        structure, settled = self._list(list(value))
        return {"tuple": structure}, tuple(settled)

    def _dict(self, value: dict[Any, Any]) -> tuple[Any, Any]:
        keys = [self.take(key)[0] for key in value]
        structure, settled = self._list(list(value.values()))
        pairs = list(zip(keys, structure, strict=True))
        return {"dict": pairs}, dict(zip(value, settled, strict=True))

    def _bytes(self, value: bytes) -> tuple[Any, Any]:
        if len(value) <= LONG_BYTES:
            return {"bytes": base64.b64encode(value).decode()}, value
        return {"long": self._named(value, Raw("uint8", (len(value),), memoryview(value)))}, value

    def _fraction(self, value: Fraction) -> tuple[Any, Any]:
        return {"fraction": f"{value.numerator}/{value.denominator}"}, value

    def _stored_file(self, value: StoredFile) -> tuple[Any, Any]:
        if self._adopt is None:
            raise Unstorable("files cannot be kept here")
        adopted = self._adopt(value.path)
        self.files.append(adopted)
        told = [adopted.written.digest, adopted.path.suffix]
        return {"file": told}, StoredFile(adopted.path)

    def _source_file(self, value: SourceFile) -> tuple[Any, Any]:
        self.outside.append(Outside(str(value.path), stamp_or_none(value.path)))
        return {"source": [str(value.path), value.identity]}, value

    def _saved_file(self, value: SavedFile) -> tuple[Any, Any]:
        found = stamp_or_none(value.path)
        self.outside.append(Outside(str(value.path), found, value.identity))
        return {"saved": [str(value.path), value.identity]}, value

    def _dataclass(self, value: Any) -> tuple[Any, Any]:
        kind = type(value)
        name = next((name for name, cls in STORED.items() if cls is kind), None)
        if name is None:
            raise Unstorable(f"class {kind.__name__} is not declared with @stored")
        structure, changed = {}, {}
        for part in dataclasses.fields(value):
            if part.init:
                before = getattr(value, part.name)
                structure[part.name], after = self.take(before)
                if after is not before and _differs(before, after):
                    changed[part.name] = after
        settled = dataclasses.replace(value, **changed) if changed else value
        return {"value": [name, structure]}, settled

    def _heavy(self, value: Any) -> tuple[Any, Any]:
        torch, numpy = sys.modules.get("torch"), sys.modules.get("numpy")
        if numpy is not None and isinstance(value, numpy.ndarray):
            return self._array(value)
        if numpy is not None and isinstance(value, numpy.generic):
            raw = _raw_of_array(numpy, numpy.asarray(value))
            return {"scalar": [self._named(value, raw), raw.dtype]}, value
        if torch is not None and type(value) in (torch.Tensor, torch.nn.Parameter):
            return self._tensor(torch, value)
        raise Unstorable(f"class {type(value).__name__} is not a kind of value the store knows")

    def _array(self, value: Any) -> tuple[Any, Any]:
        numpy = sys.modules["numpy"]
        raw = _raw_of_array(numpy, value)
        value.flags.writeable = False
        return {"array": [self._named(value, raw), raw.dtype, list(raw.shape)]}, value

    def _tensor(self, torch: Any, value: Any) -> tuple[Any, Any]:
        if value.layout is not torch.strided or value.is_quantized or value.device.type == "meta":
            raise Unstorable("a sparse, quantized or meta tensor cannot be kept")
        settled = value.detach().resolve_conj().resolve_neg().cpu()
        flat = settled.contiguous().reshape(-1).view(torch.uint8)
        dtype = str(value.dtype).removeprefix("torch.")
        raw = Raw(dtype, tuple(value.shape), memoryview(flat.numpy()).cast("B"))
        kept = value if settled.data_ptr() == value.data_ptr() and not value.requires_grad else None
        name = self._named(value, raw)
        return {"tensor": [name, dtype, list(value.shape)]}, settled if kept is None else kept

    def _named(self, value: Any, raw: Raw) -> str:
        name = self._names.get(id(value))
        if name is None:
            name = self._names[id(value)] = f"t{len(self.tensors)}"
            self.tensors[name] = raw
            self._alive.append(value)
        return name


_TAKERS: dict[type, Callable[[Any, Any], tuple[Any, Any]]] = {
    list: _Writer._list,
    tuple: _Writer._tuple,
    dict: _Writer._dict,
    bytes: _Writer._bytes,
    Fraction: _Writer._fraction,
    StoredFile: _Writer._stored_file,
    SourceFile: _Writer._source_file,
    SavedFile: _Writer._saved_file,
}


def _raw_of_array(numpy: Any, value: Any) -> Raw:
    if type(value) is not numpy.ndarray or value.dtype.kind not in "biufc":
        raise Unstorable(f"an array of type {value.dtype} cannot be kept")
    straight = numpy.ascontiguousarray(value, dtype=value.dtype.newbyteorder("<"))
    # ascontiguousarray makes a 0-d array 1-d; the shape is kept beside it.
    data = memoryview(straight.reshape(-1).view(numpy.uint8)).cast("B")
    return Raw(str(straight.dtype), tuple(value.shape), data)


def _differs(before: Any, after: Any) -> bool:
    """Say whether settling changed a value; containers are rebuilt even when nothing did."""
    if type(before) in (list, tuple):
        return any(_differs(a, b) for a, b in zip(before, after, strict=True))
    if type(before) is dict:
        return any(_differs(before[key], after[key]) for key in before)
    return before is not after

"""Values put together again from what `codec` made of them.

The store and the checkpoints use it. A class that is unknown or has changed makes a value
`Outdated`: it is computed again, never guessed.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from aiprod_studio.sdk import SavedFile, SourceFile, StoredFile
from aiprod_studio.sdk.values import STORED


class Outdated(ValueError):
    """What was written cannot be read by this release; the message says why."""


def decode(
    structure: str,
    tensors: Mapping[str, memoryview],
    locate: Callable[[str, str], Path] | None = None,
) -> Any:
    """Put a value together again; its arrays are read-only.

    Args:
        structure: what `codec.encode` gave.
        tensors: the bytes of each tensor by name; tensors share this memory.
        locate: from digest and ending of an adopted file, where it is now.

    Raises:
        Outdated: a class is unknown or has changed.
    """
    try:
        return _Reader(tensors, locate).put(json.loads(structure))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Outdated(f"{type(error).__name__}: {error}") from error


class _Reader:
    def __init__(
        self, tensors: Mapping[str, memoryview], locate: Callable[[str, str], Path] | None
    ) -> None:
        self._tensors, self._locate = tensors, locate

    def put(self, told: Any) -> Any:
        if isinstance(told, list):
            return [self.put(item) for item in told]
        if not isinstance(told, dict):
            return told
        ((kind, content),) = told.items()
        return getattr(self, f"_{kind}")(content)

    def _tuple(self, content: list[Any]) -> Any:
        return tuple(self.put(item) for item in content)

    def _dict(self, content: list[list[Any]]) -> Any:
        return {self.put(key): self.put(value) for key, value in content}

    def _bytes(self, content: str) -> Any:
        return base64.b64decode(content)

    def _long(self, name: str) -> Any:
        return bytes(self._tensors[name])

    def _fraction(self, content: str) -> Any:
        return Fraction(content)

    def _path(self, content: str) -> Any:
        return Path(content)

    def _file(self, content: list[str]) -> Any:
        if self._locate is None:
            raise KeyError("files")
        return StoredFile(self._locate(content[0], content[1]))

    def _source(self, content: list[str]) -> Any:
        return SourceFile(Path(content[0]), content[1])

    def _saved(self, content: list[str]) -> Any:
        return SavedFile(Path(content[0]), content[1])

    def _value(self, content: list[Any]) -> Any:
        name, fields = content
        return STORED[name](**{key: self.put(item) for key, item in fields.items()})

    def _scalar(self, content: list[str]) -> Any:
        import numpy

        return numpy.frombuffer(self._tensors[content[0]], dtype=content[1])[0]

    def _array(self, content: list[Any]) -> Any:
        import numpy

        name, dtype, shape = content
        array = numpy.frombuffer(self._tensors[name], dtype=dtype).reshape(shape)
        array.flags.writeable = False
        return array

    def _tensor(self, content: list[Any]) -> Any:
        import torch

        name, dtype, shape = content
        data = self._tensors[name]
        kind = getattr(torch, dtype)
        if not len(data):
            return torch.empty(shape, dtype=kind)
        return torch.frombuffer(data, dtype=torch.uint8).view(kind).reshape(shape)

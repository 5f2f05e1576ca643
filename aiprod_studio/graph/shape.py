"""Small descriptions of JSON values, each of which can both find faults and write its schema.

`format` builds the description of a workflow from them; loader and JSON Schema come from that one
description, so they cannot disagree. Nothing here knows what a workflow is.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from aiprod_studio.graph.errors import listed, shown
from aiprod_studio.graph.records import Json

Path: TypeAlias = tuple[str | int, ...]
Fault: TypeAlias = tuple[Path, str, str]
"""Where, what was found and expected, what to do."""


class Shape(ABC):
    """What a JSON value may look like."""

    expected: str
    type_name: str

    @abstractmethod
    def faults(self, value: Json, path: Path) -> Iterator[Fault]:
        """Yield everything that is wrong with `value`, which stands at `path`."""

    @abstractmethod
    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of such values."""

    def refuse(self, value: Json, path: Path) -> Iterator[Fault]:
        """Yield the one fault of a value that is something else altogether."""
        yield path, f"{shown(value)} stands where {self.expected} is expected", "Correct the field."


class Anything(Shape):
    """Any JSON value; this version keeps it without looking."""

    def faults(self, value: Json, path: Path) -> Iterator[Fault]:
        return iter(())

    def schema(self) -> dict[str, Any]:
        return {}


@dataclass(frozen=True)
class Text(Shape):
    """A text, if given one that matches a pattern."""

    expected: str = "a text"
    pattern: str = ""
    doc: str = ""

    def faults(self, value: Json, path: Path) -> Iterator[Fault]:
        if not isinstance(value, str) or (self.pattern and not re.fullmatch(self.pattern, value)):
            yield from self.refuse(value, path)

    def schema(self) -> dict[str, Any]:
        found: dict[str, Any] = {"type": "string"}
        if self.pattern:
            found["pattern"] = self.pattern
        return found | ({"description": self.doc} if self.doc else {})


@dataclass(frozen=True)
class Words(Shape):
    """One of a few values."""

    options: tuple[str | int, ...]
    doc: str = ""

    @property
    def expected(self) -> str:  # type: ignore[override]
        return (
            "one of " + ", ".join(map(repr, self.options))
            if self.options[1:]
            else repr(self.options[0])
        )

    def faults(self, value: Json, path: Path) -> Iterator[Fault]:
        if isinstance(value, bool | dict | list) or value not in self.options:
            yield from self.refuse(value, path)

    def schema(self) -> dict[str, Any]:
        found = {"enum": list(self.options)} if self.options[1:] else {"const": self.options[0]}
        return found | ({"description": self.doc} if self.doc else {})


@dataclass(frozen=True)
class Flag(Shape):
    """True or false."""

    expected: str = "true or false"

    def faults(self, value: Json, path: Path) -> Iterator[Fault]:
        if not isinstance(value, bool):
            yield from self.refuse(value, path)

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


@dataclass(frozen=True)
class Pair(Shape):
    """Two numbers."""

    expected: str = "a list of two numbers"

    def faults(self, value: Json, path: Path) -> Iterator[Fault]:
        pair = isinstance(value, list) and len(value) == 2
        if not pair or any(type(part) not in (int, float) for part in value):
            yield from self.refuse(value, path)

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}


@dataclass(frozen=True)
class ListOf(Shape):
    """A list of one kind of thing."""

    item: Shape
    doc: str = ""
    expected: str = "a list"

    def faults(self, value: Json, path: Path) -> Iterator[Fault]:
        if not isinstance(value, list):
            yield from self.refuse(value, path)
            return
        for index, part in enumerate(value):
            yield from self.item.faults(part, (*path, index))

    def schema(self) -> dict[str, Any]:
        found: dict[str, Any] = {"type": "array", "items": self.item.schema()}
        return found | ({"description": self.doc} if self.doc else {})


@dataclass(frozen=True)
class MapOf(Shape):
    """An object from names to one kind of thing."""

    item: Shape
    doc: str = ""
    expected: str = "an object of names and values"

    def faults(self, value: Json, path: Path) -> Iterator[Fault]:
        if not isinstance(value, dict):
            yield from self.refuse(value, path)
        elif not isinstance(self.item, Anything):
            for name, part in value.items():
                yield from self.item.faults(part, (*path, name))

    def schema(self) -> dict[str, Any]:
        found: dict[str, Any] = {"type": "object", "additionalProperties": self.item.schema()}
        return found | ({"description": self.doc} if self.doc else {})


@dataclass(frozen=True)
class Record(Shape):
    """An object with known fields; unknown fields are allowed and kept."""

    fields: Mapping[str, Shape]
    needed: tuple[str, ...] = ()
    doc: str = ""
    name: str = field(default="", kw_only=True)
    expected: str = "an object"

    def faults(self, value: Json, path: Path) -> Iterator[Fault]:
        if not isinstance(value, dict):
            yield from self.refuse(value, path)
            return
        for name in self.needed:
            if name not in value:
                yield path, f"the field {name!r} is missing", f"It needs {listed(self.needed)}."
        for name, part in value.items():
            known = self.fields.get(name)
            if known is not None:
                yield from known.faults(part, (*path, name))

    def schema(self) -> dict[str, Any]:
        """Return a reference to `definition` where the record has a name."""
        return {"$ref": f"#/$defs/{self.name}"} if self.name else self.definition()

    def definition(self) -> dict[str, Any]:
        """Return the schema written out."""
        found: dict[str, Any] = {"type": "object"}
        if self.doc:
            found["description"] = self.doc
        found["properties"] = {name: shape.schema() for name, shape in self.fields.items()}
        if self.needed:
            found["required"] = sorted(self.needed)
        return found

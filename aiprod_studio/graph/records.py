"""The frozen parts of a document: node, link, frame, note and the interface of a sub-graph.

Everything else of the room stores, checks, swaps or writes these. They hold what the file said and
nothing derived. `extra` keeps the fields this version does not know. JSON values inside them are
shared between snapshots: nobody changes them in place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

Json: TypeAlias = Any
Mode = Literal["active", "mute", "bypass"]
MODES: tuple[Mode, ...] = ("active", "mute", "bypass")
Source: TypeAlias = tuple[str, str]
"""Where a link starts: (node, output); in a sub-graph also ("inputs", name)."""

Point: TypeAlias = tuple[float, float]
"""Canvas units; for a size, width and height."""

INTERFACE = "inputs"
SUBGRAPH = "subgraph."
EMPTY: Mapping[str, Any] = MappingProxyType({})


def nothing() -> Mapping[str, Any]:
    """Return the empty mapping, as the default of a field."""
    return EMPTY


def frozen(mapping: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a read-only copy."""
    return MappingProxyType(dict(mapping)) if mapping else EMPTY


@dataclass(frozen=True, slots=True)
class Link:
    """A link, named by where it starts and where it arrives."""

    source: str
    output: str
    target: str
    input: str

    def __str__(self) -> str:
        return f"{self.source}.{self.output} → {self.target}.{self.input}"


@dataclass(frozen=True, slots=True)
class Node:
    """A node as the artist wrote it; `params` are JSON values as given, `inputs` where from."""

    name: str
    type: str
    version: str = ""
    params: Mapping[str, Json] = field(default_factory=nothing)
    inputs: Mapping[str, Source] = field(default_factory=nothing)
    mode: Mode = "active"
    extra: Mapping[str, Json] = field(default_factory=nothing)

    def links(self) -> tuple[Link, ...]:
        """Return the links that arrive here."""
        return tuple(Link(*source, self.name, name) for name, source in self.inputs.items())

    @property
    def subgraph(self) -> str | None:
        """The sub-graph that this node uses, if it is a use of one."""
        return self.type[len(SUBGRAPH) :] if self.type.startswith(SUBGRAPH) else None


@dataclass(frozen=True, slots=True)
class Frame:
    """A named, coloured group; members are node names, position and size are canvas units."""

    name: str
    colour: str = ""
    members: tuple[str, ...] = ()
    pos: Point | None = None
    size: Point | None = None
    extra: Mapping[str, Json] = field(default_factory=nothing)


@dataclass(frozen=True, slots=True)
class Note:
    """A text on the canvas."""

    name: str
    text: str = ""
    colour: str = ""
    pos: Point | None = None
    size: Point | None = None
    extra: Mapping[str, Json] = field(default_factory=nothing)


@dataclass(frozen=True, slots=True)
class Interface:
    """An input of a sub-graph: its socket type."""

    type: str
    extra: Mapping[str, Json] = field(default_factory=nothing)

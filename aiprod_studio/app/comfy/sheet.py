"""A workflow of ComfyUI as plain parts: what both of its file forms are read into.

`canvas_form` and `prompt_form` make a `Sheet`, `lending` completes it, `converting` turns it into
a document. Nothing here knows our nodes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from aiprod_studio.graph.records import Json, Mode, Point
from aiprod_studio.sdk import Invalid, Refusal

Origin: TypeAlias = tuple[str, int]
"""Where a link starts: the part's key and the number of its output."""

Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, width and height, in canvas units."""

Users: TypeAlias = Mapping[str, list[tuple[str, str, int]]]
"""For each part who reads it: (key, input, number of the output)."""

MOST_PARTS = 2000


@dataclass(frozen=True)
class Part:
    """A node of ComfyUI. `kind` is its class; `values` are its widgets by name.

    `loose` holds the values of widgets whose names nobody knows. `outputs` are (name, type); the
    form for its server has none.
    """

    key: str
    kind: str
    title: str = ""
    mode: Mode = "active"
    values: dict[str, Json] = field(default_factory=dict)
    sources: dict[str, Origin] = field(default_factory=dict)
    outputs: tuple[tuple[str, str], ...] = ()
    pos: Point | None = None
    size: Point = (280.0, 120.0)
    loose: tuple[Json, ...] = ()


@dataclass(frozen=True)
class Remark:
    """A text on the canvas, as the artist left it."""

    text: str
    pos: Point
    size: Point


@dataclass(frozen=True)
class Group:
    """A named rectangle, which holds the nodes that lie in it."""

    title: str
    colour: str
    box: Box


@dataclass
class Sheet:
    """All that was read of a workflow; sub-graphs are opened up already."""

    parts: dict[str, Part] = field(default_factory=dict)
    groups: list[Group] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    def users(self) -> dict[str, list[tuple[str, str, int]]]:
        """Return who reads each part."""
        found: dict[str, list[tuple[str, str, int]]] = {key: [] for key in self.parts}
        for part, name, (source, slot) in self.links():
            if source in found:
                found[source].append((part.key, name, slot))
        return found

    def links(self) -> Iterator[tuple[Part, str, Origin]]:
        """Yield every link with the part and the input that it arrives at."""
        for part in self.parts.values():
            for name, origin in part.sources.items():
                yield part, name, origin

    def ordered(self) -> list[Part]:
        """Return the parts, sources first; those that wait for each other come last."""
        waiting = {
            key: {source for source, _ in part.sources.values() if source in self.parts}
            for key, part in self.parts.items()
        }
        users = self.users()
        ready = [key for key, sources in waiting.items() if not sources]
        order: dict[str, None] = {}
        for key in ready:
            order[key] = None
            for user, _, _ in users[key]:
                if key in waiting[user]:
                    waiting[user].discard(key)
                    if not waiting[user]:
                        ready.append(user)
        return [self.parts[key] for key in (*order, *(k for k in self.parts if k not in order))]

    def upstream(self, keys: set[str]) -> set[str]:
        """Return these parts and all that they depend on."""
        found, open_ = set(keys), list(keys)
        while open_:
            part = self.parts.get(open_.pop())
            for source, _ in part.sources.values() if part else ():
                if source not in found and source in self.parts:
                    found.add(source)
                    open_.append(source)
        return found

    def downstream(self, keys: set[str], users: Users) -> list[str]:
        """Return these parts and all that depend on them, the nearest first."""
        found = dict.fromkeys(key for key in keys if key in self.parts)
        open_ = list(found)
        for key in open_:
            for user, _, _ in users.get(key, ()):
                if user not in found:
                    found[user] = None
                    open_.append(user)
        return list(found)


def check_count(count: int) -> None:
    """Refuse a workflow of so many nodes, if they are too many.

    Raises:
        Refusal: they are.
    """
    if count > MOST_PARTS:
        why = f"it has more than {MOST_PARTS} nodes, sub-graphs opened up"
        raise Refusal(Invalid("the workflow of ComfyUI", why, "Open a part of it."))

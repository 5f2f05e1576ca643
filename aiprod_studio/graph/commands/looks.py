"""Commands on what only the eye needs of nodes: place, folding, colour. They change no result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiprod_studio.graph.commands.within import Within, counted
from aiprod_studio.graph.history import Draft
from aiprod_studio.graph.records import Point, frozen
from aiprod_studio.graph.values import kept_colour, kept_point


@dataclass(frozen=True)
class MoveNodes(Within):
    """Put nodes at places, in canvas units."""

    places: Mapping[str, Point]

    @property
    def title(self) -> str:
        return f"Move {counted(list(self.places))}"

    def apply(self, draft: Draft) -> None:
        for name, point in self.places.items():
            look(draft, self.within, name, "pos", list(kept_point(point, self.place(name))))


@dataclass(frozen=True)
class ResizeNodes(Within):
    """Give nodes sizes, in canvas units."""

    sizes: Mapping[str, Point]

    @property
    def title(self) -> str:
        return f"Resize {counted(list(self.sizes))}"

    def apply(self, draft: Draft) -> None:
        for name, size in self.sizes.items():
            look(draft, self.within, name, "size", list(kept_point(size, self.place(name))))


@dataclass(frozen=True)
class CollapseNodes(Within):
    """Fold nodes to their header, or unfold them."""

    nodes: tuple[str, ...]
    collapsed: bool = True

    @property
    def title(self) -> str:
        return f"{'Fold' if self.collapsed else 'Unfold'} {counted(self.nodes)}"

    def apply(self, draft: Draft) -> None:
        for name in self.nodes:
            look(draft, self.within, name, "collapsed", True if self.collapsed else None)


@dataclass(frozen=True)
class ColourNodes(Within):
    """Colour nodes; "" goes back to the colour of their kind."""

    nodes: tuple[str, ...]
    colour: str

    @property
    def title(self) -> str:
        return f"Colour {counted(self.nodes)}"

    def apply(self, draft: Draft) -> None:
        for name in self.nodes:
            colour = kept_colour(self.colour, self.place(name))
            look(draft, self.within, name, "colour", colour or None)


def look(draft: Draft, within: str, name: str, field: str, value: Any) -> None:
    """Set a field of a node's view; None removes it."""
    draft.node(within, name)
    view = {**draft.graph(within).view.get(name, {}), field: value}
    if value is None:
        del view[field]
    draft.put(within, "view", name, frozen(view))

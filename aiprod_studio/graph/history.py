"""Changes of a document, one record at a time, and how they are taken back.

A `Draft` is what commands write to; it keeps, for each change, the record before and after, so a
step of the history costs what it changed and nothing more. Records are shared, never copied.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TypeAlias

from aiprod_studio.graph.errors import NoSuchThing, Place, suggestion
from aiprod_studio.graph.graphs import ABSENT, Content, Graph, Table
from aiprod_studio.graph.records import Node
from aiprod_studio.graph.specs import Catalog, Specs
from aiprod_studio.sdk import Refusal


class Swapped(NamedTuple):
    """One record took the place of another; `ABSENT` on either side means made or removed."""

    within: str
    table: Table
    key: str
    before: Any
    after: Any

    def apply(self, content: Content) -> None:
        """Do it."""
        content.swap(self.within, self.table, self.key, self.after)

    def reversed(self) -> Swapped:
        """Return what takes it back."""
        return self._replace(before=self.after, after=self.before)


class Renamed(NamedTuple):
    """A node got another name; its view moved with it. Links are changed beside this."""

    within: str
    old: str
    new: str

    def apply(self, content: Content) -> None:
        """Do it."""
        node: Node = content.get(self.within, "nodes", self.old)
        content.swap(self.within, "nodes", self.old, ABSENT)
        content.swap(self.within, "nodes", self.new, replace(node, name=self.new))
        view = content.get(self.within, "view", self.old)
        if view is not ABSENT:
            content.swap(self.within, "view", self.old, ABSENT)
            content.swap(self.within, "view", self.new, view)

    def reversed(self) -> Renamed:
        """Return what takes it back."""
        return Renamed(self.within, self.new, self.old)


Change: TypeAlias = Swapped | Renamed


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One entry of the history; `title` is what the Edit menu shows after "Undo"."""

    title: str
    changes: tuple[Change, ...]

    def reversed(self) -> tuple[Change, ...]:
        """Return the changes that take the step back."""
        return tuple(change.reversed() for change in reversed(self.changes))


class Draft:
    """The document while commands change it; all or nothing."""

    def __init__(self, content: Content, specs: Specs | None) -> None:
        self.content = content
        self.changes: list[Change] = []
        self._specs = specs
        self._catalog: Catalog | None = None

    @property
    def catalog(self) -> Catalog:
        """The specs as they are now; made anew after a change, since sub-graphs have specs too."""
        if self._catalog is None:
            self._catalog = Catalog(self.content, self._specs)
        return self._catalog

    def graph(self, within: str) -> Graph:
        """Return the graph that a command means.

        Raises:
            Refusal: there is no such sub-graph.
        """
        found = self.content.graph(within)
        if found is None:
            why = f"the document has no sub-graph {within!r}"
            remedy = suggestion(within, self.content.subgraphs, "Choose one that exists.")
            raise Refusal(Place().says(NoSuchThing, why, remedy))
        return found

    def node(self, within: str, name: str) -> Node:
        """Return the node that a command means.

        Raises:
            Refusal: there is no such node.
        """
        nodes = self.graph(within).nodes
        if name not in nodes:
            remedy = suggestion(name, nodes, "Choose one that exists.")
            raise Refusal(Place(within).says(NoSuchThing, f"there is no node {name!r}", remedy))
        return nodes[name]

    def put(self, within: str, table: Table, key: str, after: Any) -> None:
        """Replace one record; nothing is noted when it stays the same."""
        before = self.content.get(within, table, key)
        if before is not after and not _same(before, after):
            self._do(Swapped(within, table, key, before, after))

    def put_node(self, within: str, node: Node) -> None:
        """Replace a node, or add it."""
        self.put(within, "nodes", node.name, node)

    def rename(self, within: str, old: str, new: str) -> None:
        """Give a node another name; no link may point at either name."""
        self.put(within, "view", new, ABSENT)
        self._do(Renamed(within, old, new))

    def roll_back(self) -> None:
        """Take everything back."""
        apply(self.content, Step("", tuple(self.changes)).reversed())
        self.changes.clear()
        self._catalog = None

    def _do(self, change: Change) -> None:
        change.apply(self.content)
        self.changes.append(change)
        self._catalog = None


def apply(content: Content, changes: Iterable[Change]) -> None:
    """Make the changes, in order."""
    for change in changes:
        change.apply(content)


def _same(before: Any, after: Any) -> bool:
    """Compare records; in JSON 1, 1.0 and true differ, so equality alone does not decide."""
    if before is ABSENT or after is ABSENT or isinstance(before, Graph):
        return False
    return bool(before == after) and repr(before) == repr(after)

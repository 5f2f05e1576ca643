"""One graph: the document's own, or the inside of a sub-graph.

Rules, writers and views read it through read-only mappings; only `history` changes it, one record
at a time through `swap`, because undo depends on knowing every change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, Literal

from aiprod_studio.graph.records import (
    EMPTY,
    Frame,
    Interface,
    Json,
    Link,
    Node,
    Note,
    Source,
)

Table = Literal[
    "nodes", "view", "sections", "inputs", "outputs", "params", "frames", "notes", "subgraphs"
]


class Absent:
    """The type of `ABSENT`."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent()
"""No record under this key; `None` will not do, because JSON null is a value."""


class Graph:
    """Nodes by name, what the eye needs of them, frames, notes, and sections this room only keeps.

    `inputs`, `outputs` and `params` are the interface of a sub-graph; the document's own graph has
    none. `spelled` keeps known fields that the file wrote out although they are empty.
    """

    def __init__(
        self,
        nodes: Iterable[Node] = (),
        *,
        view: Mapping[str, Mapping[str, Json]] = EMPTY,
        frames: Iterable[Frame] = (),
        notes: Iterable[Note] = (),
        sections: Mapping[str, Json] = EMPTY,
        inputs: Mapping[str, Interface] = EMPTY,
        outputs: Mapping[str, Source] = EMPTY,
        params: Mapping[str, Source] = EMPTY,
        spelled: Mapping[str, Json] = EMPTY,
    ) -> None:
        by_name = {node.name: node for node in nodes}
        tables: dict[str, Mapping[str, Any]] = {
            "nodes": by_name, "view": view, "sections": sections,
            "inputs": inputs, "outputs": outputs, "params": params,
        }  # fmt: skip
        self._tables: dict[str, dict[str, Any]] = {name: dict(t) for name, t in tables.items()}
        self._lists: dict[str, tuple[Any, ...]] = {"frames": tuple(frames), "notes": tuple(notes)}
        read: dict[str, Mapping[str, Any]] = {
            n: MappingProxyType(t) for n, t in self._tables.items()
        }
        self.nodes: Mapping[str, Node] = read["nodes"]
        self.view: Mapping[str, Mapping[str, Json]] = read["view"]
        self.sections: Mapping[str, Json] = read["sections"]
        self.inputs: Mapping[str, Interface] = read["inputs"]
        self.outputs: Mapping[str, Source] = read["outputs"]
        self.params: Mapping[str, Source] = read["params"]
        self.spelled = spelled

    @property
    def frames(self) -> tuple[Frame, ...]:
        """The frames, back to front."""
        return self._lists["frames"]

    @property
    def notes(self) -> tuple[Note, ...]:
        """The notes, back to front."""
        return self._lists["notes"]

    def links(self) -> Iterator[Link]:
        """Yield every link, also those that lead nowhere."""
        for node in self.nodes.values():
            yield from node.links()

    def users(self, names: Iterable[str]) -> Iterator[Link]:
        """Yield the links that start at these nodes."""
        wanted = frozenset(names)
        for node in self.nodes.values():
            for name, (source, output) in node.inputs.items():
                if source in wanted:
                    yield Link(source, output, node.name, name)

    def get(self, table: Table, key: str) -> Any:
        """Return a record, or `ABSENT`; frames and notes are one record each, under ""."""
        if table in self._lists:
            return self._lists[table]
        return self._tables[table].get(key, ABSENT)

    def swap(self, table: Table, key: str, after: Any) -> None:
        """Put a record in place of another. For `history` only."""
        if table in self._lists:
            self._lists[table] = after
        elif after is ABSENT:
            del self._tables[table][key]
        else:
            self._tables[table][key] = after


class Content:
    """All graphs of a document: its own and its sub-graphs by name."""

    def __init__(self, root: Graph, subgraphs: Mapping[str, Graph] = EMPTY) -> None:
        self.root = root
        self._subgraphs = dict(subgraphs)
        self.subgraphs: Mapping[str, Graph] = MappingProxyType(self._subgraphs)

    def graph(self, within: str) -> Graph | None:
        """Return the graph inside a sub-graph, the document's own for "", or None."""
        return self._subgraphs.get(within) if within else self.root

    def scopes(self) -> Iterator[tuple[str, Graph]]:
        """Yield ("", own graph), then every sub-graph by name."""
        yield "", self.root
        yield from sorted(self._subgraphs.items())

    def get(self, within: str, table: Table, key: str) -> Any:
        """Return a record, or `ABSENT`."""
        if table == "subgraphs":
            return self._subgraphs.get(key, ABSENT)
        graph = self.graph(within)
        assert graph is not None, f"no sub-graph {within!r}"
        return graph.get(table, key)

    def swap(self, within: str, table: Table, key: str, after: Any) -> None:
        """Put a record in place of another. For `history` only."""
        if table != "subgraphs":
            graph = self.graph(within)
            assert graph is not None, f"no sub-graph {within!r}"
            graph.swap(table, key, after)
        elif after is ABSENT:
            del self._subgraphs[key]
        else:
            self._subgraphs[key] = after

"""What is inspected: one node or several, in a graph of a document. No Qt.

It reads the document each time and keeps only the specs; the panel makes a new one after each
change. Changes come back as commands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from aiprod_studio.graph import Document, Node
from aiprod_studio.graph.commands import Disconnect, EditSubgraph, ResetParam, SetParam
from aiprod_studio.graph.document import Command
from aiprod_studio.graph.errors import Place
from aiprod_studio.graph.graphs import Graph
from aiprod_studio.graph.names import free_name
from aiprod_studio.graph.rules_of_params import param_problem
from aiprod_studio.graph.specs import Catalog
from aiprod_studio.sdk import NodeSpec, ParamSpec, Problem, plain


@dataclass(frozen=True)
class Subject:
    """Nodes by name; `within` names the sub-graph they are in, "" for the document's own graph."""

    document: Document
    names: tuple[str, ...]
    within: str = ""

    # What there is.

    @cached_property
    def catalog(self) -> Catalog:
        """The specs as they were when this was made."""
        return self.document.catalog()

    @property
    def graph(self) -> Graph | None:
        """The graph the nodes are in, None when it is gone."""
        if not self.within or self.within in self.document.subgraphs:
            return self.document.graph(self.within)
        return None

    def nodes(self) -> list[Node]:
        """Return those nodes that there still are."""
        graph = self.graph
        return [graph.nodes[name] for name in self.names if name in graph.nodes] if graph else []

    def specs(self) -> list[NodeSpec | None]:
        """Return the spec of each node."""
        return [self.catalog.spec(node.type) for node in self.nodes()]

    def spec(self) -> NodeSpec | None:
        """Return the spec if all nodes have the same."""
        found = self.specs()
        same = bool(found) and all(spec is found[0] or spec == found[0] for spec in found)
        return found[0] if same else None

    def params(self) -> tuple[ParamSpec, ...]:
        """Return the parameters that all the nodes have."""
        specs = self.specs()
        if not specs or any(spec is None for spec in specs):
            return ()
        first, *others = [spec for spec in specs if spec is not None]
        return tuple(
            param for param in first.params
            if all(_alike(param, other.param(param.name)) for other in others)
        )  # fmt: skip

    # How a parameter stands.

    def value(self, param: ParamSpec) -> tuple[Any, bool]:
        """Return its JSON value, and whether the nodes differ in it."""
        values = [self._value(node, param) for node in self.nodes()]
        if not values:
            return plain(param.default), False
        return values[0], any(value != values[0] for value in values[1:])

    def changed(self, param: ParamSpec) -> bool:
        """Say whether a node has another value than the default."""
        return any(
            param.name in node.params and node.params[param.name] != plain(self._own(node, param))
            for node in self.nodes()
        )

    def driven(self, param: ParamSpec) -> str:
        """Return what drives it over a link, say "seed.value"; "" for nothing."""
        sources = {node.inputs.get(param.name) for node in self.nodes()}
        links = [f"{source[0]}.{source[1]}" for source in sources if source is not None]
        return links[0] if len(links) == 1 else "several links" if links else ""

    def applies(self, param: ParamSpec) -> bool:
        """Say whether it matters, by the values of other parameters."""
        if param.when is None:
            return True
        other = next((p for p in self.params() if p.name == param.when.param), None)
        if other is None:
            return True
        return any(self._value(node, other) in param.when.values for node in self.nodes())

    def problem(self, param: ParamSpec, value: Any) -> Problem | None:
        """Return why it may not have a value."""
        node = self.names[0] if self.names else ""
        return param_problem(Place(self.within, node).param(param.name), param, value)

    # What can be done to it.

    def set(self, param: ParamSpec, value: Any) -> list[Command]:
        """Return the commands that give it a value in all nodes."""
        return [SetParam(n.name, param.name, value, within=self.within) for n in self.nodes()]

    def reset(self, param: ParamSpec) -> list[Command]:
        """Return the commands that go back to the default."""
        return [
            ResetParam(node.name, param.name, within=self.within)
            for node in self.nodes() if param.name in node.params
        ]  # fmt: skip

    def release(self, param: ParamSpec) -> list[Command]:
        """Return the commands that cut the links that drive it."""
        return [
            Disconnect(node.name, param.name, within=self.within)
            for node in self.nodes() if param.name in node.inputs
        ]  # fmt: skip

    # Parameters shown on the sub-graph around.

    def promoted_as(self, param: ParamSpec) -> str:
        """Return the name under which the sub-graph shows it, "" when it does not."""
        graph = self.graph
        if not self.within or graph is None or len(self.names) != 1:
            return ""
        wanted = (self.names[0], param.name)
        return next((name for name, source in graph.params.items() if source == wanted), "")

    def promote(self, param: ParamSpec, shown: bool) -> list[Command]:
        """Return the commands that show it on the sub-graph, or no longer."""
        graph = self.graph
        if not self.within or graph is None or len(self.names) != 1:
            return []
        params = {name: f"{node}.{field}" for name, (node, field) in graph.params.items()}
        if shown:
            params[free_name(param.name, params)] = f"{self.names[0]}.{param.name}"
        else:
            params.pop(self.promoted_as(param), None)
        return [EditSubgraph(self.within, params=params)]

    def _value(self, node: Node, param: ParamSpec) -> Any:
        return node.params.get(param.name, plain(self._own(node, param)))

    def _own(self, node: Node, param: ParamSpec) -> Any:
        """Return a node's own default; nodes of several kinds may have several."""
        spec = self.catalog.spec(node.type) if len(self.names) > 1 else None
        own = spec.param(param.name) if spec else None
        return (own or param).default


def grouped(params: tuple[ParamSpec, ...]) -> Iterator[tuple[str, bool, list[ParamSpec]]]:
    """Yield (name, advanced, parameters) in the order in which they are shown.

    Those of no group come first, advanced ones of no other name last.
    """
    groups: dict[tuple[str, bool], list[ParamSpec]] = {}
    for param in params:
        name = param.group.name
        if param.group.advanced and name.lower() == "advanced":
            name = ""
        groups.setdefault((name, param.group.advanced), []).append(param)
    for name, advanced in sorted(groups, key=lambda key: (key[1], key[0] != "")):
        yield name, advanced, groups[name, advanced]


def written(values: Mapping[str, Any]) -> str:
    """Return parameters that nobody knows the meaning of, one in a line."""
    return "\n".join(f"{name}: {value!r}" for name, value in sorted(values.items()))


def _alike(one: ParamSpec, other: ParamSpec | None) -> bool:
    return other is not None and (one.kind, one.hint) == (other.kind, other.hint)

"""Commands on links: connect, disconnect, insert a node into a link.

Whether a link is legal is decided here, in one walk upstream, for canvas and terminal alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from aiprod_studio.graph import loops
from aiprod_studio.graph.commands.within import Within
from aiprod_studio.graph.errors import (
    BadName,
    NothingToDo,
    Place,
    TypesDiffer,
    UnknownInput,
    listed,
    suggestion,
)
from aiprod_studio.graph.format import joined, split
from aiprod_studio.graph.graphs import Graph
from aiprod_studio.graph.history import Draft
from aiprod_studio.graph.origins import Gap
from aiprod_studio.graph.records import INTERFACE, Node, Source, frozen
from aiprod_studio.graph.rules import loop_problem, source_problem
from aiprod_studio.graph.rules_of_inputs import type_problem
from aiprod_studio.graph.values import kept_text
from aiprod_studio.sdk import NodeSpec, Refusal, fits


@dataclass(frozen=True)
class Connect(Within):
    """Link an output to an input, in place of what was linked there."""

    source: str
    output: str
    target: str
    input: str

    @property
    def title(self) -> str:
        return f"Connect {self.source} to {self.target}"

    def apply(self, draft: Draft) -> None:
        node = draft.node(self.within, self.target)
        graph = draft.graph(self.within)
        at = self.place(self.target)
        place = at.input(kept_text(self.input, at))
        source = (kept_text(self.source, place), kept_text(self.output, place))
        if not all(source) or split(joined(source)) != source:
            why = f"{joined(source)!r} cannot be written as a link"
            raise Refusal(place.says(BadName, why, "Rename the node, or choose another output."))
        problem = source_problem(draft.catalog, graph, place, source)
        if problem:
            raise Refusal(problem)
        self._check_type(draft, graph, node, place)
        check_no_loop(graph, self.within, self.source, self.target)
        inputs = frozen({**node.inputs, self.input: source})
        draft.put_node(self.within, replace(node, inputs=inputs))

    def _check_type(self, draft: Draft, graph: Graph, node: Node, place: Place) -> None:
        spec = draft.catalog.spec(node.type)
        if spec is None:
            return
        socket = spec.input(self.input)
        if socket is None:
            names = [known.name for known in spec.sockets]
            remedy = suggestion(self.input, names, f"Its inputs: {listed(names)}.")
            raise Refusal(place.says(UnknownInput, f"{spec.type!r} has no such input", remedy))
        source = (self.source, self.output)
        given = real_type(draft, graph, source)
        problem = type_problem(self.place(node.name), socket, source, given) if given else None
        if problem:
            raise Refusal(problem)


@dataclass(frozen=True)
class Disconnect(Within):
    """Remove the link that arrives at an input."""

    target: str
    input: str

    @property
    def title(self) -> str:
        return f"Disconnect {self.target}.{self.input}"

    def apply(self, draft: Draft) -> None:
        node = draft.node(self.within, self.target)
        _link_at(node, self.within, self.input)
        left = {name: source for name, source in node.inputs.items() if name != self.input}
        draft.put_node(self.within, replace(node, inputs=frozen(left)))


@dataclass(frozen=True)
class InsertOnLink(Within):
    """Put a node into the link that arrives at `target.input`.

    Its sockets are the first that fit, unless `into` (input) and `out` (output) name them.
    """

    node: str
    target: str
    input: str
    into: str = ""
    out: str = ""

    @property
    def title(self) -> str:
        return f"Insert {self.node}"

    def apply(self, draft: Draft) -> None:
        node = draft.node(self.within, self.node)
        target = draft.node(self.within, self.target)
        source = _link_at(target, self.within, self.input)
        into, out = self._sockets(draft, node, target, source)
        Connect(*source, self.node, into, within=self.within).apply(draft)
        Connect(self.node, out, self.target, self.input, within=self.within).apply(draft)

    def _sockets(self, draft: Draft, node: Node, target: Node, source: Source) -> tuple[str, str]:
        spec = draft.catalog.spec(node.type)
        given = real_type(draft, draft.graph(self.within), source) or "any"
        wanted = _wanted(draft.catalog.spec(target.type), self.input)
        sockets = spec.inputs if spec else ()
        outputs = spec.outputs if spec else ()
        into = self.into or next((s.name for s in sockets if fits(given, s.type)), "")
        out = self.out or next((s.name for s in outputs if fits(s.type, wanted)), "")
        if not (into and out):
            why = f"it has no input for {given}, or no output for {wanted}"
            remedy = "Insert a node that takes and gives these types."
            raise Refusal(self.place(self.node).says(TypesDiffer, why, remedy))
        return into, out


def real_type(draft: Draft, graph: Graph, source: Source) -> str | None:
    """Return the type of what comes from an output, reroutes and bypassed nodes seen through."""
    origin = draft.catalog.origins(graph).of(source)
    return draft.catalog.type_of(graph, source if isinstance(origin, Gap) else origin)


def check_no_loop(graph: Graph, within: str, source: str, target: str) -> None:
    """Refuse a link whose source depends on its target."""

    def sources(name: str) -> Iterable[str]:
        node = graph.nodes.get(name)
        return [read for read, _ in node.inputs.values()] if node else ()

    if source == INTERFACE:
        return
    way = loops.path_up(source, target, sources)
    if way is not None:
        raise Refusal(loop_problem(within, way[::-1]))


def _link_at(node: Node, within: str, name: str) -> Source:
    if name not in node.inputs:
        place = Place(within, node.name).input(name)
        raise Refusal(place.says(NothingToDo, "nothing is linked to it", "Choose a linked input."))
    return node.inputs[name]


def _wanted(spec: NodeSpec | None, name: str) -> str:
    socket = spec.input(name) if spec else None
    return socket.type if socket else "any"

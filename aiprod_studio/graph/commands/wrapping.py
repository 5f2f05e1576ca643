"""The command that puts nodes into a sub-graph; `unwrapping` takes them out again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from aiprod_studio.graph.commands.links import check_no_loop, real_type
from aiprod_studio.graph.commands.nodes import cut_links, drop_nodes, replace_members, taken_names
from aiprod_studio.graph.commands.subgraphs import check_free
from aiprod_studio.graph.commands.within import Within, counted
from aiprod_studio.graph.errors import NothingToDo
from aiprod_studio.graph.graphs import ABSENT, Graph
from aiprod_studio.graph.history import Draft
from aiprod_studio.graph.names import free_name
from aiprod_studio.graph.records import (
    EMPTY,
    INTERFACE,
    SUBGRAPH,
    Frame,
    Interface,
    Json,
    Node,
    Source,
    frozen,
)
from aiprod_studio.sdk import ANY, Refusal


@dataclass(frozen=True)
class MakeSubgraph(Within):
    """Put nodes into a new sub-graph and use it in their place; links are kept.

    The use is called like the sub-graph, or gets a free name.
    """

    nodes: tuple[str, ...]
    name: str

    @property
    def title(self) -> str:
        return f"Make sub-graph of {counted(self.nodes)}"

    def apply(self, draft: Draft) -> None:
        if not self.nodes:
            raise Refusal(self.place().says(NothingToDo, "no node is chosen", "Choose some."))
        for name in self.nodes:
            draft.node(self.within, name)
        check_free(draft, self.name)
        graph = draft.graph(self.within)
        plan = _Wrapping(draft, graph, self.nodes)
        use_name = free_name(self.name, taken_names(graph) - plan.chosen)
        subgraph, use = plan.inside(), plan.use(use_name, SUBGRAPH + self.name)
        users = [link for link in graph.users(plan.chosen) if link.target not in plan.chosen]
        cut_links(draft, self.within, plan.chosen)
        self._move_frames(draft, graph, plan.chosen, use_name)
        view = middle_of(graph, plan.chosen)
        drop_nodes(draft, self.within, plan.chosen)
        draft.put("", "subgraphs", self.name, subgraph)
        draft.put_node(self.within, use)
        draft.put(self.within, "view", use_name, view or ABSENT)
        for link in users:
            user = draft.node(self.within, link.target)
            source = (use_name, plan.outputs[link.source, link.output])
            inputs = frozen({**user.inputs, link.input: source})
            draft.put_node(self.within, replace(user, inputs=inputs))
        self._follow_interface(draft, graph, plan, use_name)
        for outside, _ in use.inputs.values():
            check_no_loop(graph, self.within, outside, use_name)

    def _move_frames(self, draft: Draft, graph: Graph, chosen: frozenset[str], use: str) -> None:
        left = tuple(frame for frame in graph.frames if not _inside(frame, chosen))
        draft.put(self.within, "frames", "", left)
        replace_members(draft, self.within, chosen, (use,))

    def _follow_interface(self, draft: Draft, graph: Graph, plan: _Wrapping, use: str) -> None:
        for name, source in list(graph.outputs.items()):
            if source[0] in plan.chosen:
                draft.put(self.within, "outputs", name, (use, plan.outputs[source]))
        for name, source in list(graph.params.items()):
            if source[0] in plan.chosen:
                draft.put(self.within, "params", name, (use, plan.params[source]))


class _Wrapping:
    """What will be inside, and how it is linked to what stays outside."""

    def __init__(self, draft: Draft, graph: Graph, nodes: Iterable[str]) -> None:
        self.chosen = frozenset(nodes)
        self._draft = draft
        self._graph = graph
        names = sorted(self.chosen)
        self._inputs: dict[Source, str] = {}
        self._types: dict[str, Interface] = {}
        for name in names:
            for socket, source in sorted(graph.nodes[name].inputs.items()):
                if source[0] not in self.chosen and source not in self._inputs:
                    self._add_input(name, socket, source)
        self.outputs: dict[Source, str] = {}
        for source in self._given():
            self.outputs[source] = free_name(source[1], set(self.outputs.values()))
        self.params: dict[Source, str] = {}
        for source in sorted(s for s in graph.params.values() if s[0] in self.chosen):
            if source not in self.params:
                self.params[source] = free_name(source[1], set(self.params.values()))

    def inside(self) -> Graph:
        """Return the sub-graph."""
        nodes = (self._moved(self._graph.nodes[name]) for name in sorted(self.chosen))
        return Graph(
            nodes,
            view={n: view for n, view in self._graph.view.items() if n in self.chosen},
            frames=[frame for frame in self._graph.frames if _inside(frame, self.chosen)],
            inputs=self._types,
            outputs={name: source for source, name in self.outputs.items()},
            params={name: source for source, name in self.params.items()},
        )

    def use(self, name: str, kind: str) -> Node:
        """Return the node that stands for it."""
        return Node(name, kind, inputs=frozen({n: s for s, n in self._inputs.items()}))

    def _add_input(self, node: str, socket: str, source: Source) -> None:
        name = free_name(socket, self._types)
        spec = self._draft.catalog.spec(self._graph.nodes[node].type)
        wanted = spec.input(socket) if spec else None
        kind = real_type(self._draft, self._graph, source)
        self._inputs[source] = name
        self._types[name] = Interface(kind or (wanted.type if wanted else ANY))

    def _given(self) -> list[Source]:
        """Return the outputs that somebody outside reads."""
        links = self._graph.users(self.chosen)
        read = {(k.source, k.output) for k in links if k.target not in self.chosen}
        shown = {source for source in self._graph.outputs.values() if source[0] in self.chosen}
        return sorted(read | shown)

    def _moved(self, node: Node) -> Node:
        inputs = {
            name: source if source[0] in self.chosen else (INTERFACE, self._inputs[source])
            for name, source in node.inputs.items()
        }
        return replace(node, inputs=frozen(inputs))


def _inside(frame: Frame, chosen: frozenset[str]) -> bool:
    return bool(frame.members) and chosen.issuperset(frame.members)


def middle_of(graph: Graph, names: frozenset[str]) -> Mapping[str, Json]:
    """Return a view with the middle of these nodes, empty if none has a place."""
    views = (graph.view.get(name, EMPTY).get("pos") for name in sorted(names))
    places = [place for place in views if place is not None]
    if not places:
        return EMPTY
    middle = [round(sum(place[axis] for place in places) / len(places), 3) for axis in (0, 1)]
    return frozen({"pos": middle})

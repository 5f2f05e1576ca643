"""Commands on nodes: add, remove, rename, mute and bypass."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from aiprod_studio.graph import loops
from aiprod_studio.graph.commands.interface import forget
from aiprod_studio.graph.commands.params import checked_value
from aiprod_studio.graph.commands.within import Within, counted
from aiprod_studio.graph.errors import (
    BadName,
    NameTaken,
    Place,
    Recursive,
    WrongShape,
    listed,
)
from aiprod_studio.graph.graphs import ABSENT, Graph
from aiprod_studio.graph.history import Draft
from aiprod_studio.graph.names import free_name, why_not_name
from aiprod_studio.graph.records import MODES, SUBGRAPH, Mode, Node, Point, frozen
from aiprod_studio.graph.rules import unknown_node, used_by
from aiprod_studio.graph.values import kept_point, kept_text
from aiprod_studio.sdk import Refusal


@dataclass(frozen=True)
class AddNode(Within):
    """Add a node; without a name it gets a free one after its type."""

    type: str
    name: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    pos: Point | None = None
    mode: Mode = "active"

    @property
    def title(self) -> str:
        return f"Add {self.name or self.type}"

    def apply(self, draft: Draft) -> None:
        graph = draft.graph(self.within)
        kind = kept_text(self.type, self.place())
        name = self.name or free_name(kind.rpartition(".")[2], taken_names(graph))
        check_new_name(graph, self.within, name)
        place = self.place(name)
        spec = draft.catalog.spec(kind)
        if spec is None and (draft.catalog.knows_packs or kind.startswith(SUBGRAPH)):
            raise Refusal(unknown_node(draft.catalog, place, kind))
        check_use(draft, self.within, kind)
        values = {n: checked_value(place, spec, n, v) for n, v in self.params.items()}
        version = spec.version if spec else ""
        node = Node(name, kind, version, frozen(values), mode=_mode(place, self.mode))
        draft.put_node(self.within, node)
        if self.pos is not None:
            view = {**graph.view.get(name, {}), "pos": list(kept_point(self.pos, place))}
            draft.put(self.within, "view", name, frozen(view))


@dataclass(frozen=True)
class RemoveNodes(Within):
    """Remove nodes, their links and their places in frames."""

    nodes: tuple[str, ...]

    @property
    def title(self) -> str:
        return f"Remove {counted(self.nodes)}"

    def apply(self, draft: Draft) -> None:
        for name in self.nodes:
            draft.node(self.within, name)
        cut_links(draft, self.within, self.nodes)
        drop_nodes(draft, self.within, self.nodes)
        graph = draft.graph(self.within)
        gone = frozenset(self.nodes)
        outputs = [name for name, (node, _) in graph.outputs.items() if node in gone]
        params = [name for name, (node, _) in graph.params.items() if node in gone]
        forget(draft, self.within, "outputs", outputs)
        forget(draft, self.within, "params", params)


@dataclass(frozen=True)
class RenameNode(Within):
    """Give a node another name; links, frames and the sub-graph's interface follow."""

    old: str
    new: str

    @property
    def title(self) -> str:
        return f"Rename {self.old!r} to {self.new!r}"

    def apply(self, draft: Draft) -> None:
        draft.node(self.within, self.old)
        if self.old == self.new:
            return
        graph = draft.graph(self.within)
        check_new_name(graph, self.within, self.new)
        links = list(graph.users([self.old]))
        cut_links(draft, self.within, [self.old], also_inside=True)
        draft.rename(self.within, self.old, self.new)
        for link in links:
            target = self.new if link.target == self.old else link.target
            user = graph.nodes[target]
            inputs = frozen({**user.inputs, link.input: (self.new, link.output)})
            draft.put_node(self.within, replace(user, inputs=inputs))
        _rename_in_interface(draft, self.within, self.old, self.new)
        replace_members(draft, self.within, {self.old}, (self.new,))


@dataclass(frozen=True)
class SetMode(Within):
    """Make nodes active, mute or bypass them."""

    nodes: tuple[str, ...]
    mode: Mode

    @property
    def title(self) -> str:
        verb = {"active": "Activate", "mute": "Mute", "bypass": "Bypass"}.get(self.mode, "Set")
        return f"{verb} {counted(self.nodes)}"

    def apply(self, draft: Draft) -> None:
        for name in self.nodes:
            node = draft.node(self.within, name)
            mode = _mode(self.place(name), self.mode)
            draft.put_node(self.within, replace(node, mode=mode))


def _mode(place: Place, mode: str) -> Mode:
    for known in MODES:
        if mode == known:
            return known
    raise Refusal(place.says(WrongShape, f"{mode!r} is no mode", f"Choose {listed(MODES)}."))


def taken_names(graph: Graph) -> set[str]:
    """Return names that a new node cannot have: of nodes, and of links that lead nowhere."""
    return {
        *graph.nodes,
        *(source for node in graph.nodes.values() for source, _ in node.inputs.values()),
    }


def check_new_name(graph: Graph, within: str, name: str) -> None:
    """Refuse a name that is no name, or taken; links to nowhere must not be caught by it."""
    why = why_not_name(kept_text(name, Place(within)))
    if why:
        raise Refusal(Place(within).says(BadName, why, "Choose another name."))
    if name in graph.nodes:
        why = f"there is a node {name!r} already"
        remedy = f"Choose another name, such as {free_name(name, taken_names(graph))!r}."
        raise Refusal(Place(within).says(NameTaken, why, remedy))
    if name in taken_names(graph):
        why = f"links point to a node {name!r} that does not exist, and would catch the new one"
        raise Refusal(Place(within).says(NameTaken, why, "Remove those links first."))


def check_use(draft: Draft, within: str, node_type: str) -> None:
    """Refuse a sub-graph inside itself."""
    if not (within and node_type.startswith(SUBGRAPH)):
        return
    subgraphs = draft.content.subgraphs
    start = node_type[len(SUBGRAPH) :]
    way = loops.path_up(start, within, lambda n: used_by(subgraphs[n]) if n in subgraphs else ())
    if way is not None:
        named = " → ".join(repr(name) for name in (within, *way))
        why = f"the sub-graph would contain itself: {named}"
        raise Refusal(Place(within).says(Recursive, why, "Use it somewhere else."))


def cut_links(
    draft: Draft, within: str, nodes: Iterable[str], *, also_inside: bool = False
) -> None:
    """Remove the links that start at these nodes, those among them only if `also_inside`."""
    names = frozenset(nodes)
    users = {link.target for link in draft.graph(within).users(names)}
    for target in sorted(users if also_inside else users - names):
        node = draft.node(within, target)
        left = {name: source for name, source in node.inputs.items() if source[0] not in names}
        draft.put_node(within, replace(node, inputs=frozen(left)))


def drop_nodes(draft: Draft, within: str, nodes: Iterable[str]) -> None:
    """Remove nodes that nobody reads from any more, their view, and their places in frames."""
    names = frozenset(nodes)
    for name in sorted(names):
        draft.put(within, "nodes", name, ABSENT)
        draft.put(within, "view", name, ABSENT)
    replace_members(draft, within, names, ())


def replace_members(draft: Draft, within: str, old: Iterable[str], new: tuple[str, ...]) -> None:
    """Put `new` where `old` nodes were members of frames."""
    names = frozenset(old)
    frames = tuple(
        replace(frame, members=_members(frame.members, names, new))
        if names.intersection(frame.members)
        else frame
        for frame in draft.graph(within).frames
    )
    draft.put(within, "frames", "", frames)


def _members(
    members: tuple[str, ...], old: frozenset[str], new: tuple[str, ...]
) -> tuple[str, ...]:
    """Return the members with `new` where the first of `old` stood."""
    gone = old.union(new)
    first = next(index for index, name in enumerate(members) if name in old)
    before = tuple(name for name in members[:first] if name not in gone)
    return before + new + tuple(name for name in members[first:] if name not in gone)


def _rename_in_interface(draft: Draft, within: str, old: str, new: str) -> None:
    graph = draft.graph(within)
    for name, (node, output) in list(graph.outputs.items()):
        if node == old:
            draft.put(within, "outputs", name, (new, output))
    for name, (node, param) in list(graph.params.items()):
        if node == old:
            draft.put(within, "params", name, (new, param))

"""Copying nodes as text and pasting them, here or into another document.

The text on the clipboard is a small workflow file, so that a whole workflow can be pasted too, and
a stranger's clipboard passes the same checks as a stranger's file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from aiprod_studio.graph import loops
from aiprod_studio.graph.commands.nodes import check_use, taken_names
from aiprod_studio.graph.commands.within import Within
from aiprod_studio.graph.document import Document
from aiprod_studio.graph.errors import NothingToDo
from aiprod_studio.graph.format import text_of, write_content, write_subgraph
from aiprod_studio.graph.graphs import Content, Graph
from aiprod_studio.graph.history import Draft
from aiprod_studio.graph.names import free_name, free_names
from aiprod_studio.graph.reading import loads
from aiprod_studio.graph.records import (
    EMPTY,
    INTERFACE,
    SUBGRAPH,
    Node,
    Point,
    Source,
    frozen,
)
from aiprod_studio.graph.rules import loop_problem, nesting_problems, used_by
from aiprod_studio.graph.values import kept_point
from aiprod_studio.sdk import Refusal


def clip(
    document: Document, nodes: Iterable[str], within: str = "", notes: Iterable[str] = ()
) -> str:
    """Return nodes (and notes) as text to be pasted, with the sub-graphs and frames they need.

    Links from nodes that are not copied are kept in the text; pasting decides about them.

    Raises:
        Refusal: there is no such node.
    """
    graph = document.graph(within)
    names = frozenset(nodes)
    draft = Draft(document.content, document.specs)
    texts = frozenset(notes)
    part = Graph(
        [draft.node(within, name) for name in sorted(names)],
        view={name: view for name, view in graph.view.items() if name in names},
        frames=[f for f in graph.frames if f.members and names.issuperset(f.members)],
        notes=[note for note in graph.notes if note.name in texts],
    )
    needed = _needed(document.content, part)
    return text_of(write_content(Content(part, needed)))


def _needed(content: Content, part: Graph) -> dict[str, Graph]:
    found: dict[str, Graph] = {}
    waiting = used_by(part)
    while waiting:
        name = waiting.pop()
        graph = content.subgraphs.get(name)
        if graph is not None and name not in found:
            found[name] = graph
            waiting += used_by(graph)
    return found


@dataclass(frozen=True)
class PasteNodes(Within):
    """Add the nodes of a clip (see `clip`) under free names.

    `pos` is where the upper left corner goes; without it, a little beside the originals.
    `keep_links` links copies to the nodes that the originals were linked from, where those exist.
    """

    text: str
    pos: Point | None = None
    keep_links: bool = True

    @property
    def title(self) -> str:
        return "Paste"

    def apply(self, draft: Draft) -> None:
        graph = draft.graph(self.within)
        loaded = loads(self.text, name="the clipboard")
        if loaded.document is None:
            raise Refusal(loaded.problems)
        clipped = loaded.document.content
        _check_sound(clipped)
        if not (clipped.root.nodes or clipped.root.notes):
            why = "there are no nodes and no notes in it"
            raise Refusal(NothingToDo("the clipboard", why, "Copy some first."))
        types = _add_subgraphs(draft, clipped)
        names = free_names(sorted(clipped.root.nodes), taken_names(graph))
        there = set(graph.nodes)
        for node in clipped.root.nodes.values():
            check_use(draft, self.within, types.get(node.type, node.type))
            inputs = self._inputs(node, graph, names, there)
            kind = types.get(node.type, node.type)
            copy = replace(node, name=names[node.name], type=kind, inputs=frozen(inputs))
            draft.put_node(self.within, copy)
        self._place(draft, clipped.root, names)
        self._add_groups(draft, graph, clipped.root, names)

    def _inputs(
        self, node: Node, graph: Graph, names: Mapping[str, str], there: set[str]
    ) -> dict[str, Source]:
        found: dict[str, Source] = {}
        for name, (source, output) in node.inputs.items():
            if source in names:
                found[name] = (names[source], output)
            elif self.keep_links and (
                source in there or (source == INTERFACE and output in graph.inputs)
            ):
                found[name] = (source, output)
        return found

    def _place(self, draft: Draft, clipped: Graph, names: Mapping[str, str]) -> None:
        places = {
            name: view["pos"]
            for name, view in clipped.view.items()
            if name in names and "pos" in view
        }
        left = min((place[0] for place in places.values()), default=0)
        top = min((place[1] for place in places.values()), default=0)
        corner = (left + 40, top + 40) if self.pos is None else kept_point(self.pos, self.place())
        for name, new in names.items():
            view = dict(clipped.view.get(name, EMPTY))
            if name in places:
                x, y = places[name]
                view["pos"] = [x - left + corner[0], y - top + corner[1]]
            elif self.pos is not None:
                view["pos"] = list(corner)
            if view:
                draft.put(self.within, "view", new, frozen(view))

    def _add_groups(
        self, draft: Draft, graph: Graph, clipped: Graph, names: Mapping[str, str]
    ) -> None:
        taken = {frame.name for frame in graph.frames}
        called = free_names([frame.name for frame in clipped.frames], taken)
        frames = (
            replace(
                frame,
                name=called[frame.name],
                members=tuple(names[m] for m in frame.members if m in names),
            )
            for frame in clipped.frames
        )
        draft.put(self.within, "frames", "", (*graph.frames, *frames))
        taken = {note.name for note in graph.notes}
        called = free_names([note.name for note in clipped.notes], taken)
        notes = (replace(note, name=called[note.name]) for note in clipped.notes)
        draft.put(self.within, "notes", "", (*graph.notes, *notes))


def _check_sound(clipped: Content) -> None:
    """Refuse a clip whose sub-graphs contain themselves or whose links form a loop."""
    problems = list(nesting_problems(clipped))
    for within, graph in clipped.scopes():
        reads = {
            name: [source for source, _ in node.inputs.values()]
            for name, node in graph.nodes.items()
        }
        problems += [loop_problem(within, loop) for loop in loops.loops(reads)]
    if problems:
        raise Refusal(problems)


def _add_subgraphs(draft: Draft, clipped: Content) -> dict[str, str]:
    """Add the sub-graphs of a clip; return the new node types of those that got other names."""
    have = draft.content.subgraphs
    same = {
        name
        for name, graph in clipped.subgraphs.items()
        if name in have and write_subgraph(have[name]) == write_subgraph(graph)
    }
    taken = {*have, *clipped.subgraphs}
    names: dict[str, str] = {}
    for name in clipped.subgraphs:
        if name in have and name not in same:
            names[name] = free_name(name, taken)
            taken.add(names[name])
    types = {SUBGRAPH + old: SUBGRAPH + new for old, new in names.items()}
    for name, graph in clipped.subgraphs.items():
        if name in same:
            continue
        for node in list(graph.nodes.values()):
            graph.swap("nodes", node.name, replace(node, type=types.get(node.type, node.type)))
        draft.put("", "subgraphs", names.get(name, name), graph)
    return types

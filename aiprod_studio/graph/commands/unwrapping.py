"""The command that takes nodes out of a sub-graph and puts them where it was used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from aiprod_studio.graph.commands.nodes import cut_links, drop_nodes, replace_members, taken_names
from aiprod_studio.graph.commands.subgraphs import existing
from aiprod_studio.graph.commands.within import Within
from aiprod_studio.graph.commands.wrapping import middle_of
from aiprod_studio.graph.errors import NoSuchThing, WrongShape
from aiprod_studio.graph.graphs import ABSENT, Graph
from aiprod_studio.graph.history import Draft
from aiprod_studio.graph.names import free_names
from aiprod_studio.graph.records import (
    EMPTY,
    INTERFACE,
    Frame,
    Json,
    Node,
    Source,
    frozen,
)
from aiprod_studio.graph.rules import used_by
from aiprod_studio.sdk import Refusal


@dataclass(frozen=True)
class DissolveSubgraph(Within):
    """Put the nodes of a sub-graph in place of a use of it; links and values are kept.

    The sub-graph itself goes when nothing else uses it.
    """

    use: str

    @property
    def title(self) -> str:
        return f"Dissolve {self.use!r}"

    def apply(self, draft: Draft) -> None:
        use = draft.node(self.within, self.use)
        place = self.place(self.use)
        if use.subgraph is None:
            why = f"it is of type {use.type!r} and no sub-graph"
            raise Refusal(place.says(NoSuchThing, why, "Choose the use of a sub-graph."))
        if use.mode != "active":
            why = "it is muted or bypassed, which its nodes cannot be as one"
            raise Refusal(place.says(WrongShape, why, "Make it active first."))
        inner = existing(draft, use.subgraph)
        if inner is draft.graph(self.within):
            raise Refusal(place.says(WrongShape, "it contains itself", "Remove it instead."))
        _Unwrapping(draft, self.within, use, inner).apply()
        if not any(use.subgraph in used_by(graph) for _, graph in draft.content.scopes()):
            draft.put("", "subgraphs", use.subgraph, ABSENT)


class _Unwrapping:
    """Moves what is inside a sub-graph to where it is used."""

    def __init__(self, draft: Draft, within: str, use: Node, inner: Graph) -> None:
        self._draft = draft
        self._within = within
        self._use = use
        self._inner = inner
        self._outer = draft.graph(within)
        taken = taken_names(self._outer) - {use.name}
        self._names = free_names(sorted(inner.nodes), taken)

    def apply(self) -> None:
        """Do it."""
        users = list(self._outer.users([self._use.name]))
        shift = self._shift()
        cut_links(self._draft, self._within, [self._use.name])
        frames = self._frames()
        replace_members(
            self._draft, self._within, [self._use.name], tuple(sorted(self._names.values()))
        )
        drop_nodes(self._draft, self._within, [self._use.name])
        for node in self._inner.nodes.values():
            self._add(node, shift)
        for link in users:
            self._relink(link.target, link.input, self._source(link.output))
        self._follow_interface()
        self._draft.put(self._within, "frames", "", (*self._outer.frames, *frames))
        self._add_notes()

    def _add(self, node: Node, shift: tuple[float, float]) -> None:
        name = self._names[node.name]
        params = {
            inner: self._use.params[outer]
            for outer, (owner, inner) in self._inner.params.items()
            if owner == node.name and outer in self._use.params
        }
        found = ((n, self._outside(source)) for n, source in node.inputs.items())
        inputs = {n: source for n, source in found if source is not None}
        moved = replace(
            node,
            name=name,
            params=frozen({**node.params, **params}),
            inputs=frozen(inputs),
        )
        self._draft.put_node(self._within, moved)
        view = self._inner.view.get(node.name)
        if view is not None:
            self._draft.put(self._within, "view", name, _shifted(view, shift))

    def _outside(self, source: Source) -> Source | None:
        """Return where a link inside starts, seen from outside; None for an unlinked input."""
        if source[0] == INTERFACE:
            return self._use.inputs.get(source[1])
        return (self._names.get(source[0], source[0]), source[1])

    def _source(self, output: str) -> Source | None:
        inner = self._inner.outputs.get(output)
        return self._outside(inner) if inner else None

    def _relink(self, target: str, name: str, source: Source | None) -> None:
        if source is not None and target != self._use.name:
            user = self._draft.node(self._within, target)
            inputs = frozen({**user.inputs, name: source})
            self._draft.put_node(self._within, replace(user, inputs=inputs))

    def _follow_interface(self) -> None:
        for name, (node, output) in list(self._outer.outputs.items()):
            source = self._source(output)
            if node == self._use.name and source is not None:
                self._draft.put(self._within, "outputs", name, source)
        for name, (node, param) in list(self._outer.params.items()):
            inner = self._inner.params.get(param)
            if node == self._use.name and inner is not None:
                renamed = (self._names.get(inner[0], inner[0]), inner[1])
                self._draft.put(self._within, "params", name, renamed)

    def _shift(self) -> tuple[float, float]:
        """Return how far to move so that the middle of what was inside is where the use was."""
        wanted = self._outer.view.get(self._use.name, EMPTY).get("pos")
        middle = middle_of(self._inner, frozenset(self._inner.nodes)).get("pos")
        if wanted is None or middle is None:
            return 0, 0
        return wanted[0] - middle[0], wanted[1] - middle[1]

    def _frames(self) -> list[Frame]:
        taken = {frame.name for frame in self._outer.frames}
        names = free_names([frame.name for frame in self._inner.frames], taken)
        return [
            replace(
                frame,
                name=names[frame.name],
                members=tuple(self._names[m] for m in frame.members if m in self._names),
            )
            for frame in self._inner.frames
        ]

    def _add_notes(self) -> None:
        notes = self._outer.notes
        taken = {note.name for note in notes}
        names = free_names([note.name for note in self._inner.notes], taken)
        moved = (replace(note, name=names[note.name]) for note in self._inner.notes)
        self._draft.put(self._within, "notes", "", (*notes, *moved))


def _shifted(view: Mapping[str, Json], shift: tuple[float, float]) -> Mapping[str, Json]:
    if "pos" not in view or shift == (0, 0):
        return view
    x, y = view["pos"]
    return frozen({**view, "pos": [x + shift[0], y + shift[1]]})

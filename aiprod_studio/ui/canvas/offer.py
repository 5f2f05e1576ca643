"""Which nodes the search offers: all, or those that fit a socket, the likeliest first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from aiprod_studio.graph.reroute import REROUTE
from aiprod_studio.sdk import NodeSpec, fits
from aiprod_studio.ui.canvas.projection import Projection
from aiprod_studio.ui.library.fuzzy import Entry, entry_of

SURE, MAYBE, ANYTHING, PARAMETER, NOT = range(5)
"""How likely a node is meant: it needs the very type, may have it, takes all, is led by it."""


class Offer:
    """The node types that can be added."""

    def __init__(self, specs: Mapping[str, NodeSpec]) -> None:
        self._specs: Mapping[str, NodeSpec] = {**specs, REROUTE.type: REROUTE}
        self._entries = [entry_of(spec) for spec in self._specs.values()]
        self._entries.sort(key=lambda entry: (entry.category, entry.title.lower()))

    def fitting(
        self, projection: Projection, side: str, node: str, socket: str
    ) -> tuple[Sequence[Entry], str]:
        """Return what may be linked to a socket (all for side ""), and what to say."""
        if not side:
            return self._entries, "Search for a node to add"
        if side == "output":
            kind = projection.flowing((node, socket))[0]
            words = f"Nodes that take {kind.replace('_', ' ')}"
            return self._ranked(lambda spec: _takes(spec, kind)), words
        kind = projection.nodes[node].drawn.sockets["input", socket].type
        words = f"Nodes that give {kind.replace('_', ' ')}"
        return self._ranked(lambda spec: _gives(spec, kind)), words

    def _ranked(self, rank: Callable[[NodeSpec], int]) -> list[Entry]:
        ranks = {entry.type: rank(self._specs[entry.type]) for entry in self._entries}
        found = [entry for entry in self._entries if ranks[entry.type] != NOT]
        return sorted(found, key=lambda entry: ranks[entry.type])


def _takes(spec: NodeSpec, kind: str) -> int:
    """Return how likely a node is meant to take a type."""
    inputs = [one for one in spec.inputs if fits(kind, one.type)]
    if any(one.type == kind for one in inputs):
        return SURE if any(one.type == kind and not one.optional for one in inputs) else MAYBE
    if inputs:
        return ANYTHING
    return PARAMETER if any(fits(kind, one.type) for one in spec.sockets) else NOT


def _gives(spec: NodeSpec, kind: str) -> int:
    """Return how likely a node is meant to give a type; its first output is its purpose."""
    types = [output.type for output in spec.outputs]
    if kind in types:
        return SURE if types[0] == kind else MAYBE
    return ANYTHING if any(fits(one, kind) for one in types) else NOT

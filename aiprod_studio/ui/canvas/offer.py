"""Which nodes the search offers: all, or those that may be linked to a socket."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aiprod_studio.graph.reroute import REROUTE
from aiprod_studio.sdk import NodeSpec, fits
from aiprod_studio.ui.canvas.projection import Projection
from aiprod_studio.ui.library.fuzzy import Entry, entry_of


class Offer:
    """The node types that can be added."""

    def __init__(self, specs: Mapping[str, NodeSpec]) -> None:
        self._specs: Mapping[str, NodeSpec] = {**specs, REROUTE.type: REROUTE}
        self._entries = [entry_of(spec) for spec in self._specs.values()]

    def fitting(
        self, projection: Projection, side: str, node: str, socket: str
    ) -> tuple[Sequence[Entry], str]:
        """Return what may be linked to a socket (all for side ""), and what to say."""
        if not side:
            return self._entries, "Search for a node to add"
        if side == "output":
            kind = projection.flowing((node, socket))[0]
            found = {
                t for t, s in self._specs.items() if any(fits(kind, i.type) for i in s.sockets)
            }
            words = f"Nodes that take {kind.replace('_', ' ')}"
        else:
            kind = projection.nodes[node].drawn.sockets["input", socket].type
            found = {
                t for t, s in self._specs.items() if any(fits(o.type, kind) for o in s.outputs)
            }
            words = f"Nodes that give {kind.replace('_', ' ')}"
        return [entry for entry in self._entries if entry.type in found], words

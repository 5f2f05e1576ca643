"""Whether every input of a node gets a value of a type that fits.

Rules use it per graph, `flatten` once more on the unfolded graph, where reroutes and bypassed nodes
have been seen through and types are the real ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from aiprod_studio.graph.errors import (
    GraphProblem,
    MissingInput,
    NeedsMuted,
    NothingPasses,
    Place,
    TypesDiffer,
)
from aiprod_studio.graph.origins import Gap, Origins
from aiprod_studio.graph.records import Node, Source
from aiprod_studio.sdk import InputSpec, NodeSpec, fits

if TYPE_CHECKING:
    from aiprod_studio.graph.graphs import Graph
    from aiprod_studio.graph.specs import Catalog


def input_problems(
    catalog: Catalog, graph: Graph, origins: Origins, place: Place, node: Node, spec: NodeSpec
) -> Iterator[GraphProblem]:
    """Yield what is wrong with the links that arrive at an active node, or are missing."""
    for socket in spec.sockets:
        source = node.inputs.get(socket.name)
        if source is None:
            if not socket.optional:
                yield missing(place, socket)
            continue
        origin = origins.of(source)
        if isinstance(origin, Gap):
            found = gap_problem(place, socket, origin)
        else:
            given = catalog.type_of(graph, origin)
            found = type_problem(place, socket, origin, given) if given else None
        if found:
            yield found


def missing(node: Place, socket: InputSpec) -> MissingInput:
    """Return the problem of an input of a node that is linked to nothing."""
    why = f"it is linked to nothing, and the node needs its {_called(socket)}"
    remedy = f"Link an output of type {socket.type} to it."
    return node.input(socket.name).says(MissingInput, why, remedy)


def gap_problem(node: Place, socket: InputSpec, gap: Gap) -> GraphProblem | None:
    """Return why a link that brings nothing is a problem, or None.

    An optional input does without; trails into nowhere and loops are told where they begin.
    """
    if socket.optional or gap.kind in ("nowhere", "loop"):
        return None
    place = node.input(socket.name)
    if gap.kind == "muted":
        why = f"it needs what the muted node {gap.node!r} would make"
        return place.says(NeedsMuted, why, f"Unmute {gap.node!r}, or mute this node too.")
    if gap.kind == "nothing passes":
        why = f"the bypassed node {gap.node!r} has no linked input to pass on as {gap.output!r}"
        return place.says(NothingPasses, why, f"Make {gap.node!r} active, or link past it.")
    why = f"its link starts at {gap.node!r}, which is linked to nothing itself"
    return place.says(MissingInput, why, f"Link an output of type {socket.type} to {gap.node!r}.")


def type_problem(node: Place, socket: InputSpec, source: Source, given: str) -> TypesDiffer | None:
    """Return the problem of an output of type `given` at an input of another type, or None."""
    if fits(given, socket.type):
        return None
    why = f"it takes {socket.type}, and {source[0] + '.' + source[1]!r} gives {given}"
    remedy = f"Link an output of type {socket.type} to it."
    return node.input(socket.name).says(TypesDiffer, why, remedy)


def _called(socket: InputSpec) -> str:
    return socket.name if socket.name == socket.type else f"{socket.name} ({socket.type})"

"""Where a link really starts, once reroutes and bypassed nodes are seen through.

Rules, derived specs and `flatten` share it. Every output is followed once, without recursion, so
that a chain of a thousand reroutes costs a thousand steps in all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from aiprod_studio.graph.records import INTERFACE, Node, Source
from aiprod_studio.graph.reroute import REROUTE
from aiprod_studio.sdk import NodeSpec, fits

GapKind = Literal["nowhere", "muted", "nothing passes", "empty", "loop"]


@dataclass(frozen=True, slots=True)
class Gap:
    """No value arrives: why, and the node where the trail ends."""

    kind: GapKind
    node: str
    output: str = ""


Origin: TypeAlias = Source | Gap


class Origins:
    """Follows links of one graph; `spec_of` gives the spec of a node type."""

    def __init__(
        self, nodes: Mapping[str, Node], spec_of: Callable[[str], NodeSpec | None]
    ) -> None:
        self._nodes = nodes
        self._spec_of = spec_of
        self._known: dict[Source, Origin] = {}

    def of(self, source: Source) -> Origin:
        """Return the output of an active node (or of "inputs") that gives the value, or a gap."""
        trail: list[Source] = []
        passed: set[Source] = set()
        here: Origin = source
        while not isinstance(here, Gap) and here not in self._known:
            if here in passed:
                here = Gap("loop", here[0], here[1])
                break
            trail.append(here)
            passed.add(here)
            further = self._step(here)
            if further is None:
                break
            here = further
        found = self._known.get(here, here) if not isinstance(here, Gap) else here
        for step in trail:
            self._known[step] = found
        return found

    def _step(self, source: Source) -> Origin | None:
        """Return the next output upstream, None when this one is the origin, or a gap."""
        name, output = source
        if name == INTERFACE:
            return None
        node = self._nodes.get(name)
        if node is None:
            return Gap("nowhere", name, output)
        if node.mode == "mute":
            return Gap("muted", name, output)
        if node.type == REROUTE.type:
            return node.inputs.get("value") or Gap("empty", name, output)
        if node.mode == "bypass":
            return self._past(node, output)
        return None

    def _past(self, node: Node, output: str) -> Origin:
        """Return what a bypassed node passes: its first linked input of a type that fits."""
        spec = self._spec_of(node.type)
        given = spec.output(output) if spec else None
        if spec is None or given is None:
            return Gap("nothing passes", node.name, output)
        for socket in spec.inputs:
            if socket.name in node.inputs and fits(socket.type, given.type):
                return node.inputs[socket.name]
        return Gap("nothing passes", node.name, output)

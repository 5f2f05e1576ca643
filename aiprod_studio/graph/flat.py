"""The graph as the engine runs it: plain nodes in a topological order, every parameter read.

The planner reads it and nothing else of the document. It holds no sub-graph, no muted or bypassed
node, no reroute, no note and no picture of the canvas; it is never written to a file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from aiprod_studio.graph import loops
from aiprod_studio.graph.errors import GraphProblem, Place, TooLarge
from aiprod_studio.graph.graphs import Content
from aiprod_studio.graph.origins import Gap
from aiprod_studio.graph.records import Node, Source, frozen
from aiprod_studio.graph.reroute import REROUTE
from aiprod_studio.graph.rules import Holder, at_most, graph_problems, nesting_problems, used_by
from aiprod_studio.graph.rules_of_inputs import gap_problem, type_problem
from aiprod_studio.graph.specs import Catalog, Specs, replaced
from aiprod_studio.graph.unfold import Unfolded, unfolded
from aiprod_studio.sdk import NodeSpec, Refusal

MOST_NODES = 100_000


@dataclass(frozen=True, slots=True)
class FlatNode:
    """One step to run.

    `name` is unique in the graph; a node inside a sub-graph is called `use/inner`. `params` holds
    every parameter of the spec, converted by `ParamSpec.read`, defaults filled in. `inputs` holds
    only linked inputs: (node, output) of another flat node; an optional input may be absent.
    """

    name: str
    spec: NodeSpec
    params: Mapping[str, Any]
    inputs: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class FlatGraph:
    """Nodes by name, each after all that it reads from.

    `left_out` says why a node of the document takes no part, by its name ("it is muted").
    """

    nodes: Mapping[str, FlatNode]
    left_out: Mapping[str, str] = field(default_factory=dict)


def flatten(document: Holder, specs: Specs) -> FlatGraph:
    """Return what would run.

    Sub-graphs are unfolded, muted nodes left out, bypassed nodes and reroutes seen through. Time
    and memory are linear in nodes and links. What a muted sub-graph holds is not looked at.

    Raises:
        Refusal: with every problem of the part that would run.
    """
    catalog = Catalog(document.content, specs)
    problems = at_most(_problems(document.content, catalog))
    if problems:
        raise Refusal(problems)
    graph = unfolded(document.content, catalog)
    builder = _Builder(catalog, graph)
    nodes = {
        name: builder.node(name, node)
        for name, node in sorted(graph.nodes.items())
        if node.mode == "active" and node.subgraph is None and node.type != REROUTE.type
    }
    if builder.problems:
        raise Refusal(at_most(builder.problems))
    order, _ = loops.ordered({n: [s for s, _ in f.inputs.values()] for n, f in nodes.items()})
    return FlatGraph(frozen({name: nodes[name] for name in order}), frozen(graph.left_out))


def _problems(content: Content, catalog: Catalog) -> Iterator[GraphProblem]:
    nesting = list(nesting_problems(content))
    if nesting:
        yield from nesting
        return
    for within in _reached(content):
        graph = content.graph(within)
        if graph is not None:
            yield from graph_problems(catalog, within, graph)
    count = _sizes(content)[""]
    if count > MOST_NODES:
        why = f"unfolded, it has {count} nodes, more than {MOST_NODES}"
        yield TooLarge("the document", why, "Use sub-graphs in fewer places.")


def _reached(content: Content) -> list[str]:
    """Return the document's own graph ("") and every sub-graph that an active use leads to."""
    found = {"": None}
    waiting = [""]
    while waiting:
        graph = content.graph(waiting.pop())
        for node in graph.nodes.values() if graph else ():
            name = node.subgraph
            if name is not None and node.mode == "active" and name not in found:
                found[name] = None
                waiting.append(name)
    return sorted(found)


def _sizes(content: Content) -> dict[str, int]:
    """Return how many nodes each graph unfolds to; there is no recursion when this is asked."""
    uses = {name: used_by(graph) for name, graph in content.subgraphs.items()}
    order, _ = loops.ordered(uses)
    sizes: dict[str, int] = {}
    for name in (*order, ""):
        graph = content.graph(name)
        nodes = graph.nodes.values() if graph else ()
        inner = (node.subgraph for node in nodes if node.mode == "active")
        sizes[name] = len(nodes) + sum(sizes.get(use, 0) for use in inner if use is not None)
    return sizes


class _Builder:
    """Makes flat nodes of an unfolded graph, collecting what only now shows to be wrong."""

    def __init__(self, catalog: Catalog, graph: Unfolded) -> None:
        self.problems: list[GraphProblem] = []
        self._catalog = catalog
        self._graph = graph
        self._defaults: dict[str, Mapping[str, Any]] = {}

    def node(self, name: str, node: Node) -> FlatNode:
        """Return one step."""
        spec = self._catalog.spec(node.type)
        assert spec is not None, "the rules let no ghost pass"
        node = replaced(node, spec)
        inputs = self._inputs(Place("", name), node, spec)
        return FlatNode(name, spec, MappingProxyType(self._params(node, spec)), frozen(inputs))

    def _params(self, node: Node, spec: NodeSpec) -> dict[str, Any]:
        if spec.type not in self._defaults:
            self._defaults[spec.type] = {p.name: p.read(p.default) for p in spec.params}
        values = dict(self._defaults[spec.type])
        if node.params:
            values |= {
                p.name: p.read(node.params[p.name]) for p in spec.params if p.name in node.params
            }
        return values

    def _inputs(self, place: Place, node: Node, spec: NodeSpec) -> dict[str, Source]:
        found: dict[str, Source] = {}
        for socket in spec.sockets:
            source = node.inputs.get(socket.name)
            if source is None:
                continue
            origin = self._graph.origins.of(source)
            if isinstance(origin, Gap):
                problem: GraphProblem | None = gap_problem(place, socket, origin)
            else:
                found[socket.name] = origin
                given = self._catalog.output_type(self._graph.nodes[origin[0]].type, origin[1])
                problem = type_problem(place, socket, origin, given) if given else None
            if problem:
                self.problems.append(problem)
        return found

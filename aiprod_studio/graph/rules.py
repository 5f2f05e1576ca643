"""Whether a document makes sense as a graph: names, types, parameters, links, loops, sub-graphs.

`check` answers for the window and the headless run, `flatten` uses the same rules for the part
that would run. Muted nodes take no part, so only their names and loops matter. Nothing is changed
and nothing stops at the first problem.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Protocol

from aiprod_studio.graph import loops
from aiprod_studio.graph.errors import (
    BadName,
    FromTheFuture,
    GraphProblem,
    LinkToNowhere,
    Place,
    Recursive,
    TooDeep,
    UnknownInput,
    UnknownNode,
    UnknownParam,
    WouldLoop,
    listed,
    suggestion,
)
from aiprod_studio.graph.graphs import Content, Graph
from aiprod_studio.graph.names import why_not_name
from aiprod_studio.graph.records import INTERFACE, Node, Source
from aiprod_studio.graph.rules_of_inputs import input_problems
from aiprod_studio.graph.rules_of_params import param_problem
from aiprod_studio.graph.specs import DEEPEST, Catalog, Specs, replaced
from aiprod_studio.sdk import NodeSpec

MOST_PROBLEMS = 200


class Holder(Protocol):
    """Anything with the graphs of a document, such as `Document`."""

    @property
    def content(self) -> Content:
        """The graphs."""


def check(document: Holder, specs: Specs) -> tuple[GraphProblem, ...]:
    """Return what keeps the document from running, each with its place and remedy.

    After `MOST_PROBLEMS` it only says that there are more.
    """
    content = document.content
    catalog = Catalog(content, specs)
    graphs = (graph_problems(catalog, within, graph) for within, graph in content.scopes())
    return at_most(chain(nesting_problems(content), *graphs))


def at_most(problems: Iterable[GraphProblem]) -> tuple[GraphProblem, ...]:
    """Return the first problems, and one that says so when there are more."""
    found = tuple(islice(problems, MOST_PROBLEMS + 1))
    if len(found) <= MOST_PROBLEMS:
        return found
    why = f"there are more problems than these {MOST_PROBLEMS}"
    return (*found[:MOST_PROBLEMS], GraphProblem("the document", why, "Correct these first."))


def graph_problems(catalog: Catalog, within: str, graph: Graph) -> Iterator[GraphProblem]:
    """Yield the problems of one graph, sub-graphs taken as nodes."""
    origins = catalog.origins(graph)
    yield from _loop_problems(within, graph)
    for name, node in sorted(graph.nodes.items()):
        place = Place(within, name)
        why = why_not_name(name)
        if why:
            yield place.says(BadName, why, "Rename it.")
        if node.mode == "mute":
            continue
        yield from _source_problems(catalog, graph, place, node)
        spec = catalog.spec(node.type)
        if spec is None:
            yield unknown_node(catalog, place, node.type)
        elif node.mode == "active":
            node = replaced(node, spec)
            yield from _node_problems(place, node, spec)
            yield from input_problems(catalog, graph, origins, place, node, spec)
    yield from _interface_problems(catalog, within, graph)


def nesting_problems(content: Content) -> Iterator[GraphProblem]:
    """Yield a problem for sub-graphs that contain themselves or are nested too deep."""
    uses = {name: used_by(graph) for name, graph in content.subgraphs.items()}
    order, caught = loops.ordered(uses)
    for loop in loops.loops(uses):
        way = " → ".join(repr(name) for name in (loop[0], *loop[::-1]))
        why = f"the sub-graph contains itself: {way}"
        yield Place(loop[0]).says(Recursive, why, "Remove one of these uses.")
    depth: dict[str, int] = {}
    for name in order:
        depth[name] = 1 + max((depth.get(inner, 0) for inner in uses[name]), default=0)
    deep = [name for name, levels in depth.items() if levels > DEEPEST]
    if deep and not caught:
        why = f"sub-graphs are nested more than {DEEPEST} deep"
        yield Place(deep[0]).says(TooDeep, why, "Dissolve some of them.")


def used_by(graph: Graph) -> list[str]:
    """Return the sub-graphs that a graph uses directly."""
    names = (node.subgraph for node in graph.nodes.values())
    return list(dict.fromkeys(name for name in names if name is not None))


def unknown_node(catalog: Catalog, place: Place, node_type: str) -> UnknownNode:
    """Return the problem of a node whose type nobody knows."""
    why = f"no pack has a node of type {node_type!r}"
    if node_type.startswith("subgraph."):
        why = f"the document has no sub-graph {node_type.partition('.')[2]!r}"
    otherwise = "Install or allow the pack it comes from, or mute the node."
    return place.says(UnknownNode, why, suggestion(node_type, catalog.types(), otherwise))


def loop_problem(within: str, loop: list[str]) -> WouldLoop:
    """Return the problem of nodes that wait for each other; `loop` in the order of the links."""
    shown = loop if len(loop) <= 12 else [*loop[:6], "…", *loop[-5:]]
    way = " → ".join((*shown, loop[0]))
    why = f"the links form a loop: {way}"
    return Place(within, loop[0]).says(WouldLoop, why, "Remove one of these links.")


def _loop_problems(within: str, graph: Graph) -> Iterator[GraphProblem]:
    reads = {
        name: [source for source, _ in node.inputs.values() if source != INTERFACE]
        for name, node in graph.nodes.items()
    }
    for loop in loops.loops(reads):
        yield loop_problem(within, loop)


def _source_problems(
    catalog: Catalog, graph: Graph, place: Place, node: Node
) -> Iterator[GraphProblem]:
    for name, source in sorted(node.inputs.items()):
        if not catalog.type_of(graph, source):
            found = source_problem(catalog, graph, place.input(name), source)
            if found:
                yield found


def source_problem(
    catalog: Catalog, graph: Graph, place: Place, source: Source
) -> LinkToNowhere | None:
    """Return why nothing can come from `source`, or None."""
    node, output = source
    if node == INTERFACE:
        if output in graph.inputs:
            return None
        whose = f"the sub-graph {place.within!r}" if place.within else "a document"
        why = f"it is linked to 'inputs.{output}', and {whose} has no such input"
        remedy = suggestion(output, graph.inputs, "Add the input, or remove the link.")
        return place.says(LinkToNowhere, why, remedy)
    if node not in graph.nodes:
        why = f"it is linked to node {node!r}, which does not exist"
        remedy = suggestion(node, graph.nodes, "Remove the link, or link it to a node that exists.")
        return place.says(LinkToNowhere, why, remedy)
    spec = catalog.spec(graph.nodes[node].type)
    if spec is None or spec.output(output):
        return None
    names = [socket.name for socket in spec.outputs]
    why = f"it is linked to {node + '.' + output!r}, and {node!r} has no output {output!r}"
    remedy = suggestion(output, names, f"Its outputs: {listed(names)}.")
    return place.says(LinkToNowhere, why, remedy)


def _node_problems(place: Place, node: Node, spec: NodeSpec) -> Iterator[GraphProblem]:
    if _newer(node.version, spec.version):
        why = f"it was made for version {node.version} of {spec.type!r}, and {spec.version} is here"
        yield place.says(FromTheFuture, why, "Update the program or the pack.")
    for name, value in sorted(node.params.items()):
        param = spec.param(name)
        if param is None:
            names = [known.name for known in spec.params]
            why = f"{spec.type!r} has no such parameter"
            remedy = suggestion(name, names, f"Its parameters: {listed(names)}.")
            yield place.param(name).says(UnknownParam, why, remedy)
        else:
            found = param_problem(place.param(name), param, value)
            if found:
                yield found
    names = [socket.name for socket in spec.sockets]
    for name in sorted(node.inputs):
        if name not in names:
            why = f"{spec.type!r} has no such input"
            remedy = suggestion(name, names, f"Its inputs: {listed(names)}.")
            yield place.input(name).says(UnknownInput, why, remedy)


def _newer(version: str, known: str) -> bool:
    """Say whether a version such as 1.10 is above another; one that is no number never is."""
    if version == known or not version:
        return False
    parts = [version.split("."), known.split(".")]
    if any(not part.isdecimal() or len(part) > 9 for numbers in parts for part in numbers):
        return False
    ours, theirs = ([int(part) for part in numbers] for numbers in parts)
    return ours > theirs


def _interface_problems(catalog: Catalog, within: str, graph: Graph) -> Iterator[GraphProblem]:
    for name, source in sorted(graph.outputs.items()):
        found = source_problem(catalog, graph, Place(within, "", "output", name), source)
        if found:
            yield found
    for name, (node, param) in sorted(graph.params.items()):
        place = Place(within, "", "parameter", name)
        spec = catalog.spec(graph.nodes[node].type) if node in graph.nodes else None
        if node not in graph.nodes:
            why = f"it sets {node + '.' + param!r}, and there is no node {node!r}"
            remedy = suggestion(node, graph.nodes, "Choose a parameter of a node inside.")
            yield place.says(LinkToNowhere, why, remedy)
        elif spec and spec.param(param) is None:
            names = [known.name for known in spec.params]
            why = f"it sets {node + '.' + param!r}, and {spec.type!r} has no such parameter"
            remedy = suggestion(param, names, f"Its parameters: {listed(names)}.")
            yield place.says(UnknownParam, why, remedy)
    interface = [("input", name) for name in graph.inputs]
    interface += [("output", name) for name in graph.outputs]
    for kind, name in sorted(interface):
        wrong = why_not_name(name)
        if wrong:
            yield Place(within, "", kind, name).says(BadName, wrong, "Rename it.")

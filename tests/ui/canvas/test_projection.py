"""The view equals the document, whatever was done to it."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Iterable, Mapping

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aiprod_studio import graph
from aiprod_studio.graph import Document
from aiprod_studio.graph.commands import (
    AddFrame,
    AddNode,
    AddNote,
    CollapseNodes,
    ColourNodes,
    Connect,
    Disconnect,
    DissolveSubgraph,
    EditFrame,
    EditNote,
    EditSubgraph,
    InsertOnLink,
    MakeSubgraph,
    MoveNodes,
    PasteNodes,
    RemoveFrame,
    RemoveNodes,
    RemoveNote,
    RenameNode,
    RenameSocket,
    RenameSubgraph,
    ResetParam,
    ResizeNodes,
    SetMode,
    SetParam,
    clip,
)
from aiprod_studio.graph.document import Command
from aiprod_studio.graph.graphs import Graph
from aiprod_studio.graph.records import INTERFACE
from aiprod_studio.sdk import NodeSpec, Refusal
from aiprod_studio.ui.canvas import CanvasView

from .seeing import same

TYPES = ("text.prompt", "text.encode", "models.load", "flow.maths", "graph.reroute", "flow.switch")
Step = tuple[int, int, int, int]
LAST = 37
"""The number of the last verb that `make` knows; beyond are undo, redo and going in."""


def legal_link(document: Document, within: str, a: int, b: int) -> list[Command]:
    """Return a link that the document allows, if there is any."""
    content, catalog = document.graph(within), document.catalog()
    known = {name: catalog.spec(node.type) for name, node in content.nodes.items()}
    given = [(n, o.name) for n, spec in sorted(known.items()) if spec for o in spec.outputs]
    taken = [(n, s.name) for n, spec in sorted(known.items()) if spec for s in spec.sockets]
    ways = [Connect(*start, *end, within=within) for start in given for end in taken]
    for at in range(min(len(ways), 40)):
        way = ways[(a * 977 + b * 61 + at * 13) % len(ways)]
        if document.why_not(way) is None:
            return [way]
    return []


def outputs(content: Graph) -> dict[str, str]:
    return {name: f"{node}.{socket}" for name, (node, socket) in content.outputs.items()}


def kinds(content: Graph) -> dict[str, str]:
    return {name: found.type for name, found in content.inputs.items()}


def interface(
    document: Document, within: str, name: str, other: str, at: tuple[int, int]
) -> list[Callable[[], list[Command]]]:
    """Return what may be done to the inputs, outputs and parameters of a sub-graph."""
    content, catalog, (b, c) = document.graph(within), document.catalog(), at
    known = {n: catalog.spec(content.nodes[n].type) for n in (name, other) if n in content.nodes}

    def out() -> str:
        gives = known[name].outputs
        return f"{name}.{gives[b % len(gives)].name}"

    def param() -> str:
        has = known[other].params
        return f"{other}.{has[b % len(has)].name}"

    def into() -> Command:
        takes = known[other].sockets
        return Connect(INTERFACE, f"i{c}", other, takes[b % len(takes)].name, within=within)

    def first(names: Iterable[str]) -> str:
        return sorted(names)[b % len(list(names))]

    return [
        lambda: [EditSubgraph(within, outputs={**outputs(content), f"o{c}": out()})],
        lambda: [EditSubgraph(within, outputs=dict(list(outputs(content).items())[1:]))],
        lambda: [EditSubgraph(within, params={f"p{c}": param()})],
        lambda: [EditSubgraph(within, inputs={**kinds(content), f"i{c}": "text"}), into()],
        lambda: [RenameSocket(within, "outputs", first(content.outputs), f"w{c}")],
        lambda: [RenameSocket(within, "inputs", first(content.inputs), f"v{c}")],
    ]


def make(document: Document, step: Step, within: str) -> list[Command]:
    """Return commands that a step means for the document as it is; some will be refused."""
    verb, a, b, c = step
    content = document.graph(within)
    nodes, links = sorted(content.nodes), sorted(content.links(), key=str)
    frames, notes = [f.name for f in content.frames], [n.name for n in content.notes]
    pick: Callable[[list, int], object] = lambda things, at: things[at % len(things)]  # noqa: E731
    name, other = (pick(nodes, a), pick(nodes, b)) if nodes else ("", "")
    spec = document.catalog().spec(content.nodes[other].type) if nodes else None
    source = document.catalog().spec(content.nodes[name].type) if nodes else None
    inside = {"within": within}
    made: list[Callable[[], list[Command]]] = [
        lambda: [AddNode(TYPES[a % len(TYPES)], pos=(b * 10.0, c * 10.0), **inside)],
        lambda: [AddNode(TYPES[a % len(TYPES)], **inside)],
        lambda: [Connect(name, pick([o.name for o in source.outputs], c), other,
                         pick([s.name for s in spec.sockets], c), **inside)],
        lambda: legal_link(document, within, a, b),
        lambda: legal_link(document, within, a, b),
        lambda: legal_link(document, within, a, b),
        lambda: legal_link(document, within, a, b),
        lambda: [Disconnect(pick(links, a).target, pick(links, a).input, **inside)],
        lambda: [MoveNodes({name: (b * 7.0, c * 7.0)}, **inside)],
        lambda: [RemoveNodes((name,), **inside)],
        lambda: [RenameNode(name, f"r{b}", **inside)],
        lambda: [SetMode((name,), ("active", "mute", "bypass")[b % 3], **inside)],
        lambda: [CollapseNodes((name,), b % 2 == 0, **inside)],
        lambda: [ColourNodes((name,), "#aa3366" if b % 2 else "", **inside)],
        lambda: [SetParam(name, "text", f"t{b}", **inside)],
        lambda: [ResetParam(name, "text", **inside)],
        lambda: [AddFrame(members=(name, other), **inside)],
        lambda: [EditFrame(pick(frames, a), pos=(b * 1.0, c * 1.0), size=(300, 200), **inside)],
        lambda: [RemoveFrame(pick(frames, a), **inside)],
        lambda: [AddNote(f"n{b}", pos=(b * 3.0, c * 3.0), **inside)],
        lambda: [EditNote(pick(notes, a), text=f"w{b}", **inside)],
        lambda: [RemoveNote(pick(notes, a), **inside)],
        lambda: [PasteNodes(clip(document, [name, other], within), (b * 5.0, c * 5.0), **inside)],
        lambda: [InsertOnLink(name, pick(links, b).target, pick(links, b).input, **inside)],
        lambda: [MakeSubgraph(tuple({name, other}), f"s{c}", **inside)],
        lambda: [DissolveSubgraph(name, **inside)],
        lambda: [RenameSubgraph(pick(sorted(document.subgraphs), a), f"q{b}")],
        lambda: [AddNode("subgraph." + str(pick(sorted(document.subgraphs), a)), **inside)],
        lambda: [PasteNodes(clip(document, [name], within), (b * 5.0, c * 5.0), True, **inside)],
        lambda: [ResizeNodes({name: (160 + b * 9.0, 90 + c * 9.0)}, **inside)],
        *interface(document, within, str(name), str(other), (b, c)),
        lambda: [RenameNode(name, f"x{b}", **inside), RemoveNodes((f"x{b}",), **inside)],
        lambda: [RemoveNodes((name,), **inside), AddNode("flow.maths", str(name), **inside)],
    ]  # fmt: skip
    try:
        return made[verb % len(made)]()
    except (ZeroDivisionError, AttributeError, KeyError, Refusal):
        return []


steps = st.lists(
    st.tuples(st.integers(0, LAST + 3), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9)),
    max_size=30,
)


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=steps)
def test_the_view_equals_the_document_after_any_commands(
    qapp: object, specs: Mapping[str, NodeSpec], steps: list[Step]
) -> None:
    document = Document(specs=specs)
    document.do(*(AddNode(kind) for kind in TYPES), AddNode("flow.maths"))
    view = CanvasView(document, specs)
    before = graph.dumps(document)
    try:
        for step in steps:
            inside = sorted(document.subgraphs)
            if step[0] == LAST + 1:
                document.undo()
            elif step[0] == LAST + 2:
                document.redo()
            elif step[0] == LAST + 3:
                view.projection.project(inside[step[1] % len(inside)] if inside else "")
            else:
                within = inside[step[2] % len(inside)] if inside and step[3] > 6 else ""
                commands = make(document, step, within)
                with contextlib.suppress(Refusal):
                    document.do(*commands, title="step")
            same(view)
        while document.undo():
            same(view)
        view.projection.project()
        assert len(document.nodes) == 0 or graph.dumps(document) == before
    finally:
        view.close()
        view.deleteLater()


def test_a_thousand_commands_are_undone_and_redone_and_the_view_follows(
    qapp: object, specs: Mapping[str, NodeSpec]
) -> None:
    chance = random.Random(7)
    document = Document(specs=specs)
    view = CanvasView(document, specs)
    done = 0
    while done < 1000:
        step = (chance.randrange(LAST + 1), *(chance.randrange(60) for _ in range(3)))
        if len(document.nodes) > 40:
            step = (9, *step[1:])
        with contextlib.suppress(Refusal):
            document.do(*make(document, step, ""), title="step")
        done += 1
        if done % 25 == 0:
            same(view)
    end = graph.dumps(document)
    while document.undo():
        pass
    same(view)
    assert not document.nodes and not view.projection.nodes
    while document.redo():
        pass
    same(view)
    assert graph.dumps(document) == end
    view.close()

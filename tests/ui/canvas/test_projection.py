"""The view equals the document, whatever was done to it."""

from __future__ import annotations

import contextlib
import importlib.util
import random
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aiprod_studio import graph
from aiprod_studio.app.places import shipped
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
    InsertOnLink,
    MakeSubgraph,
    MoveNodes,
    PasteNodes,
    RemoveFrame,
    RemoveNodes,
    RemoveNote,
    RenameNode,
    RenameSubgraph,
    ResetParam,
    SetMode,
    SetParam,
    clip,
)
from aiprod_studio.graph.document import Command
from aiprod_studio.sdk import NodeSpec, Refusal
from aiprod_studio.ui.canvas import CanvasView, NodeLook

_path = Path(__file__).with_name("seeing.py")
_spec = importlib.util.spec_from_file_location("canvas_seeing", _path)
assert _spec and _spec.loader
seeing = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(seeing)

TYPES = ("text.prompt", "text.encode", "models.load", "flow.maths", "graph.reroute", "flow.switch")
Step = tuple[int, int, int, int]


def same(view: CanvasView) -> None:
    projection = view.projection
    assert seeing.seen(projection) == seeing.wanted(view.document, projection.within)
    assert seeing.joined_up(projection)
    assert seeing.in_scene(projection, view.viewer.scene().items())


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
        lambda: [RenameNode(name, f"x{b}", **inside), RemoveNodes((f"x{b}",), **inside)],
        lambda: [RemoveNodes((name,), **inside), AddNode("flow.maths", str(name), **inside)],
    ]  # fmt: skip
    try:
        return made[verb % len(made)]()
    except (ZeroDivisionError, AttributeError, Refusal):
        return []


steps = st.lists(
    st.tuples(st.integers(0, 32), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9)),
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
            if step[0] == 30:
                document.undo()
            elif step[0] == 31:
                document.redo()
            elif step[0] == 32:
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
        step = (chance.randrange(30), *(chance.randrange(60) for _ in range(3)))
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


@pytest.mark.parametrize(
    "name", [path.stem for path in sorted(shipped("workflows").glob("*.json"))]
)
def test_every_template_is_shown_whole(
    qapp: object, specs: Mapping[str, NodeSpec], name: str
) -> None:
    loaded = graph.load(shipped("workflows") / f"{name}.json", specs)
    assert loaded.document is not None
    view = CanvasView(loaded.document, specs)
    same(view)
    view.close()


def test_a_node_keeps_its_preview_through_remove_and_undo(canvas: CanvasView) -> None:
    look = NodeLook(progress=0.5, badge="running", cost="2 GB")
    canvas.set_state("sampler", look)
    canvas.document.do(RemoveNodes(("sampler",)))
    canvas.document.undo()
    assert canvas.projection.nodes["sampler"].look is look
    canvas.document.do(RenameNode("sampler", "other"))
    assert canvas.projection.nodes["other"].look is look


def test_a_ghost_shows_the_sockets_that_links_ask_for(
    qapp: object, specs: Mapping[str, NodeSpec]
) -> None:
    text = """{"format": "aiprod-workflow", "version": 1, "nodes": {
        "strange": {"type": "foreign.thing", "inputs": {"in_1": "prompt.text"}},
        "prompt": {"type": "text.prompt"},
        "encode": {"type": "text.encode", "inputs": {"text": "strange.words", "model": "gone.x"}}
    }}"""
    document = graph.loads(text, specs).document
    assert document is not None
    view = CanvasView(document, specs)
    same(view)
    assert set(view.projection.nodes["strange"].drawn.sockets) == {
        ("input", "in_1"), ("output", "words"),
    }  # fmt: skip
    assert view.projection.links["encode", "model"].stray
    assert not view.projection.links["encode", "text"].stray
    view.close()


def test_nodes_without_a_place_stand_in_columns_and_do_not_cover_each_other(
    qapp: object, specs: Mapping[str, NodeSpec]
) -> None:
    document = Document(specs=specs)
    document.do(
        AddNode("text.prompt", "a"), AddNode("text.encode", "b"), AddNode("models.load", "c"),
        Connect("a", "text", "b", "text"),
    )  # fmt: skip
    loaded = graph.loads(graph.dumps(document), specs).document
    assert loaded is not None
    view = CanvasView(loaded, specs)
    areas = [item.area for item in view.projection.nodes.values()]
    assert not any(a.intersects(b) for a in areas for b in areas if a is not b)
    nodes = view.projection.nodes
    assert nodes["a"].pos().x() < nodes["b"].pos().x()
    assert graph.dumps(loaded) == graph.dumps(document)
    view.close()

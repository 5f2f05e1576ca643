"""What a document shows when it is opened: templates, ghosts, previews, nodes without a place."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from aiprod_studio import graph
from aiprod_studio.app.places import shipped
from aiprod_studio.graph import Document
from aiprod_studio.graph.commands import AddNode, Connect, RemoveNodes, RenameNode
from aiprod_studio.sdk import NodeSpec
from aiprod_studio.ui.canvas import CanvasView, NodeLook

from .seeing import same


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

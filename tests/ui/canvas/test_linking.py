"""Links by mouse: drawn, refused with a reason, dropped on nothing, cut, bent, driven through."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from aiprod_studio.graph.commands import AddNode, Connect, MoveNodes
from tests.counted import undo_steps

from .conftest import ALT, CTRL, CTRL_SHIFT, EMPTY, links

Key = Qt.Key


def test_a_link_is_drawn_from_output_to_input(canvas, hand, document) -> None:
    hand.drag(
        hand.socket("encode", "output", "conditioning"), hand.socket("sampler", "input", "positive")
    )
    assert document.nodes["sampler"].inputs["positive"] == ("encode", "conditioning")


def test_a_link_is_drawn_backwards_too(canvas, hand, document) -> None:
    hand.drag(
        hand.socket("sampler", "input", "positive"), hand.socket("encode", "output", "conditioning")
    )
    assert document.nodes["sampler"].inputs["positive"] == ("encode", "conditioning")


def test_a_link_dropped_on_a_node_finds_the_input_that_fits(canvas, hand, document) -> None:
    hand.drag(hand.socket("model", "output", "dit"), hand.header("sampler"))
    assert document.nodes["sampler"].inputs["model"] == ("model", "dit")


def test_a_link_may_drive_a_parameter(canvas, hand, document) -> None:
    document.do(AddNode("flow.maths", "sum", pos=(320, 180)))
    hand.drag(hand.socket("sum", "output", "number"), hand.socket("sampler", "input", "guidance"))
    assert document.nodes["sampler"].inputs["guidance"] == ("sum", "number")


def test_only_legal_sockets_are_lit_while_a_link_is_dragged(canvas, hand) -> None:
    hand.drag(hand.socket("encode", "output", "conditioning"), EMPTY, drop=False)
    lit = {name: item._lit for name, item in canvas.projection.nodes.items()}
    assert lit["sampler"] == {("input", "positive"), ("input", "negative")}
    assert lit["prompt"] == lit["picture"] == frozenset()
    hand.press(Key.Key_Escape)
    assert all(item._lit is None for item in canvas.projection.nodes.values())


def test_a_refused_link_says_why_and_changes_nothing(canvas, hand, document, refusals) -> None:
    before = links(document)
    start, end = hand.socket("picture", "output", "image"), hand.socket("sampler", "input", "model")
    hand.drag(start, end, drop=False)
    assert "it takes dit" in canvas.viewer._hint.text()
    QTest.mouseRelease(canvas.viewer.viewport(), Qt.MouseButton.LeftButton, pos=hand.spot(end))
    assert refusals and "it takes dit" in refusals[0]
    assert links(document) == before
    assert not canvas.viewer._hint.isVisible()


def test_a_loop_is_refused_with_its_way(canvas, hand, document, refusals) -> None:
    document.do(
        AddNode("graph.reroute", "one", pos=(0, 500)),
        AddNode("graph.reroute", "two", pos=(200, 500)),
        Connect("one", "value", "two", "value"),
    )  # fmt: skip
    out = hand.socket("two", "output", "value") + QPointF(5, 0)
    hand.drag(out, hand.socket("one", "input", "value"))
    assert refusals and "loop" in refusals[0]
    assert "two" not in {link.source for link in document.links()}


def test_the_lit_sockets_are_those_that_the_document_allows(canvas, document) -> None:
    from aiprod_studio.ui.canvas.linking import End, legal

    document.do(
        Connect("encode", "conditioning", "sampler", "positive"),
        Connect("model", "dit", "sampler", "model"),
        AddNode("flow.maths", "sum", pos=(0, 600)),
    )
    nodes = canvas.projection.nodes
    ends = [
        End(s.side, n, s.name) for n, item in nodes.items() for s in item.drawn.sockets.values()
    ]
    for fixed in ends:
        lit = legal(canvas.projection, fixed)
        for other in ends:
            if other.side == fixed.side:
                continue
            start, end = (fixed, other) if fixed.side == "output" else (other, fixed)
            why = document.why_not(Connect(start.node, start.socket, end.node, end.socket))
            shown = (other.side, other.socket) in lit[other.node]
            assert shown == (why is None), (fixed, other, why)


def test_a_link_taken_off_an_input_is_cut_when_dropped_on_nothing(canvas, hand, document) -> None:
    hand.drag(hand.socket("encode", "input", "text"), EMPTY)
    assert "text" not in document.nodes["encode"].inputs


def test_a_link_taken_off_an_input_may_go_elsewhere(canvas, hand, document) -> None:
    document.do(AddNode("text.encode", "second", pos=(320, 560)))
    hand.drag(hand.socket("encode", "input", "text"), hand.socket("second", "input", "text"))
    assert "text" not in document.nodes["encode"].inputs
    assert document.nodes["second"].inputs["text"] == ("prompt", "text")


def test_a_link_dropped_on_empty_canvas_offers_what_fits_and_connects_it(
    canvas, hand, document
) -> None:
    hand.drag(hand.socket("picture", "output", "image"), EMPTY)
    box = canvas.search_box
    assert box.isVisible()
    shown = {box.list.item(i).text() for i in range(box.list.count())}
    assert "Save Image" in shown and "Prompt" not in shown
    hand.write(box.line, "save image")
    QTest.keyClick(box.line, Key.Key_Return)
    assert document.nodes["save_image"].inputs["image"] == ("picture", "image")
    assert not box.isVisible()
    assert document.undo() and "save_image" not in document.nodes


def test_a_link_dropped_backwards_offers_what_gives(canvas, hand, document) -> None:
    hand.drag(hand.socket("sampler", "input", "start"), EMPTY)
    hand.write(canvas.search_box.line, "empty")
    QTest.keyClick(canvas.search_box.line, Key.Key_Return)
    assert document.nodes["sampler"].inputs["start"][1] == "latents"


def test_alt_drag_cuts_the_links_it_crosses(canvas, hand, document) -> None:
    hand.drag(QPointF(275, 20), QPointF(275, 420), keys=ALT)
    assert not links(document)
    assert document.undo() and len(links(document)) == 2


def test_a_cut_beside_the_curve_leaves_the_link(canvas, hand, document) -> None:
    document.do(MoveNodes({"prompt": (-200, -300), "encode": (600, 300)}))
    path = canvas.projection.links["encode", "text"].path()
    start, end, early = (path.pointAtPercent(share) for share in (0, 1, 0.25))
    chord = start + (end - start) * ((early.x() - start.x()) / (end.x() - start.x()))
    before = links(document)
    hand.drag(early + (chord - early) * 0.4, early + (chord - early) * 0.8, keys=ALT)
    assert links(document) == before
    hand.drag(early - QPointF(0, 30), early + QPointF(0, 30), keys=ALT)
    assert before - links(document) == {"prompt.text → encode.text"}


def test_a_lone_node_dropped_on_a_link_is_put_into_it(canvas, hand, document) -> None:
    document.do(
        AddNode("latents.empty", "size", pos=(320, 600)),
        AddNode("graph.reroute", "bend", pos=(100, 600)),
    )
    before = undo_steps(document)
    path = canvas.projection.links["encode", "text"].path().pointAtPercent(0.5)
    start = hand.middle("bend")
    hand.drag(start, path)
    assert document.nodes["encode"].inputs["text"] == ("bend", "value")
    assert document.nodes["bend"].inputs["value"] == ("prompt", "text")
    assert undo_steps(document) == before + 1


def test_a_node_need_not_be_centred_on_the_link_it_is_dropped_on(canvas, hand, document) -> None:
    document.do(AddNode("edit.crop_image", "crop", pos=(40, 560)))
    document.do(AddNode("files.save_image", "save", pos=(760, 500)))
    document.do(Connect("picture", "image", "save", "image"))
    item = canvas.projection.nodes["crop"]
    place = canvas.projection.links["save", "image"].path().pointAtPercent(0.6)
    corner = item.pos() + QPointF(item.area.width() / 2, 14)
    hand.drag(corner, place + QPointF(0, -10))  # the link passes below the header
    assert document.nodes["crop"].inputs["image"] == ("picture", "image")
    assert document.nodes["save"].inputs["image"] == ("crop", "image")


def test_a_node_that_does_not_fit_a_link_is_only_moved_over_it(canvas, hand, document) -> None:
    document.do(AddNode("files.load_image", "other", pos=(40, 560)))
    before = links(document)
    hand.drag(
        hand.middle("other"), canvas.projection.links["encode", "text"].path().pointAtPercent(0.5)
    )
    assert links(document) == before


def test_the_search_for_a_dropped_link_begins_with_what_needs_it(canvas, hand) -> None:
    hand.drag(hand.socket("encode", "output", "conditioning"), EMPTY)
    box = canvas.search_box
    titles = [box.list.item(row).text() for row in range(box.list.count())]
    assert titles.index("DiT Sampler") < 2 < titles.index("Switch")
    assert canvas.searching._loose is not None
    QTest.keyClick(box.line, Key.Key_Escape)
    assert canvas.searching._loose is None


def test_the_search_is_as_high_as_what_it_found(canvas, hand) -> None:
    hand.press(Key.Key_Tab)
    high = canvas.search_box.height()
    hand.write(canvas.search_box.line, "resize")
    assert canvas.search_box.height() < high
    assert canvas.search_box.list.count() > 1
    assert canvas.search_box.list.verticalScrollBar().maximum() == 0


def test_a_double_click_on_a_link_bends_it(canvas, hand, document) -> None:
    hand.double_click(canvas.projection.links["encode", "text"].path().pointAtPercent(0.5))
    assert document.nodes["encode"].inputs["text"] == ("reroute", "value")


def test_inputs_of_a_subgraph_are_named_stubs_inside(canvas, hand, document) -> None:
    canvas.select(["encode"])
    hand.press(Key.Key_G, CTRL_SHIFT)
    canvas.select(["group"])
    hand.press(Key.Key_Return, CTRL)
    item = canvas.projection.links["encode", "text"]
    assert item.stray and item._label.text() == "text"
    assert item.pen().color() == canvas.projection.palette.socket("text")

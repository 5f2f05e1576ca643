"""Frames, notes and sub-graphs by mouse and keys."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from aiprod_studio.graph.commands import AddFrame, Connect, EditFrame
from aiprod_studio.ui.canvas.menu import menu_for

from .conftest import ALT, CTRL, CTRL_SHIFT, EMPTY, SHIFT

Key = Qt.Key


def test_a_note_is_written_where_it_stands(canvas, hand, document) -> None:
    canvas.viewer.mouse = EMPTY
    hand.press(Key.Key_N, SHIFT)
    hand.write(canvas.writing, "remember the light")
    QTest.keyClick(canvas.writing, Key.Key_Return, CTRL)
    assert document.notes[0].text == "remember the light"


def test_a_frame_takes_its_members_along(canvas, hand, document) -> None:
    canvas.select(["prompt", "model"])
    hand.press(Key.Key_G, CTRL)
    frame = document.frames[0]
    assert set(frame.members) == {"prompt", "model"}
    title = QPointF(frame.pos[0] + 80, frame.pos[1] + 12)
    hand.drag(title, title + QPointF(-30, -10))
    assert document.view["prompt"]["pos"] == [-30, -10]
    assert document.view["model"]["pos"] == [-30, 210]
    assert document.frames[0].pos == (frame.pos[0] - 30, frame.pos[1] - 10)


def test_nodes_join_the_frame_they_are_dropped_in_and_leave_it(canvas, hand, document) -> None:
    document.do(AddFrame("box", pos=(280, 290), size=(330, 300)))
    start = hand.header("picture")
    hand.drag(start, start + QPointF(20, 20))
    assert document.frames[0].members == ("picture",)
    hand.drag(hand.header("picture"), hand.header("picture") + QPointF(-360, 150))
    assert document.frames[0].members == ()


def test_a_frame_is_resized_by_its_corner(canvas, hand, document) -> None:
    document.do(AddFrame("box", pos=(280, 560), size=(300, 100)))
    corner = QPointF(280 + 300 - 5, 560 + 100 - 5)
    hand.drag(corner, corner + QPointF(60, 40))
    assert document.frames[0].size == (360, 140)


def test_a_subgraph_is_made_entered_edited_and_left(canvas, hand, document) -> None:
    canvas.select(["prompt", "encode"])
    hand.press(Key.Key_G, CTRL_SHIFT)
    assert document.nodes["group"].type == "subgraph.group"
    hand.double_click(hand.middle("group"))
    assert canvas.within == "group" and set(canvas.projection.nodes) == {"prompt", "encode"}
    assert canvas.trail.isVisible()
    canvas.select(["prompt"])
    hand.press(Key.Key_M)
    assert document.subgraphs["group"].nodes["prompt"].mode == "mute"
    hand.press(Key.Key_Up, ALT)
    assert canvas.within == "" and not canvas.trail.isVisible()
    canvas.select(["group"])
    hand.press(Key.Key_G, CTRL | ALT)
    assert "encode" in document.nodes


def test_undoing_the_subgraph_that_is_shown_goes_out_of_it(canvas, hand, document) -> None:
    canvas.select(["prompt", "encode"])
    hand.press(Key.Key_G, CTRL_SHIFT)
    canvas.select(["group"])
    hand.press(Key.Key_Return, CTRL)
    assert canvas.within == "group"
    hand.press(Key.Key_Z, CTRL)
    assert canvas.within == "" and "encode" in canvas.projection.nodes
    assert not canvas.trail.isVisible()


def test_colours_go_to_the_document(canvas, hand, document) -> None:
    document.do(
        AddFrame("box", pos=(280, 560), size=(300, 100)), EditFrame("box", colour="#101010")
    )
    canvas.select(["prompt", "box"])
    canvas.editor.paint("#a34848")
    assert document.view["prompt"]["colour"] == "#a34848"
    assert document.frames[0].colour == "#a34848"


def test_states_belong_to_the_documents_own_graph(canvas, hand, document) -> None:
    from aiprod_studio.ui.canvas import NodeLook

    canvas.set_state("encode", NodeLook(badge="cached"))
    canvas.select(["encode"])
    hand.press(Key.Key_G, CTRL_SHIFT)
    canvas.select(["group"])
    hand.press(Key.Key_Return, CTRL)
    canvas.set_state("encode", NodeLook(badge="error"))
    assert canvas.projection.nodes["encode"].look.badge == ""


def enter_group(canvas, hand) -> None:
    canvas.select(["encode"])
    hand.press(Key.Key_G, CTRL_SHIFT)
    canvas.select(["group"])
    hand.press(Key.Key_Return, CTRL)


def choose_in_menu(canvas, at: QPointF, begins: str) -> None:
    """Choose an entry of the context menu at a place of the canvas."""
    actions = menu_for(canvas, at).actions()
    next(action for action in actions if action.text().startswith(begins)).trigger()


def test_a_socket_inside_becomes_one_of_the_subgraph_and_goes_again(canvas, hand, document) -> None:
    document.do(Connect("encode", "conditioning", "sampler", "positive"))
    enter_group(canvas, hand)
    stub = canvas.projection.outlets.items["encode", "conditioning"]
    assert stub.words == "conditioning" and stub.isVisible()
    spot = hand.socket("encode", "input", "connectors")
    choose_in_menu(canvas, spot, "Show 'connectors' on the sub-graph")
    assert set(document.subgraphs["group"].inputs) == {"text", "model", "connectors"}
    hand.press(Key.Key_Up, ALT)
    assert ("input", "connectors") in canvas.projection.nodes["group"].drawn.sockets
    canvas.select(["group"])
    hand.press(Key.Key_Return, CTRL)
    spot = hand.socket("encode", "input", "connectors")
    choose_in_menu(canvas, spot, "Show 'connectors' on the sub-graph no longer")
    assert set(document.subgraphs["group"].inputs) == {"text", "model"}
    spot = hand.socket("encode", "output", "conditioning")
    choose_in_menu(canvas, spot, "Show 'conditioning' on the sub-graph no longer")
    assert not canvas.projection.outlets.items
    assert "positive" not in document.nodes["sampler"].inputs
    document.undo()
    assert document.nodes["sampler"].inputs["positive"] == ("group", "conditioning")


def test_a_socket_of_a_subgraph_is_renamed_where_it_is_seen(canvas, hand, document) -> None:
    document.do(Connect("encode", "conditioning", "sampler", "positive"))
    enter_group(canvas, hand)
    spot = hand.socket("encode", "output", "conditioning")
    choose_in_menu(canvas, spot, "Rename 'conditioning'")
    canvas.writing.selectAll()
    hand.write(canvas.writing, "words")
    QTest.keyClick(canvas.writing, Key.Key_Return)
    assert canvas.projection.outlets.items["encode", "conditioning"].words == "words"
    assert document.nodes["sampler"].inputs["positive"] == ("group", "words")


def test_a_subgraph_is_renamed_from_inside_and_stays_open(canvas, hand, document) -> None:
    enter_group(canvas, hand)
    hand.press(Key.Key_F2)
    canvas.writing.selectAll()
    hand.write(canvas.writing, "reading")
    QTest.keyClick(canvas.writing, Key.Key_Return)
    assert canvas.within == "reading" and set(document.subgraphs) == {"reading"}
    assert canvas.projection.nodes.keys() == {"encode"}
    hand.press(Key.Key_Up, ALT)
    assert canvas.projection.graph.nodes["group"].type == "subgraph.reading"


def test_a_renamed_frame_stays_chosen(canvas, hand, document) -> None:
    canvas.select(["encode"])
    hand.press(Key.Key_G, CTRL)
    hand.press(Key.Key_F2)
    canvas.writing.selectAll()
    hand.write(canvas.writing, "Words")
    QTest.keyClick(canvas.writing, Key.Key_Return)
    assert canvas.editor.choice.frames() == ["Words"]

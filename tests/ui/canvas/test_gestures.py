"""Gestures become commands: what an artist does with mouse and keys, and what the document says."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtTest import QTest

from aiprod_studio.graph import Document, Link
from aiprod_studio.graph.commands import AddFrame, AddNode, AddNote, Connect, EditFrame

ALT, CTRL, SHIFT = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
CTRL_SHIFT = CTRL | SHIFT
Key = Qt.Key
EMPTY = QPointF(500, 620)


def steps(document: Document) -> int:
    count = 0
    while document.undo():
        count += 1
    for _ in range(count):
        document.redo()
    return count


def links(document: Document) -> set[str]:
    return {str(link) for link in document.links()}


def test_a_drag_moves_a_node_in_one_step(canvas, hand, document) -> None:
    before = steps(document)
    hand.drag(hand.header("picture"), hand.header("picture") + QPointF(50, 30))
    assert document.view["picture"]["pos"] == [370, 350]
    assert steps(document) == before + 1


def test_a_small_tremble_moves_nothing(canvas, hand, document) -> None:
    before = steps(document)
    hand.drag(hand.header("picture"), hand.header("picture") + QPointF(2, 1))
    assert canvas.editor.choice.nodes() == ["picture"]
    assert steps(document) == before


def test_escape_gives_a_drag_up(canvas, hand, document) -> None:
    start = hand.header("picture")
    hand.drag(start, start + QPointF(80, 80), drop=False)
    hand.press(Key.Key_Escape)
    assert canvas.projection.nodes["picture"].pos() == QPointF(320, 320)
    assert document.view["picture"]["pos"] == [320, 320]


def test_several_chosen_nodes_move_together(canvas, hand, document) -> None:
    canvas.select(["prompt", "model"])
    hand.drag(hand.header("prompt"), hand.header("prompt") + QPointF(-20, 10))
    assert document.view["prompt"]["pos"] == [-20, 10]
    assert document.view["model"]["pos"] == [-20, 230]


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


def test_a_lone_node_dropped_on_a_link_is_put_into_it(canvas, hand, document) -> None:
    document.do(
        AddNode("latents.empty", "size", pos=(320, 600)),
        AddNode("graph.reroute", "bend", pos=(100, 600)),
    )
    before = steps(document)
    path = canvas.projection.links["encode", "text"].path().pointAtPercent(0.5)
    start = hand.middle("bend")
    hand.drag(start, path)
    assert document.nodes["encode"].inputs["text"] == ("bend", "value")
    assert document.nodes["bend"].inputs["value"] == ("prompt", "text")
    assert steps(document) == before + 1


def test_a_double_click_on_a_link_bends_it(canvas, hand, document) -> None:
    hand.double_click(canvas.projection.links["encode", "text"].path().pointAtPercent(0.5))
    assert document.nodes["encode"].inputs["text"] == ("reroute", "value")


def test_a_drop_from_the_library_adds_a_node_there(canvas, hand, document) -> None:
    data = QMimeData()
    data.setData("application/x-aiprod-node", b"flow.maths")
    event = QDropEvent(
        QPointF(hand.spot(EMPTY)), Qt.DropAction.CopyAction, data,
        Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    canvas.viewer.dropEvent(event)
    assert canvas.projection.nodes["maths"].area.contains(EMPTY)
    assert canvas.editor.choice.nodes() == ["maths"]


def test_tab_searches_and_enter_adds_by_keyboard_alone(canvas, hand, document) -> None:
    hand.press(Key.Key_Tab)
    line = canvas.search_box.line
    hand.write(line, "dit")
    QTest.keyClick(line, Key.Key_Down)
    QTest.keyClick(line, Key.Key_Up)
    QTest.keyClick(line, Key.Key_Return)
    assert document.nodes["dit"].type == "sampling.dit"


def test_escape_closes_the_search_and_gives_the_keys_back(canvas, hand, document) -> None:
    hand.press(Key.Key_Tab)
    QTest.keyClick(canvas.search_box.line, Key.Key_Escape)
    assert not canvas.search_box.isVisible()
    hand.press(Key.Key_A, CTRL)
    assert set(canvas.editor.choice.nodes()) == set(document.nodes)


def test_a_double_click_on_empty_canvas_searches(canvas, hand) -> None:
    hand.double_click(EMPTY)
    assert canvas.search_box.isVisible()


def test_a_marquee_chooses_and_shift_adds_and_ctrl_takes_away(canvas, hand) -> None:
    hand.drag(QPointF(-40, -40), QPointF(260, 190))
    assert canvas.editor.choice.nodes() == ["prompt"]
    hand.drag(QPointF(-40, 540), QPointF(260, 300), keys=SHIFT)
    assert canvas.editor.choice.nodes() == ["prompt", "model"]
    hand.drag(QPointF(-40, -40), QPointF(260, 190), keys=CTRL)
    assert canvas.editor.choice.nodes() == ["model"]


def test_clicks_choose_and_shift_toggles(canvas, hand) -> None:
    hand.click(hand.header("prompt"))
    hand.click(hand.header("model"), SHIFT)
    assert canvas.editor.choice.nodes() == ["prompt", "model"]
    hand.click(hand.header("prompt"), SHIFT)
    assert canvas.editor.choice.nodes() == ["model"]
    hand.click(EMPTY)
    assert canvas.editor.choice.nodes() == []


def test_delete_removes_all_that_is_chosen_in_one_step(canvas, hand, document) -> None:
    document.do(AddFrame("box", members=("picture",)), AddNote("hm", "note", pos=(0, 700)))
    before = steps(document)
    hand.press(Key.Key_A, CTRL)
    hand.press(Key.Key_Delete)
    assert not document.nodes and not document.frames and not document.notes
    assert steps(document) == before + 1
    hand.press(Key.Key_Z, CTRL)
    assert len(document.nodes) == 5 and document.frames and document.notes


def test_mute_and_bypass_toggle(canvas, hand, document) -> None:
    canvas.select(["encode", "sampler"])
    hand.press(Key.Key_M)
    assert {document.nodes[n].mode for n in ("encode", "sampler")} == {"mute"}
    hand.press(Key.Key_B)
    assert {document.nodes[n].mode for n in ("encode", "sampler")} == {"bypass"}
    hand.press(Key.Key_B)
    assert {document.nodes[n].mode for n in ("encode", "sampler")} == {"active"}


def test_fold_toggles(canvas, hand, document) -> None:
    canvas.select(["sampler"])
    tall = canvas.projection.nodes["sampler"].area.height()
    hand.press(Key.Key_H)
    assert canvas.projection.nodes["sampler"].area.height() < tall
    hand.press(Key.Key_H)
    assert canvas.projection.nodes["sampler"].area.height() == tall


def test_copies_come_with_or_without_incoming_links(canvas, hand, document) -> None:
    canvas.select(["encode"])
    hand.press(Key.Key_C, CTRL)
    hand.press(Key.Key_V, CTRL)
    assert not document.nodes["encode_2"].inputs
    assert canvas.editor.choice.nodes() == ["encode_2"]
    hand.press(Key.Key_V, CTRL_SHIFT)
    assert document.nodes["encode_3"].inputs["text"] == ("prompt", "text")


def test_duplicates_stand_beside_and_leave_the_clipboard_alone(canvas, hand, document) -> None:
    QGuiApplication.clipboard().setText("mine")
    canvas.select(["prompt", "encode"])
    hand.press(Key.Key_D, CTRL_SHIFT)
    assert document.nodes["encode_2"].inputs == {
        "text": ("prompt_2", "text"), "model": ("model", "text_encoder"),
    }  # fmt: skip
    assert QGuiApplication.clipboard().text() == "mine"


def test_nonsense_on_the_clipboard_is_refused_in_words(canvas, hand, document, refusals) -> None:
    QGuiApplication.clipboard().setText("no workflow at all")
    hand.press(Key.Key_V, CTRL)
    assert refusals and "clipboard" in refusals[0]


def test_a_node_is_renamed_in_its_place(canvas, hand, document) -> None:
    hand.double_click(hand.header("prompt"))
    assert canvas.writing.isVisible()
    canvas.writing.selectAll()
    hand.write(canvas.writing, "words")
    QTest.keyClick(canvas.writing, Key.Key_Return)
    assert document.nodes["encode"].inputs["text"] == ("words", "text")
    assert not canvas.writing.isVisible()


def test_a_taken_name_is_refused_in_words(canvas, hand, document, refusals) -> None:
    canvas.select(["prompt"])
    hand.press(Key.Key_F2)
    canvas.writing.selectAll()
    hand.write(canvas.writing, "model")
    QTest.keyClick(canvas.writing, Key.Key_Return)
    assert refusals and "'model'" in refusals[0]
    assert "prompt" in document.nodes


def test_escape_leaves_a_name_as_it_was(canvas, hand, document) -> None:
    canvas.select(["prompt"])
    hand.press(Key.Key_F2)
    hand.write(canvas.writing, "never")
    QTest.keyClick(canvas.writing, Key.Key_Escape)
    assert "prompt" in document.nodes and "never" not in document.nodes


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


def test_a_node_is_made_wider_by_its_corner(canvas, hand, document) -> None:
    area = canvas.projection.nodes["picture"].area
    corner = area.bottomRight() - QPointF(3, 3)
    hand.drag(corner, corner + QPointF(50, 0))
    assert document.view["picture"]["size"][0] == 274
    assert canvas.projection.nodes["picture"].area.width() == 274


def test_align_and_arrange_are_one_step_each(canvas, hand, document) -> None:
    canvas.select(["prompt", "picture"])
    canvas.editor.align("left")
    assert document.view["picture"]["pos"][0] == 0
    document.undo()
    canvas.viewer.scene().clearSelection()
    before = steps(document)
    hand.press(Key.Key_L, SHIFT)
    assert steps(document) == before + 1
    areas = [item.area for item in canvas.projection.nodes.values()]
    assert not any(a.intersects(b) for a in areas for b in areas if a is not b)
    place = {name: view["pos"] for name, view in document.view.items()}
    assert place["prompt"][0] < place["encode"][0]


def test_undo_and_redo_by_keys(canvas, hand, document) -> None:
    canvas.select(["picture"])
    hand.press(Key.Key_Delete)
    hand.press(Key.Key_Z, CTRL)
    assert "picture" in canvas.projection.nodes
    hand.press(Key.Key_Y, CTRL)
    assert "picture" not in canvas.projection.nodes


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


def test_middle_drag_and_wheel_move_the_view_within_its_limits(canvas, hand, document) -> None:
    before = canvas.viewer.centre
    hand.drag(EMPTY, EMPTY + QPointF(100, 40), button=Qt.MouseButton.MiddleButton)
    assert (canvas.viewer.centre - before).x() == pytest.approx(-100, abs=2)
    for _ in range(80):
        canvas.viewer.zoom_at(0.8, EMPTY)
    assert canvas.viewer.zoom == pytest.approx(0.04)
    for _ in range(80):
        canvas.viewer.zoom_at(1.3, EMPTY)
    assert canvas.viewer.zoom == pytest.approx(3.0)
    assert document.changed


def test_home_shows_everything_and_f_what_is_chosen(canvas, hand) -> None:
    canvas.viewer.look_at(QPointF(9000, 9000), 2.0)
    hand.press(Key.Key_Home)
    assert canvas.viewer.seen.contains(canvas.projection.whole())
    canvas.select(["sampler"])
    hand.press(Key.Key_F)
    assert canvas.viewer.seen.center().x() == pytest.approx(hand.middle("sampler").x(), abs=1)


def test_the_minimap_goes_where_it_is_clicked(canvas, hand) -> None:
    canvas.frame_all()
    canvas.actual_size()
    QTest.mouseClick(canvas.minimap, Qt.MouseButton.LeftButton, pos=QPoint(20, 69))
    assert canvas.viewer.centre.x() < hand.middle("encode").x()


def test_the_shell_hears_of_selection_activation_and_manuals(canvas, hand) -> None:
    heard: list[object] = []
    canvas.selection_changed.connect(lambda names: heard.append(tuple(names)))
    canvas.node_activated.connect(heard.append)
    canvas.asked_for_manual.connect(heard.append)
    hand.click(hand.header("sampler"))
    hand.press(Key.Key_F1)
    hand.double_click(hand.middle("sampler"))
    assert heard == [("sampler",), "sampling.dit", "sampler"]


def test_the_context_menu_says_what_can_be_done(canvas, hand, document) -> None:
    from aiprod_studio.ui.canvas.menu import menu_for

    canvas.select(["prompt"])
    words = [a.text().split("\t")[0] for a in menu_for(canvas, hand.middle("prompt")).actions()]
    assert {"Mute", "Bypass", "Rename…", "Remove", "Colour"} <= set(words)
    path = canvas.projection.links["encode", "text"].path().pointAtPercent(0.5)
    menu = menu_for(canvas, path)
    next(a for a in menu.actions() if a.text() == "Remove link").trigger()
    assert Link("prompt", "text", "encode", "text") not in set(document.links())


def test_colours_go_to_the_document(canvas, hand, document) -> None:
    document.do(
        AddFrame("box", pos=(280, 560), size=(300, 100)), EditFrame("box", colour="#101010")
    )
    canvas.select(["prompt", "box"])
    canvas.editor.paint("#a34848")
    assert document.view["prompt"]["colour"] == "#a34848"
    assert document.frames[0].colour == "#a34848"


def test_undoing_while_a_node_is_dragged_gives_the_drag_up(canvas, hand, document) -> None:
    document.do(AddNode("flow.maths", "late", pos=(100, 560)))
    start = hand.header("late")
    hand.drag(start, start + QPointF(60, 20), drop=False)
    document.undo()
    QTest.mouseRelease(canvas.viewer.viewport(), Qt.MouseButton.LeftButton, pos=hand.spot(start))
    assert "late" not in document.nodes and document.can_redo


def test_inputs_of_a_subgraph_are_named_stubs_inside(canvas, hand, document) -> None:
    canvas.select(["encode"])
    hand.press(Key.Key_G, CTRL_SHIFT)
    canvas.select(["group"])
    hand.press(Key.Key_Return, CTRL)
    item = canvas.projection.links["encode", "text"]
    assert item.stray and item._label.text() == "text"
    assert item.pen().color() == canvas.projection.palette.socket("text")


def test_states_belong_to_the_documents_own_graph(canvas, hand, document) -> None:
    from aiprod_studio.ui.canvas import NodeLook

    canvas.set_state("encode", NodeLook(badge="cached"))
    canvas.select(["encode"])
    hand.press(Key.Key_G, CTRL_SHIFT)
    canvas.select(["group"])
    hand.press(Key.Key_Return, CTRL)
    canvas.set_state("encode", NodeLook(badge="error"))
    assert canvas.projection.nodes["encode"].look.badge == ""


def test_moving_the_view_keeps_what_is_being_written(canvas, hand, document) -> None:
    canvas.select(["prompt"])
    hand.press(Key.Key_F2)
    canvas.writing.selectAll()
    hand.write(canvas.writing, "kept")
    canvas.viewer.pan(QPointF(10, 0))
    assert "kept" in document.nodes and not canvas.writing.isVisible()

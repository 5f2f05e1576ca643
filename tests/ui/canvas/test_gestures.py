"""Gestures become commands: what an artist does with mouse and keys, and what the document says."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtTest import QTest

from aiprod_studio.graph.commands import AddFrame, AddNode, AddNote
from aiprod_studio.graph.reroute import REROUTE
from aiprod_studio.ui.library.elsewhere import CALLED
from tests.counted import undo_steps

from .conftest import CTRL, CTRL_SHIFT, EMPTY, SHIFT

Key = Qt.Key


def test_a_drag_moves_a_node_in_one_step(canvas, hand, document) -> None:
    before = undo_steps(document)
    hand.drag(hand.header("picture"), hand.header("picture") + QPointF(50, 30))
    assert document.view["picture"]["pos"] == [370, 350]
    assert undo_steps(document) == before + 1


def test_a_small_tremble_moves_nothing(canvas, hand, document) -> None:
    before = undo_steps(document)
    hand.drag(hand.header("picture"), hand.header("picture") + QPointF(2, 1))
    assert canvas.editor.choice.nodes() == ["picture"]
    assert undo_steps(document) == before


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
    before = undo_steps(document)
    hand.press(Key.Key_A, CTRL)
    hand.press(Key.Key_Delete)
    assert not document.nodes and not document.frames and not document.notes
    assert undo_steps(document) == before + 1
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


def test_a_node_is_made_wider_by_its_corner(canvas, hand, document) -> None:
    area = canvas.projection.nodes["picture"].area
    corner = area.bottomRight() - QPointF(3, 3)
    hand.drag(corner, corner + QPointF(50, 0))
    assert document.view["picture"]["size"][0] == 274
    assert canvas.projection.nodes["picture"].area.width() == 274


def test_align_and_arrange_are_one_step_each(canvas, hand, document) -> None:
    canvas.select(["prompt", "picture"])
    canvas.editor.placing.align("left")
    assert document.view["picture"]["pos"][0] == 0
    document.undo()
    canvas.viewer.scene().clearSelection()
    before = undo_steps(document)
    hand.press(Key.Key_L, SHIFT)
    assert undo_steps(document) == before + 1
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


def test_undoing_while_a_node_is_dragged_gives_the_drag_up(canvas, hand, document) -> None:
    document.do(AddNode("flow.maths", "late", pos=(100, 560)))
    start = hand.header("late")
    hand.drag(start, start + QPointF(60, 20), drop=False)
    document.undo()
    QTest.mouseRelease(canvas.viewer.viewport(), Qt.MouseButton.LeftButton, pos=hand.spot(start))
    assert "late" not in document.nodes and document.can_redo


@pytest.mark.parametrize(
    ("called", "node_type"),
    [
        ("ksampler", "sampling.dit"), ("load checkpoint", "models.load"),
        ("vae decode", "decode.video"), ("clip text", "text.encode"), ("read", "files.load_image"),
        ("rife", "refine.interpolate"), ("dot", "graph.reroute"), ("sampler", "sampling.dit"),
    ],
)  # fmt: skip
def test_nodes_are_found_by_what_they_are_called_elsewhere(
    canvas, hand, called: str, node_type: str
) -> None:
    hand.press(Key.Key_Tab)
    hand.write(canvas.search_box.line, called)
    found = [canvas.search_box.list.item(row) for row in range(canvas.search_box.list.count())]
    assert node_type in [row.data(Qt.ItemDataRole.UserRole).type for row in found[:3]]


def test_every_node_with_names_from_elsewhere_exists(specs: dict) -> None:
    assert CALLED.keys() <= {*specs, REROUTE.type}
    assert all(words == words.lower() for words in CALLED.values())

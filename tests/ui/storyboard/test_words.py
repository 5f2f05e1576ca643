"""What is written beside the board, and what it warns of."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from aiprod_studio.story.edits import SetPanel
from tests.ui.storyboard.boards import board_of
from tests.ui.storyboard.hands import Opened, click


def test_words_become_an_edit_when_they_are_left(opened: Opened) -> None:
    editing, board = opened(board_of((2,)))
    click(board, "a")
    QTest.keyClick(board.cards, Qt.Key.Key_Return)
    field = board.details.of_panel.fields["dialogue"]
    assert field.hasFocus()
    QTest.keyClicks(field, "We leave.")
    click(board, "b")
    board.cards.setFocus()
    assert editing.board().find_panel("a")[1].dialogue == "We leave."
    assert editing.board().find_panel("b")[1].dialogue == ""
    assert field.toPlainText() == ""


def test_escape_takes_back_what_was_typed(opened: Opened) -> None:
    editing, board = opened(board_of((1,)))
    click(board, "a")
    field = board.details.of_panel.fields["action"]
    field.setFocus()
    QTest.keyClicks(field, "nonsense")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    board.cards.setFocus()
    assert editing.board().find_panel("a")[1].action == ""
    assert not editing.document.can_undo or editing.document.undo_title != "Change action"


def test_a_panel_too_short_for_its_dialogue_warns_and_is_changed_only_when_asked(
    opened: Opened,
) -> None:
    editing, board = opened(board_of((1,)))
    editing.do_story(SetPanel("a", {"dialogue": "We have to leave before the tide turns."}))
    click(board, "a")
    assert not board.details.of_panel.fit.isHidden()
    assert editing.board().find_panel("a")[1].frames == 24
    QTest.mouseClick(board.details.of_panel.fit, Qt.MouseButton.LeftButton)
    assert editing.board().find_panel("a")[1].frames > 24
    assert board.details.of_panel.fit.isHidden()


def test_words_being_typed_are_kept_when_the_film_is_saved(opened: Opened) -> None:
    editing, board = opened(board_of((1,)))
    click(board, "a")
    board.write()
    QTest.keyClicks(board.details.of_panel.fields["dialogue"], "We leave.")
    editing.settle()
    assert editing.board().find_panel("a")[1].dialogue == "We leave."


def test_a_duration_typed_with_several_panels_chosen_goes_to_all_of_them(opened: Opened) -> None:
    editing, board = opened(board_of((3,)))
    click(board, "a")
    click(board, "c", Qt.KeyboardModifier.ControlModifier)
    board.details.of_panel.frames.setValue(40)
    assert [panel.frames for _, panel in editing.board().panels()] == [40, 24, 40]
    editing.undo()
    assert [panel.frames for _, panel in editing.board().panels()] == [24, 24, 24]


@pytest.mark.parametrize("key", ["image", "sound"])
def test_a_file_is_taken_off_a_panel_by_its_button(opened: Opened, key: str) -> None:
    editing, board = opened(board_of((1,)))
    editing.do_story(SetPanel("a", {key: "there.file"}))
    click(board, "a")
    line = board.details.of_panel.files[key]
    assert line.name.text() == "there.file"
    QTest.mouseClick(line.clear, Qt.MouseButton.LeftButton)
    assert getattr(editing.board().find_panel("a")[1], key) == ""
    assert line.clear.isHidden()


def test_a_panel_without_a_frame_says_so_and_is_given_one(opened: Opened) -> None:
    start = board_of((2,))
    none = replace(start.scenes[0].shots[0].panels[0], frames=0)
    shot = replace(start.scenes[0].shots[0], panels=(none, start.scenes[0].shots[0].panels[1]))
    editing, board = opened(replace(start, scenes=(replace(start.scenes[0], shots=(shot,)),)))
    click(board, "a")
    assert board.details.of_panel.frames.value() == 0
    board.details.of_panel.frames.setValue(1)
    assert editing.board().find_panel("a")[1].frames == 1
    click(board, "b")
    assert board.details.of_panel.frames.value() == 24
    assert board.details.of_panel.frames.minimum() == 1


def test_a_board_without_a_graph_warns_of_nothing(opened: Opened, qtbot: QtBot) -> None:
    _, board = opened(board_of((1,)))
    qtbot.waitUntil(lambda: bool(board.renders.problems("s0")))
    click(board, "a")
    assert board.cards.looks["s0"].state == "empty"
    assert board.details.problems.isHidden()
    board.rendering.add_graph()
    qtbot.waitUntil(lambda: not board.renders.problems("s0"))
    assert board.cards.looks["s0"].state == "empty"

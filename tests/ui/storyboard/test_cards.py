"""The cards under mouse and keys."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.ui.storyboard.boards import board_of, order
from tests.ui.storyboard.hands import Opened, click, drag, press_key, spot


def test_a_card_dragged_to_another_shot_moves_its_panel_as_one_step(opened: Opened) -> None:
    editing, board = opened(board_of((3, 2)))
    drag(board, spot(board, "a"), spot(board, "d", 0.9))
    assert order(editing.board()) == ["bc", "dae"]
    editing.undo()
    assert order(editing.board()) == ["abc", "de"]


def test_several_chosen_cards_are_dragged_together(opened: Opened) -> None:
    editing, board = opened(board_of((3, 2)))
    click(board, "a")
    click(board, "c", Qt.KeyboardModifier.ControlModifier)
    drag(board, spot(board, "c"), spot(board, "e", 0.1))
    assert order(editing.board()) == ["b", "dace"]


def test_escape_lets_go_of_a_drag(opened: Opened) -> None:
    editing, board = opened(board_of((3, 2)))
    view = board.cards.viewport()
    place = spot(board, "a")
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseMove(view, spot(board, "e"))
    QTest.keyClick(board.cards, Qt.Key.Key_Escape)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=spot(board, "e"))
    assert order(editing.board()) == ["abc", "de"]
    assert board.cards.drop is None


def test_dragging_the_edge_of_a_card_changes_its_duration(opened: Opened) -> None:
    editing, board = opened(board_of((3,)))
    board.set_shape("strip")
    per_frame = board.cards.per_frame
    start = spot(board, "b", 1.0)
    drag(board, start, start + QPoint(round(12 * per_frame), 0))
    frames = [panel.frames for _, panel in editing.board().panels()]
    assert frames == [24, 36, 24]
    assert editing.document.undo_title == "Change duration"


def test_a_frame_drawn_around_cards_chooses_them(opened: Opened) -> None:
    _, board = opened(board_of((3,)))
    start = spot(board, "a", 0) - QPoint(8, 0)
    drag(board, start, spot(board, "b"))
    assert board.cards.chosen == ("a", "b")


def test_keys_walk_choose_split_join_copy_and_remove(opened: Opened) -> None:
    editing, board = opened(board_of((3,)))
    click(board, "a")
    QTest.keyClick(board.cards, Qt.Key.Key_Right)
    assert board.cards.chosen == ("b",)
    QTest.keyClick(board.cards, Qt.Key.Key_S)
    assert order(editing.board()) == ["a", "bc"]
    click(board, "a")
    QTest.keyClick(board.cards, Qt.Key.Key_J)
    assert order(editing.board()) == ["abc"]
    QTest.keyClick(board.cards, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert len(list(editing.board().panels())) == 4
    QTest.keyClick(board.cards, Qt.Key.Key_Delete)
    assert order(editing.board()) == ["abc"]


def test_panels_move_by_keys_out_of_their_shot_and_back(opened: Opened) -> None:
    editing, board = opened(board_of((3, 2)))
    click(board, "b")
    click(board, "c", Qt.KeyboardModifier.ControlModifier)
    press_key(board, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert order(editing.board()) == ["a", "bcde"]
    assert board.cards.chosen == ("b", "c")
    press_key(board, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert order(editing.board()) == ["a", "dbce"]
    press_key(board, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    press_key(board, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert order(editing.board()) == ["abc", "de"]


def test_shift_and_end_chooses_everything_up_to_the_last_panel(opened: Opened) -> None:
    _, board = opened(board_of((3, 2)))
    click(board, "b")
    press_key(board, Qt.Key.Key_End, Qt.KeyboardModifier.ShiftModifier)
    assert board.cards.chosen == ("b", "c", "d", "e")


def test_full_stop_and_comma_change_the_durations_of_all_chosen_panels(opened: Opened) -> None:
    editing, board = opened(board_of((3,)))
    click(board, "a")
    press_key(board, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    press_key(board, Qt.Key.Key_Period)
    assert [panel.frames for _, panel in editing.board().panels()] == [25, 25, 24]
    press_key(board, Qt.Key.Key_Comma, Qt.KeyboardModifier.AltModifier)
    assert [panel.frames for _, panel in editing.board().panels()] == [19, 19, 24]
    editing.undo()
    editing.undo()
    assert [panel.frames for _, panel in editing.board().panels()] == [24, 24, 24]


def test_the_last_panel_removed_leaves_the_keys_on_the_one_before(opened: Opened) -> None:
    editing, board = opened(board_of((3,)))
    click(board, "c")
    press_key(board, Qt.Key.Key_Delete)
    assert board.cards.chosen == ("b",)
    press_key(board, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    press_key(board, Qt.Key.Key_Delete)
    assert not editing.board().scenes
    assert board.pages.currentWidget() is board.empty
    editing.undo()
    assert order(editing.board()) == ["ab"]

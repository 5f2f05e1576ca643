"""Scenes and shots as a whole: named over their headings, moved, renumbered, removed."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from aiprod_studio.ui.storyboard import BoardWorkspace
from aiprod_studio.ui.storyboard.naming import NameLine
from tests.ui.storyboard.boards import board_of, order
from tests.ui.storyboard.hands import Opened, click, drag, head_spot, press_key, spot


def name_line(board: BoardWorkspace) -> NameLine:
    return next(line for line in board.cards.findChildren(NameLine) if line.isVisible())


def test_a_scene_is_named_over_its_heading(opened: Opened) -> None:
    editing, board = opened(board_of((2,), (1,)))
    view = board.cards.viewport()
    spot = head_spot(board, "scene", "c1")
    QTest.mouseDClick(view, Qt.MouseButton.LeftButton, pos=spot)
    QTest.keyClicks(name_line(board), "INT. HARBOUR - NIGHT")
    QTest.keyClick(name_line(board), Qt.Key.Key_Return)
    assert [scene.title for scene in editing.board().scenes] == ["", "INT. HARBOUR - NIGHT"]
    assert board.cards.hasFocus()
    editing.undo()
    assert editing.board().scenes[1].title == ""


def test_escape_leaves_the_old_name(opened: Opened) -> None:
    editing, board = opened(board_of((1,)))
    click(board, "a")
    press_key(board, Qt.Key.Key_F2, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClicks(name_line(board), "nonsense")
    QTest.keyClick(name_line(board), Qt.Key.Key_Escape)
    assert editing.board().find_shot("s0")[1].title == ""
    assert board.cards.hasFocus()


def test_the_name_of_a_locked_shot_is_refused_in_words(opened: Opened) -> None:
    editing, board = opened(board_of((1,)))
    told: list[str] = []
    editing.refused.connect(lambda problem: told.append(str(problem)))
    click(board, "a")
    press_key(board, Qt.Key.Key_L)
    press_key(board, Qt.Key.Key_F2, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClicks(name_line(board), "Harbour")
    QTest.keyClick(name_line(board), Qt.Key.Key_Return)
    assert told and "locked" in told[0]


def test_scenes_move_by_keys(opened: Opened) -> None:
    editing, board = opened(board_of((1,), (1,), (1,)))
    click(board, "a")
    press_key(board, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert order(editing.board()) == ["b", "a", "c"]
    press_key(board, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    press_key(board, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert order(editing.board()) == ["a", "b", "c"]


def test_a_shot_is_dragged_by_its_heading_to_another_place(opened: Opened) -> None:
    editing, board = opened(board_of((2, 1), (1,)))
    drag(board, head_spot(board, "shot", "s1"), spot(board, "a", 0.2))
    assert order(editing.board()) == ["c", "ab", "d"]
    drag(board, head_spot(board, "shot", "s0"), spot(board, "d", 0.9))
    assert order(editing.board()) == ["c", "d", "ab"]
    editing.undo()
    editing.undo()
    assert order(editing.board()) == ["ab", "c", "d"]
    drag(board, head_spot(board, "shot", "s0"), spot(board, "b", 0.9))
    assert order(editing.board()) == ["ab", "c", "d"]


def test_a_shot_moves_by_keys_into_the_next_scene(opened: Opened) -> None:
    editing, board = opened(board_of((1, 1), (1,)))
    click(board, "a")
    for _ in range(2):
        keys = (Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier)
        press_key(board, Qt.Key.Key_Right, *keys)
    assert [[s.name for s in scene.shots] for scene in editing.board().scenes] == [
        ["s1"],
        ["s0", "s2"],
    ]
    assert board.cards.chosen == ("a",)


def chosen_in_menu(board: BoardWorkspace, kind: str, name: str, words: str) -> None:
    """Choose an entry in the menu of a heading."""
    spot = head_spot(board, kind, name)
    head = board.cards.layout_now.head_at(*(board.cards.origin + spot).toTuple())
    board.cards.asked_for_menu.emit(board.cards.viewport().mapToGlobal(spot), head)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    next(entry for entry in menu.actions() if words in entry.text()).trigger()
    menu.close()


def test_a_shot_without_panels_is_removed_by_the_menu_of_its_heading(opened: Opened) -> None:
    editing, board = opened(board_of((1, 0, 1)))
    chosen_in_menu(board, "shot", "s1", "Remove")
    assert order(editing.board()) == ["a", "b"]
    chosen_in_menu(board, "scene", "c0", "Renumber")
    letters = [shot.letter for _, shot in editing.board().shots()]
    assert letters == ["A", "B"]


def test_a_scene_with_a_locked_shot_is_not_removed_and_the_reason_is_told(opened: Opened) -> None:
    board = board_of((1,), (1,))
    shot = replace(board.scenes[1].shots[0], locked=True)
    board = replace(board, scenes=(board.scenes[0], replace(board.scenes[1], shots=(shot,))))
    editing, space = opened(board)
    told: list[str] = []
    editing.refused.connect(lambda problem: told.append(str(problem)))
    chosen_in_menu(space, "scene", "c1", "Remove")
    assert len(editing.board().scenes) == 2 and "locked" in told[0]
    chosen_in_menu(space, "scene", "c0", "Remove")
    assert order(editing.board()) == ["b"]
    editing.undo()
    assert order(editing.board()) == ["a", "b"]

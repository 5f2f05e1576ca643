"""The board as a whole: first steps, animatic, locks, takes, the way to the graph."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from aiprod_studio.app.film.place import node_of_shot
from aiprod_studio.story.edits import SetPanel
from aiprod_studio.story.takes import Take
from tests.ui.storyboard.boards import board_of, order
from tests.ui.storyboard.hands import Opened, click


def test_an_empty_document_invites_and_a_new_board_begins_with_a_shot(opened: Opened) -> None:
    editing, board = opened()
    assert board.pages.currentWidget() is board.empty
    board.acts.add_shot()
    assert len(list(editing.board().panels())) == 1
    assert board.pages.currentWidget() is board.split_view
    assert board.cards.chosen


def test_the_animatic_plays_and_the_cards_follow(opened: Opened, qtbot: QtBot) -> None:
    editing, board = opened(board_of((2,), frames=3))
    editing.do_story(SetPanel("a", {"image": "a.png"}), SetPanel("b", {"image": "b.png"}))
    click(board, "a")
    QTest.keyClick(board.cards, Qt.Key.Key_Space)
    assert board.stage.playing
    qtbot.waitUntil(lambda: board.cards.chosen == ("b",), timeout=30_000)
    assert "panel 2" in board.stage.name.text()
    QTest.keyClick(board.cards, Qt.Key.Key_Space)
    assert not board.stage.playing
    assert board.stage.easel.image == "b.png"


def test_a_locked_shot_is_not_changed_and_the_reason_is_told(opened: Opened) -> None:
    editing, board = opened(board_of((2,)))
    told: list[str] = []
    editing.refused.connect(lambda problem: told.append(str(problem)))
    click(board, "a")
    QTest.keyClick(board.cards, Qt.Key.Key_L)
    QTest.keyClick(board.cards, Qt.Key.Key_Delete)
    assert order(editing.board()) == ["ab"]
    assert told and "locked" in told[0]


def test_opening_a_shot_in_the_graph_adds_the_usual_graph_where_there_is_none(
    opened: Opened,
) -> None:
    editing, board = opened(board_of((1,)))
    wanted: list[str] = []
    board.graph_wanted.connect(wanted.append)
    click(board, "a")
    board.rendering.open_in_graph()
    assert wanted == ["s0"]
    node = node_of_shot(editing.document, editing.board(), "s0")
    assert editing.document.nodes[node].type == "story.shot"
    nodes = set(editing.document.nodes)
    board.rendering.open_in_graph()
    assert set(editing.document.nodes) == nodes
    editing.undo()
    assert not editing.document.nodes


def test_takes_of_the_chosen_shot_are_picked_on_the_board(opened: Opened) -> None:
    board = board_of((1,))
    shot = board.scenes[0].shots[0]
    takes = (Take("t1", "one.mp4", 24), Take("t2", "two.mp4", 24))
    shot = replace(shot, takes=takes, picked="t2")
    board = replace(board, scenes=(replace(board.scenes[0], shots=(shot,)),))
    editing, space = opened(board)
    click(space, "a")
    rows = space.details.takes.rows
    assert [row.take.name for row in rows] == ["t2", "t1"]
    pick = next(b for b in rows[1].findChildren(QToolButton) if "play in the cut" in b.toolTip())
    QTest.mouseClick(pick, Qt.MouseButton.LeftButton)
    assert editing.board().find_shot("s0")[1].picked == "t1"


def test_another_frame_rate_keeps_the_durations_and_can_be_undone(opened: Opened) -> None:
    editing, board = opened(board_of((2,), frames=48))
    button = board.toolbar.rate
    assert button.text() == "24 fps"
    button.menu().aboutToShow.emit()
    next(each for each in button.menu().actions() if each.text() == "12 fps").trigger()
    assert [panel.frames for _, panel in editing.board().panels()] == [24, 24]
    assert button.text() == "12 fps"
    assert "4.0 s" in board.toolbar.facts.text()
    editing.undo()
    assert button.text() == "24 fps"

"""The board as an artist uses it: mouse, keys, words, files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from aiprod_studio.app.film.place import node_of_shot
from aiprod_studio.graph.commands import SetSection
from aiprod_studio.story.board import Board
from aiprod_studio.story.edits import SetPanel
from aiprod_studio.story.sections import STORY, dump_board
from aiprod_studio.story.takes import Take
from aiprod_studio.ui.editing import Editing
from aiprod_studio.ui.storyboard import BoardWorkspace
from aiprod_studio.ui.storyboard.outside import OutsideEditing
from tests.ui.storyboard.boards import board_of, order

Opened = Callable[..., tuple[Editing, BoardWorkspace]]


@pytest.fixture
def opened(
    open_document: Callable[..., Editing], tmp_path: Path, qapp: QApplication
) -> Iterator[Opened]:
    """Open a board in its workspace, on the screen."""
    made: list[BoardWorkspace] = []

    def open_board(board: Board | None = None) -> tuple[Editing, BoardWorkspace]:
        editing = open_document(None, tmp_path / "film.json")
        if board is not None:
            editing.do(SetSection(STORY, dump_board(board)))
        workspace = BoardWorkspace(editing)
        workspace.resize(1300, 820)
        workspace.show()
        QTest.qWaitForWindowExposed(workspace)
        made.append(workspace)
        return editing, workspace

    yield open_board
    for workspace in made:
        workspace.close()
        workspace.deleteLater()


def spot(workspace: BoardWorkspace, panel: str, share: float = 0.5) -> QPoint:
    """A point of a card in the view."""
    card = workspace.cards.layout_now.card(panel)
    assert card is not None
    place = QPointF(card.box.x + card.box.width * share, card.box.y + card.box.height / 2)
    return (place - workspace.cards.origin).toPoint()


def click(workspace: BoardWorkspace, panel: str, keys: Qt.KeyboardModifier | None = None) -> None:
    keys = keys or Qt.KeyboardModifier.NoModifier
    place = spot(workspace, panel)
    QTest.mouseClick(workspace.cards.viewport(), Qt.MouseButton.LeftButton, keys, place)


def drag(workspace: BoardWorkspace, start: QPoint, end: QPoint) -> None:
    view, left = workspace.cards.viewport(), Qt.MouseButton.LeftButton
    QTest.mousePress(view, left, Qt.KeyboardModifier.NoModifier, start)
    for share in (0.3, 0.7, 1.0):
        QTest.mouseMove(view, start + (end - start) * share)
    QTest.mouseRelease(view, left, Qt.KeyboardModifier.NoModifier, end)


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


def test_words_become_an_edit_when_they_are_left(opened: Opened) -> None:
    editing, board = opened(board_of((2,)))
    click(board, "a")
    QTest.keyClick(board.cards, Qt.Key.Key_Return)
    field = board.details.fields["dialogue"]
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
    field = board.details.fields["action"]
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
    assert not board.details.fit.isHidden()
    assert editing.board().find_panel("a")[1].frames == 24
    QTest.mouseClick(board.details.fit, Qt.MouseButton.LeftButton)
    assert editing.board().find_panel("a")[1].frames > 24
    assert board.details.fit.isHidden()


def test_an_empty_document_invites_and_a_new_board_begins_with_a_shot(opened: Opened) -> None:
    editing, board = opened()
    assert board.pages.currentWidget() is board.empty
    board.add_shot()
    assert len(list(editing.board().panels())) == 1
    assert board.pages.currentWidget() is board.split_view
    assert board.cards.chosen


def test_images_dropped_on_a_card_become_panels_behind_it(
    opened: Opened, tmp_path: Path, qtbot: QtBot
) -> None:
    editing, board = opened(board_of((2,)))
    files = []
    for place in range(2):
        path = tmp_path / "from" / f"{place}.png"
        path.parent.mkdir(exist_ok=True)
        Image.new("RGB", (64, 36), ("red", "blue")[place]).save(path)
        files.append(path)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in files])
    event = QDropEvent(
        QPointF(spot(board, "a", 0.9)), Qt.DropAction.CopyAction, data,
        Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    board.cards.dropEvent(event)
    qtbot.waitUntil(lambda: len(list(editing.board().panels())) == 4)
    images = [panel.image for _, panel in editing.board().panels()]
    assert [bool(image) for image in images] == [False, True, True, False]
    assert all((tmp_path / image).is_file() for image in images if image)
    qtbot.waitUntil(lambda: board.pictures.picture(images[1], 100) is not None)


def test_a_missing_image_says_so_on_its_card(opened: Opened, qtbot: QtBot) -> None:
    editing, board = opened(board_of((1,)))
    editing.do_story(SetPanel("a", {"image": "gone.png"}))
    board.cards.grab()
    qtbot.waitUntil(lambda: "gone.png" in board.pictures.why_not("gone.png"))


def test_a_drawing_saved_in_another_program_is_taken_back_as_a_new_version(
    opened: Opened, tmp_path: Path, qtbot: QtBot
) -> None:
    editing, board = opened(board_of((1,)))
    Image.new("RGB", (64, 36), "red").save(tmp_path / "boat.png")
    editing.do_story(SetPanel("a", {"image": "boat.png"}))
    seen: list[Path] = []
    outside = OutsideEditing(editing, board, open_file=lambda path: not seen.append(path))
    assert outside.open("a")
    Image.new("RGB", (64, 36), "blue").save(seen[0])
    qtbot.waitUntil(lambda: editing.board().find_panel("a")[1].image != "boat.png")
    image = editing.board().find_panel("a")[1].image
    assert Image.open(tmp_path / image).getpixel((5, 5)) == (0, 0, 255)
    assert Image.open(tmp_path / "boat.png").getpixel((5, 5)) == (255, 0, 0)
    editing.undo()
    assert editing.board().find_panel("a")[1].image == "boat.png"
    outside.close()


def test_the_animatic_plays_and_the_cards_follow(opened: Opened, qtbot: QtBot) -> None:
    _, board = opened(board_of((2,), frames=3))
    click(board, "a")
    QTest.keyClick(board.cards, Qt.Key.Key_Space)
    assert board.stage.playing
    qtbot.waitUntil(lambda: board.cards.chosen == ("b",), timeout=8000)
    QTest.keyClick(board.cards, Qt.Key.Key_Space)
    assert not board.stage.playing


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
    board.open_in_graph()
    assert wanted == ["s0"]
    node = node_of_shot(editing.document, editing.board(), "s0")
    assert editing.document.nodes[node].type == "story.shot"
    nodes = set(editing.document.nodes)
    board.open_in_graph()
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

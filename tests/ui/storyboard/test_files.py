"""Files, pictures and panels that come onto the board."""

from __future__ import annotations

import os
import wave
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from aiprod_studio.story.assembling import animatic
from aiprod_studio.story.edits import SetPanel
from aiprod_studio.ui.editing import Editing
from aiprod_studio.ui.storyboard import BoardWorkspace
from aiprod_studio.ui.storyboard.outside import OutsideEditing
from tests.ui.storyboard.boards import board_of, order
from tests.ui.storyboard.hands import Opened, click, drop_files, press_key, spot


def pictures(folder: Path, *colours: str) -> list[Path]:
    """Small images of these colours, in a folder of their own."""
    folder.mkdir(exist_ok=True)
    files = [folder / f"{place}.png" for place in range(len(colours))]
    for path, colour in zip(files, colours, strict=True):
        Image.new("RGB", (64, 36), colour).save(path)
    return files


def images(editing: Editing) -> list[str]:
    return [Path(panel.image).name for _, panel in editing.board().panels()]


def test_images_dropped_on_an_empty_card_fill_it_and_go_behind_it(
    opened: Opened, tmp_path: Path, qtbot: QtBot
) -> None:
    editing, board = opened(board_of((2,)))
    files = pictures(tmp_path / "from", "red", "blue")
    drop_files(board, spot(board, "a", 0.9), *files)
    qtbot.waitUntil(lambda: images(editing) == ["0.png", "1.png", ""])
    kept = [panel.image for _, panel in editing.board().panels() if panel.image]
    assert all((tmp_path / image).is_file() for image in kept)
    qtbot.waitUntil(lambda: board.pictures.picture(kept[1], 100) is not None)
    editing.undo()
    assert images(editing) == ["", ""]


def test_an_image_dropped_beside_a_drawing_is_a_panel_and_on_it_replaces_it(
    opened: Opened, tmp_path: Path, qtbot: QtBot
) -> None:
    editing, board = opened(board_of((2,)))
    editing.do_story(SetPanel("a", {"image": "old.png"}))
    red, blue = pictures(tmp_path / "from", "red", "blue")
    drop_files(board, spot(board, "a", 0.95), red)
    qtbot.waitUntil(lambda: images(editing) == ["old.png", "0.png", ""])
    drop_files(board, spot(board, "a", 0.5), blue)
    qtbot.waitUntil(lambda: images(editing) == ["1.png", "0.png", ""])


def test_a_sound_dropped_on_a_card_is_heard_in_the_animatic(
    opened: Opened, tmp_path: Path, qtbot: QtBot
) -> None:
    editing, board = opened(board_of((2,)))
    sound = tmp_path / "bell.wav"
    with wave.open(str(sound), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(8000))
    drop_files(board, spot(board, "b"), sound)
    qtbot.waitUntil(lambda: editing.board().find_panel("b")[1].sound == "bell.wav")
    assert "A1" in [track.name for track in animatic(editing.board()).tracks]


def test_a_file_that_only_claims_to_be_a_sound_is_refused(
    opened: Opened, tmp_path: Path, qtbot: QtBot
) -> None:
    editing, board = opened(board_of((1,)))
    told: list[str] = []
    editing.refused.connect(lambda problem: told.append(str(problem)))
    (tmp_path / "bell.wav").write_bytes(b"no sound at all")
    drop_files(board, spot(board, "a"), tmp_path / "bell.wav")
    qtbot.waitUntil(lambda: bool(told))
    assert "bell.wav" in told[0]
    assert editing.board().find_panel("a")[1].sound == ""


def test_panels_are_cut_and_pasted_with_their_words(opened: Opened) -> None:
    editing, board = opened(board_of((3, 2)))
    editing.do_story(SetPanel("b", {"dialogue": "Land ho!"}))
    click(board, "b")
    press_key(board, Qt.Key.Key_X, Qt.KeyboardModifier.ControlModifier)
    assert order(editing.board()) == ["ac", "de"]
    click(board, "d")
    press_key(board, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    said = [panel.dialogue for _, panel in editing.board().panels()]
    assert said == ["", "", "", "Land ho!", ""]
    assert board.cards.chosen == (editing.board().scenes[0].shots[1].panels[1].name,)
    assert QApplication.clipboard().text() == "Land ho!"


def test_a_picture_on_the_clipboard_is_pasted_into_the_empty_panel(
    opened: Opened, tmp_path: Path
) -> None:
    editing, board = opened(board_of((1,)))
    picture = QImage(40, 30, QImage.Format.Format_RGB32)
    picture.fill(QColor("red"))
    QApplication.clipboard().setImage(picture)
    click(board, "a")
    press_key(board, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    press_key(board, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    names = [panel.image for _, panel in editing.board().panels()]
    assert len(set(names)) == 2
    assert all((tmp_path / name).is_file() for name in names)


def test_panels_pasted_into_another_film_bring_their_drawings_along(
    opened: Opened, open_document: Callable[..., Editing], tmp_path: Path, qtbot: QtBot
) -> None:
    editing, board = opened(board_of((1,)))
    pictures(tmp_path, "red")
    editing.do_story(SetPanel("a", {"image": "0.png"}))
    board.cards.go_to("a")
    board.acts.copy()
    (tmp_path / "other").mkdir()
    other = open_document(None, tmp_path / "other" / "film.json")
    space = BoardWorkspace(other)
    space.files.paste()
    qtbot.waitUntil(lambda: images(other) == ["0.png"])
    assert (tmp_path / "other" / next(p.image for _, p in other.board().panels())).is_file()
    space.close()
    space.deleteLater()


def test_drawings_dropped_on_the_empty_board_become_shots(
    opened: Opened, tmp_path: Path, qtbot: QtBot
) -> None:
    editing, board = opened()
    drop_files(board, board.empty.rect().center(), *pictures(tmp_path, "red", "blue"), on=board)
    qtbot.waitUntil(lambda: images(editing) == ["0.png", "1.png"])
    assert len(list(editing.board().shots())) == 2
    assert not editing.document.nodes


def test_a_drawing_dropped_on_the_large_picture_goes_to_the_chosen_panel(
    opened: Opened, tmp_path: Path, qtbot: QtBot
) -> None:
    editing, board = opened(board_of((2,)))
    click(board, "b")
    place = board.stage.mapTo(board, board.stage.rect().center())
    drop_files(board, place, *pictures(tmp_path, "red"), on=board)
    qtbot.waitUntil(lambda: images(editing) == ["", "0.png"])


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


def test_a_picture_outside_of_the_folders_of_the_film_is_neither_shown_nor_copied(
    opened: Opened, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    editing, board = opened(board_of((1,)))
    secret = pictures(tmp_path_factory.mktemp("elsewhere"), "red")[0]
    name = Path(os.path.relpath(secret, tmp_path)).as_posix()
    editing.do_story(SetPanel("a", {"image": name}))
    told: list[str] = []
    board.outside.refused.connect(lambda problem: told.append(str(problem)))
    assert board.pictures.picture(name, 100) is None
    assert "outside" in board.pictures.why_not(name)
    assert not board.outside.open("a")
    assert told and "outside" in told[0]

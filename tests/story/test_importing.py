"""Scripts, boards of another program and folders of images become boards."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiprod_studio.sdk import Refusal
from aiprod_studio.story.interchange.fountain import board_of, parse, read_fountain
from aiprod_studio.story.interchange.pictures import read_pictures
from aiprod_studio.story.interchange.storyboarder import read_storyboarder
from aiprod_studio.story.sections import dump_board, parse_board

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
SCRIPT = """Title: _The **Hill**_
Author: Nobody

FADE IN:

EXT. HILL - DAY #7#

A red ball rolls over *green* hills. [[Use the wide lens.]]

It stops.

/* A scene
that was cut. */

ANNA
(softly)
Is it yours?

@McAvoy (V.O.)
No.

CUT TO:

.INSIDE THE BALL

= Everything is round.

!SILENCE
falls.

> THE END <
"""


def test_a_script_becomes_scenes_shots_and_panels(tmp_path: Path) -> None:
    path = tmp_path / "film.fountain"
    path.write_text(SCRIPT, encoding="utf-8")
    board, problems = read_fountain(path)
    assert problems == ()
    scenes = [(scene.number, scene.title) for scene in board.scenes]
    assert scenes == [("1", ""), ("7", "EXT. HILL - DAY"), ("3", "INSIDE THE BALL")]
    hill = board.scenes[1]
    assert [shot.prompt for shot in hill.shots] == [
        "A red ball rolls over green hills.",
        "It stops.",
    ]
    assert "Use the wide lens." in hill.notes
    said = [panel.dialogue for panel in hill.shots[1].panels if panel.dialogue]
    assert said == ["ANNA: (softly)\nIs it yours?", "McAvoy (V.O.): No."]
    inside = board.scenes[2]
    assert [shot.prompt for shot in inside.shots] == ["SILENCE\nfalls.", "THE END"]
    assert "Everything is round." in inside.notes
    assert "cut." not in json.dumps(dump_board(board))
    assert parse_board(dump_board(board)) == (board, ())


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet="Aa1 .\n\t#=@!>~*_[]()/:^", max_size=120))
def test_any_text_is_a_script(text: str) -> None:
    board = board_of(parse(text), Fraction(24))
    assert parse_board(dump_board(board))[0] == board


def test_a_script_in_two_bytes_a_sign_is_read_and_its_title_is_plain(tmp_path: Path) -> None:
    path = tmp_path / "film.fountain"
    path.write_bytes("Title:\n    _**Die Brücke**_\n\nEXT. BRÜCKE\n\nRegen.".encode("utf-16"))
    board, problems = read_fountain(path)
    assert (board.title, problems) == ("Die Brücke", ())
    assert board.scenes[0].title == "EXT. BRÜCKE"


def test_a_script_at_a_slow_rate_gives_every_panel_a_frame(tmp_path: Path) -> None:
    path = tmp_path / "film.fountain"
    path.write_text("EXT. SEA\n\nA boat.\n\nANNA\nHo!", encoding="utf-8")
    board, _ = read_fountain(path, Fraction(1, 5))
    assert all(panel.frames >= 1 for _, panel in board.panels())


def test_a_script_in_an_old_encoding_is_read_and_said(tmp_path: Path) -> None:
    path = tmp_path / "film.fountain"
    path.write_bytes("INT. CAFÉ - DAY\n\nIt rains.\n".encode("cp1252"))
    board, problems = read_fountain(path)
    assert board.scenes[0].title == "INT. CAFÉ - DAY"
    assert "not written in UTF-8" in str(problems[0])
    with pytest.raises(Refusal, match="cannot be read"):
        read_fountain(tmp_path / "none.fountain")


def storyboard(folder: Path, boards: Any, **more: Any) -> Path:
    (folder / "images").mkdir(exist_ok=True)
    path = folder / "film.storyboarder"
    path.write_text(json.dumps({"fps": 24, "boards": boards, **more}), encoding="utf-8")
    return path


def test_a_storyboarder_board_becomes_shots_of_panels(tmp_path: Path) -> None:
    boards = [
        {"url": "b-1.png", "newShot": True, "duration": 1500, "dialogue": "Hello.", "number": 1},
        {"url": "b-2.png", "newShot": False, "audio": {"filename": "b-2.wav"}},
        {"url": "b-3.png", "newShot": True, "duration": 1000, "action": "Runs.", "notes": "n"},
    ]
    path = storyboard(tmp_path, boards, defaultBoardTiming=2500)
    for name in ("b-1.png", "b-2-posterframe.jpg", "b-2.png", "b-3.png", "b-2.wav"):
        (tmp_path / "images" / name).write_bytes(PNG)
    board, problems = read_storyboarder(path, tmp_path)
    assert problems == ()
    assert [len(shot.panels) for _, shot in board.shots()] == [2, 1]
    panels = [panel for _, panel in board.panels()]
    assert [panel.frames for panel in panels] == [36, 60, 24]
    assert [panel.image for panel in panels][:2] == [
        "images/b-1.png",
        "images/b-2-posterframe.jpg",
    ]
    assert (panels[0].dialogue, panels[1].sound) == ("Hello.", "images/b-2.wav")
    assert panels[0].extra["storyboarder"]["number"] == 1
    assert parse_board(json.loads(json.dumps(dump_board(board), default=dict)))[1] == ()


def test_missing_and_damaged_boards_are_said_and_the_rest_loads(tmp_path: Path) -> None:
    boards = [
        None,
        {"url": "../../secret.png", "duration": -5, "dialogue": 7},
        {"url": "torn.png", "duration": 1000},
        {"url": "good.png", "duration": 1000},
    ]
    path = storyboard(tmp_path, boards, fps=-24)
    (tmp_path / "images" / "torn.png").write_bytes(b"<html>")
    (tmp_path / "images" / "good.png").write_bytes(PNG)
    board, problems = read_storyboarder(path, tmp_path)
    images = [panel.image for _, panel in board.panels()]
    assert images == ["images/secret-posterframe.jpg", "images/torn.png", "images/good.png"]
    said = "\n".join(str(problem) for problem in problems)
    for part in ("'fps' is -24", "board 1: it is None", "'duration' is -5", "'dialogue' is 7"):
        assert part in said
    assert "torn.png: its first bytes are those of no image" in said
    assert "is not in its folder" in said


@pytest.mark.parametrize("text", ["", "[]", "{", "nonsense", "[" * 100_000])
def test_what_is_no_board_is_refused_in_words(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.storyboarder"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Refusal, match=r"no \.storyboarder file"):
        read_storyboarder(path, tmp_path)
    (tmp_path / "y.storyboarder").write_text('{"fps": 24}')
    board, problems = read_storyboarder(tmp_path / "y.storyboarder", tmp_path)
    assert "'boards' are None" in str(problems[0])
    assert list(board.shots()) == []


def test_a_folder_of_images_becomes_a_shot_for_each_in_natural_order(tmp_path: Path) -> None:
    folder = tmp_path / "board"
    folder.mkdir()
    for name in ("p10.png", "p9.PNG", "p1.jpg", "notes.txt"):
        (folder / name).write_bytes(PNG)
    (folder / "p2.png").write_bytes(b"")
    board, problems = read_pictures(folder, tmp_path)
    images = [panel.image for _, panel in board.panels()]
    assert images == ["board/p1.jpg", "board/p2.png", "board/p9.PNG", "board/p10.png"]
    assert [str(problem) for problem in problems] == [
        "p2.png: it is empty. The panel is kept; replace the image."
    ]
    assert [board.number_of(shot.name) for _, shot in board.shots()] == ["1A", "1B", "1C", "1D"]
    assert parse_board(dump_board(board)) == (board, ())
    (tmp_path / "empty").mkdir()
    with pytest.raises(Refusal, match="Choose a folder with images"):
        read_pictures(tmp_path / "empty", tmp_path)

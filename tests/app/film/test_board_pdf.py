"""The board on paper: words of any script and length, drawings on white, what finds no room."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from aiprod_studio.app.film.board_pdf import BoardSettings, export_board
from aiprod_studio.app.film.board_pdf_cells import Box, printed
from aiprod_studio.app.film.board_pdf_words import Words
from aiprod_studio.story.board import Panel
from aiprod_studio.story.edits import SetPanel
from tests.app.film.film_samples import Project, project

LETTERS = "ab WM.,-\n" + "мир" + "日本語한국어" + "שלום"


@pytest.fixture
def film(tmp_path: Path) -> Project:
    return project(tmp_path / "film")


@pytest.fixture(scope="module")
def words() -> Words:
    return Words(Canvas(io.BytesIO()))


@settings(deadline=None)  # the first letters load fonts
@given(text=st.text(LETTERS, max_size=80), width=st.floats(40, 200))
def test_no_line_is_wider_than_its_column_and_no_letter_is_lost(
    words: Words, text: str, width: float
) -> None:
    lines = words.broken(text, width, 20, 8)
    assert "".join("".join(lines).split()) == "".join(text.split())
    for index, line in enumerate(lines):
        assert words.width(line, 8) <= width - (20 if not index else 0) or len(line) == 1


def test_a_title_too_long_for_the_page_ends_in_an_ellipsis(words: Words) -> None:
    assert words.fitted("The boat", 200, 9) == "The boat"
    short = words.fitted("The boat " * 30, 120, 9)
    assert short.endswith("…") and words.width(short, 9) <= 120


@pytest.mark.parametrize("text", ["日本語の台詞", "한국어", "中文字幕", "שלום", "Привет"])
def test_words_of_any_script_are_drawn_in_a_font_that_has_their_letters(
    words: Words, text: str
) -> None:
    for letter in text:
        assert words.width(letter, 10) > 0
        assert words.has(letter)


def test_hebrew_is_turned_round_and_japanese_is_not() -> None:
    canvas = Canvas(io.BytesIO())
    drawn: list[str] = []
    canvas.drawString = lambda _x, _y, text: drawn.append(text)
    Words(canvas).draw("日本語 שלום עולם ok", 50, 50, 10)
    assert "".join(drawn) == "日本語 םלוע םולש ok"


def test_words_that_find_no_room_are_told_with_the_panel_and_a_remedy(
    film: Project, tmp_path: Path
) -> None:
    film.edit(SetPanel("panel-1", {"dialogue": "We have to leave before the tide turns. " * 60}))
    told = export_board(film.document, film.ground, tmp_path / "a.pdf", BoardSettings("12 panels"))
    assert len(told) == 1 and "do not all fit" in str(told[0]) and "layout" in told[0].remedy


def test_a_transparent_drawing_is_printed_on_white(film: Project) -> None:
    Image.new("RGBA", (40, 30), (0, 0, 0, 0)).save(film.path.parent / "line.png")
    file, ratio = printed(Panel(image="line.png"), film.ground, Box(0, 0, 200, 150))
    assert Image.open(file).getpixel((20, 15)) == (255, 255, 255)
    assert ratio == pytest.approx(40 / 30)

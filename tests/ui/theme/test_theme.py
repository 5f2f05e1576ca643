"""Tokens that can be read, icons that follow them, and a sheet without gaps."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QImage
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from aiprod_studio.ui.canvas.palette import palette_of
from aiprod_studio.ui.theme import THEMES, ThemeName, apply, contrast, current, icon, mixed, pixmap
from aiprod_studio.ui.theme.glyphs import GLYPHS, glyph, glyph_file
from aiprod_studio.ui.theme.sheet import style_sheet
from aiprod_studio.ui.theme.theme import Theme
from aiprod_studio.ui.theme.tokens import tokens

GROUNDS = ("window", "panel", "raised", "field", "hover", "canvas", "node")
INKS = ("text", "text_dim", "text_faint", "accent", "good", "warn", "bad")
PAIRS = (
    ("accent_text", "accent"), ("text", "selection"), ("text", "pressed"), ("text", "track_video"),
    ("text", "track_audio"), ("text", "track_title"), ("note_text", "note"),
)  # fmt: skip


@pytest.fixture
def dressed(qapp: QApplication) -> Iterator[QApplication]:
    yield qapp
    qapp.setStyleSheet("")


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("ink", INKS)
def test_words_can_be_read_on_every_ground(name: ThemeName, ground: str, ink: str) -> None:
    assert contrast(tokens(name)[ink], tokens(name)[ground]) >= 4.5


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_words_can_be_read_where_something_is_meant(name: ThemeName, ink: str, ground: str) -> None:
    assert contrast(tokens(name)[ink], tokens(name)[ground]) >= 4.5


@pytest.mark.parametrize("name", THEMES)
def test_headers_and_sockets_can_be_told_from_their_ground(name: ThemeName) -> None:
    known = tokens(name)
    for token, colour in known.items():
        if token.startswith("category_"):
            assert contrast(known["on_header"], colour) >= 4.5, token
        if token.startswith("socket_"):
            assert contrast(colour, known["node"]) >= 3, token


def test_both_themes_have_the_same_tokens() -> None:
    assert tokens("dark").keys() == tokens("light").keys()


def test_the_contrast_of_black_and_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert mixed("#000000", "#ffffff", 0.5) == "#808080"


@pytest.mark.parametrize("name", THEMES)
def test_the_sheet_leaves_no_word_unreplaced(name: ThemeName) -> None:
    sheet = style_sheet(Theme(name))
    assert "$" not in sheet
    assert tokens(name)["panel"] in sheet


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", GLYPHS)
def test_the_drawings_of_the_sheet_are_up_to_date(theme: ThemeName, name: str) -> None:
    assert glyph_file(theme, name).read_text(encoding="utf-8") == glyph(theme, name)


def test_the_canvas_takes_its_colours_from_the_same_tokens() -> None:
    palette = palette_of("light")
    assert palette.canvas == tokens("light")["canvas"]
    assert palette.socket("image").name() == tokens("light")["socket_image"]
    assert palette.socket("never_heard_of") == palette.socket("never_heard_of")


def test_a_theme_dresses_the_application_and_scales(dressed: QApplication) -> None:
    told: list[int] = []
    from aiprod_studio.ui.theme import watch

    watch().changed.connect(lambda: told.append(1))
    theme = apply(dressed, "light", 1.5)
    assert current() is theme and told
    assert theme.space(2) == 12 and theme.px(1) == 2 and theme.font_size("body") == 18
    assert dressed.font().family() == "Inter"
    button = QPushButton("Run")
    button.ensurePolished()
    assert button.sizeHint().height() >= theme.row
    button.deleteLater()
    apply(dressed, "dark")


def test_the_font_ships_with_the_program(dressed: QApplication) -> None:
    apply(dressed, "dark")
    label = QLabel("0123456789")
    label.setFont(current().font(numbers=True))
    assert label.fontInfo().family() == "Inter"
    metrics = label.fontMetrics()
    assert metrics.horizontalAdvance("111") == metrics.horizontalAdvance("000")
    label.deleteLater()


def ink_of(image: QImage) -> set[str]:
    """Return the colours of pixels that are fully painted."""
    pixels = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return {pixel.name() for pixel in pixels if pixel.alpha() == 255}


def test_icons_are_tinted_by_the_theme_and_sharp_on_dense_screens(dressed: QApplication) -> None:
    apply(dressed, "dark")
    dense = pixmap("play", 16, "bad", 2.0)
    assert dense.size() == QSize(32, 32) and dense.devicePixelRatio() == 2.0
    assert ink_of(dense.toImage()) == {tokens("dark")["bad"]}
    found = icon("play", "text")
    dark = ink_of(found.pixmap(QSize(24, 24)).toImage())
    apply(dressed, "light")
    assert ink_of(found.pixmap(QSize(24, 24)).toImage()) != dark
    off = ink_of(found.pixmap(QSize(24, 24), QIcon.Mode.Disabled).toImage())
    assert off and QColor(next(iter(off))).isValid()
    apply(dressed, "dark")


def test_an_icon_that_does_not_exist_is_said() -> None:
    with pytest.raises(KeyError, match="no icon 'sonic'"):
        icon("sonic")

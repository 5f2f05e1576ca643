"""The start page: templates, recent files with their pictures, cards by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from aiprod_studio.app.session.recent import RecentFiles
from aiprod_studio.app.session.recovery import Leftover
from aiprod_studio.app.session.templates import templates
from aiprod_studio.ui.gallery import GalleryPage
from aiprod_studio.ui.studio import Studio


@pytest.fixture
def recent(tmp_path: Path) -> RecentFiles:
    return RecentFiles(tmp_path / "recent.json")


@pytest.fixture
def gallery(studio: Studio, recent: RecentFiles, qtbot: QtBot) -> Iterator[GalleryPage]:
    page = GalleryPage(studio, recent)
    page.resize(1200, 800)
    page.show()
    yield page
    page.close()
    page.deleteLater()


def test_every_template_has_a_card_that_keys_and_mouse_choose(
    gallery: GalleryPage, qtbot: QtBot
) -> None:
    assert set(gallery.cards) == {template.name for template in templates()}
    card = gallery.cards["upscale"]
    card.setFocus()
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Space):
        with qtbot.waitSignal(gallery.template_chosen) as chosen:
            QTest.keyClick(card, key)
        assert chosen.args[0].name == "upscale"
    assert card.accessibleName() == "Upscale" and card.accessibleDescription()


def test_templates_that_run_at_once_have_pictures(gallery: GalleryPage) -> None:
    for template in templates():
        if not template.needs:
            assert not QImage(str(template.picture)).isNull(), template.name


def test_cards_flow_into_as_many_columns_as_fit(gallery: GalleryPage, qtbot: QtBot) -> None:
    def columns() -> int:
        return len({card.x() for card in gallery.cards.values()})

    qtbot.waitUntil(lambda: columns() > 2)
    wide = columns()
    gallery.resize(620, 800)
    qtbot.waitUntil(lambda: columns() < wide)
    areas = [c.geometry() for n, c in gallery.cards.items() if "/" not in n]
    assert not any(a.intersects(b) for a in areas for b in areas if a is not b)


def test_recent_files_show_what_they_rendered_last(
    gallery: GalleryPage, recent: RecentFiles, qtbot: QtBot, tmp_path: Path
) -> None:
    film = tmp_path / "film.json"
    film.write_text("{}")
    (tmp_path / "outputs").mkdir()
    image = QImage(64, 36, QImage.Format.Format_RGB888)
    image.fill(Qt.GlobalColor.red)
    image.save(str(tmp_path / "outputs" / "film.png"))
    recent.add(film)
    gallery.show_recent()
    card = gallery.recent_cards[film]
    qtbot.waitUntil(lambda: not card._picture.isNull(), timeout=30_000)
    assert card._picture.pixelColor(3, 3).red() > 200
    with qtbot.waitSignal(gallery.file_chosen) as chosen:
        QTest.mouseClick(card, Qt.MouseButton.LeftButton)
    assert chosen.args == [film]


def test_unsaved_work_is_offered_and_can_be_forgotten(
    gallery: GalleryPage, qtbot: QtBot, tmp_path: Path
) -> None:
    from PySide6.QtWidgets import QPushButton

    leftover = Leftover(tmp_path / "x.slot", None, tmp_path, "My film", 0.0)
    gallery.show_leftovers([leftover])
    buttons = {b.text(): b for b in gallery.findChildren(QPushButton)}
    with qtbot.waitSignal(gallery.recover_wanted) as wanted:
        QTest.mouseClick(buttons["Recover"], Qt.MouseButton.LeftButton)
    assert wanted.args == [leftover]
    with qtbot.waitSignal(gallery.forget_wanted):
        QTest.mouseClick(buttons["Forget"], Qt.MouseButton.LeftButton)

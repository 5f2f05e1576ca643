"""The pages of models, media and templates, over real files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from aiprod_studio.app.session.templates import Template
from aiprod_studio.media import save_image
from aiprod_studio.sdk import Image
from aiprod_studio.ui.editing import Editing
from aiprod_studio.ui.library import LibraryPanel
from aiprod_studio.ui.library.file_rows import DETAIL, IMAGE
from aiprod_studio.ui.library.shelf import ShelfItem


@pytest.fixture
def editing(open_document: Callable[..., Editing], tmp_path: Path) -> Editing:
    folder = tmp_path / "film"
    (folder / "media").mkdir(parents=True)
    for name, value in (("boat.png", 40), ("media/sea.png", 200)):
        save_image(Image(np.full((30, 50, 3), value, np.uint8)), folder / name)
    (folder / "film.json").write_text("{}")
    (folder / "broken.mp4").write_bytes(b"no film")
    return open_document(path=folder / "film.json")


@pytest.fixture
def panel(qtbot, editing: Editing) -> Iterator[LibraryPanel]:
    made = LibraryPanel(editing.specs, editing=editing)
    qtbot.addWidget(made, before_close_func=lambda widget: widget.close())
    made.resize(240, 700)
    made.show()
    yield made
    made.close()


def titles(page) -> list[str]:
    return [page.list.item(number).text() for number in range(page.list.count())]


def test_media_beside_the_workflow_are_listed_with_pictures_and_facts(qtbot, panel) -> None:
    panel.show_page("media")
    page = panel.pages["media"]
    qtbot.waitUntil(lambda: page.list.count() == 5, timeout=30_000)
    assert titles(page) == ["film", "boat.png", "broken.mp4", "media", "sea.png"]
    boat = page.list.item(1)
    qtbot.waitUntil(lambda: boat.data(IMAGE) is not None, timeout=30_000)
    assert boat.data(DETAIL) == "50 × 30"
    qtbot.waitUntil(lambda: bool(page.list.item(2).data(DETAIL)), timeout=30_000)
    assert "broken.mp4" in page.list.item(2).data(DETAIL)


def test_a_media_file_is_dragged_as_a_file_and_shown_by_enter(qtbot, panel, editing) -> None:
    panel.show_page("media")
    page = panel.pages["media"]
    qtbot.waitUntil(lambda: page.list.count() == 5, timeout=30_000)
    data = page.list.mimeData([page.list.item(1)])
    assert Path(data.urls()[0].toLocalFile()) == editing.folder / "boat.png"
    page.line.setFocus()
    QTest.keyClicks(page.line, "sea")
    assert titles(page) == ["media", "sea.png"]
    with qtbot.waitSignal(panel.show_wanted) as wanted:
        QTest.keyClick(page.line, Qt.Key.Key_Return)
    assert wanted.args == [editing.folder / "media" / "sea.png"]


def test_new_files_appear_after_a_look(qtbot, panel, editing) -> None:
    panel.show_page("media")
    page = panel.pages["media"]
    qtbot.waitUntil(lambda: page.list.count() == 5, timeout=30_000)
    save_image(Image(np.zeros((8, 8, 3), np.uint8)), editing.folder / "new.png")
    page.refresh()
    qtbot.waitUntil(lambda: "new.png" in titles(page), timeout=30_000)


def test_models_are_listed_by_what_they_are_and_broken_ones_say_why(
    qtbot, panel, editing, tmp_path: Path
) -> None:
    models = tmp_path / "models"
    models.mkdir()
    (models / "bad.safetensors").write_bytes(b"nonsense")
    panel.show_page("models")
    page = panel.pages["models"]
    qtbot.waitUntil(lambda: titles(page) == ["Models", "starter"], timeout=20_000)
    assert page.list.item(1).data(DETAIL).endswith("MB, fits")
    page.add_folder(str(models))
    qtbot.waitUntil(lambda: "bad" in " ".join(titles(page)), timeout=20_000)
    assert titles(page)[2:] == ["Cannot be used", "bad.safetensors"]
    assert "bad.safetensors" in page.list.item(3).data(DETAIL)
    assert editing.settings.model_folders == (str(models),)


def test_the_starter_is_added_as_a_node_and_others_as_their_files(qtbot, panel) -> None:
    panel.show_page("models")
    page = panel.pages["models"]
    with qtbot.waitSignal(panel.asked_to_add) as added:
        page.activated.emit(ShelfItem("starter", "model"))
    assert added.args == ["models.load"]
    with qtbot.waitSignal(panel.files_wanted) as wanted:
        page.activated.emit(ShelfItem("a", "lora", path="/m/a.safetensors"))
    assert wanted.args == [[Path("/m/a.safetensors")]]


def test_templates_are_listed_those_that_run_at_once_first(qtbot, panel) -> None:
    panel.show_page("templates")
    page = panel.pages["templates"]
    qtbot.waitUntil(lambda: page.list.count() > 4, timeout=30_000)
    assert titles(page)[:3] == ["Run at once", "Image to video", "Text to video"]
    with qtbot.waitSignal(panel.template_wanted) as wanted:
        page.list.setCurrentRow(2)
        page._accept()
    assert isinstance(wanted.args[0], Template)
    assert wanted.args[0].name == "text_to_video"


def test_pages_are_chosen_by_their_buttons(qtbot, panel) -> None:
    for number, name in enumerate(("nodes", "models", "media", "templates")):
        QTest.mouseClick(panel.tabs.button(number), Qt.MouseButton.LeftButton)
        assert panel.shown == name
    panel.focus_search()
    assert panel.pages["templates"].line.hasFocus()

"""The window by mouse and keyboard: documents, workspaces, menus, palette, tour."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from aiprod_studio.app.places import shipped
from aiprod_studio.app.session.templates import templates
from aiprod_studio.graph.commands import AddNode, SetParam
from aiprod_studio.ui.shell import asking
from aiprod_studio.ui.shell.graph_workspace import GraphWorkspace
from aiprod_studio.ui.shell.window import MainWindow
from aiprod_studio.ui.studio import Studio
from tests.ui.shell.hands import CONTROL, LEFT, SHIFT, press

Graph = Callable[[], GraphWorkspace]


def test_the_window_starts_on_the_gallery_with_templates_that_open(
    window: MainWindow, qtbot: QtBot
) -> None:
    assert window.page is None and window.toolbar.isHidden()
    card = window.gallery.cards["text_to_video"]
    QTest.mouseClick(card, LEFT)
    assert window.page is not None
    assert window.tabs.tabText(1) == "Text to video"
    editing = window.editing
    assert editing is not None
    qtbot.waitUntil(
        lambda: editing.sheet is not None and editing.sheet.count("run") > 0, timeout=90_000
    )
    assert "steps" in window.toolbar.plan.text()


def test_a_template_takes_its_pictures_along(window: MainWindow, qtbot: QtBot) -> None:
    QTest.keyClick(window.gallery.cards["image_to_video"], Qt.Key.Key_Return)
    editing = window.editing
    assert editing is not None and editing.path is None
    wanted = editing.folder / str(editing.document.nodes["picture"].params["file"])
    qtbot.waitUntil(wanted.is_file, timeout=30_000)
    assert editing.folder.is_relative_to(window.studio.places.data)


def test_documents_have_tabs_with_unsaved_marks_and_are_saved_by_keys(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    press(window, Qt.Key.Key_N)
    editing = window.editing
    assert editing is not None and window.tabs.count() == 2
    editing.do(AddNode("text.prompt", "prompt"))
    assert window.tabs.tabText(1).endswith("•")
    file = tmp_path / "film.json"
    monkeypatch.setattr(asking, "file_to_save", lambda *_: file)
    press(window, Qt.Key.Key_S)
    assert json.loads(file.read_text())["nodes"]["prompt"]["type"] == "text.prompt"
    assert window.tabs.tabText(1) == "film" and "film" in window.windowTitle()
    press(window, Qt.Key.Key_Z)
    assert not editing.document.nodes and window.tabs.tabText(1) == "film  •"
    press(window, Qt.Key.Key_Z, CONTROL | SHIFT)
    assert window.tabs.tabText(1) == "film"
    press(window, Qt.Key.Key_W)
    assert window.page is None and window.tabs.count() == 1
    assert [item.path for item in window.recent.all()] == [file]
    assert window.open_path(file) is not None
    assert window.open_path(file) is window.editing and window.tabs.count() == 2


def test_saving_elsewhere_takes_pictures_along(window: MainWindow, tmp_path: Path) -> None:
    first, second = tmp_path / "one", tmp_path / "two"
    first.mkdir()
    (first / "a.png").write_bytes(b"picture")
    window.new()
    editing = window.editing
    assert editing is not None
    editing.do(AddNode("files.load_image", "picture", params={"file": "a.png"}))
    editing.set_path(first / "film.json")
    assert window.documents.save_as(editing, second / "film.json")
    assert (second / "a.png").read_bytes() == b"picture"
    assert editing.path == second / "film.json"


def test_workspaces_switch_by_keys_and_buttons(window: MainWindow, qtbot: QtBot) -> None:
    window.new()
    page = window.page
    assert page is not None and page.workspace == "graph"
    press(window, Qt.Key.Key_3)
    assert page.workspace == "edit" and window.toolbar.switch.buttons["edit"].isChecked()
    QTest.mouseClick(window.toolbar.switch.buttons["graph"], LEFT)
    assert page.workspace == "graph"
    press(window, Qt.Key.Key_1)
    assert page.workspace == "board"


def test_every_command_is_found_and_done_from_the_palette(window: MainWindow) -> None:
    window.new()
    press(window, Qt.Key.Key_K)
    box = window.palette_box
    assert box.isVisible()
    QTest.keyClicks(box.line, "add note")
    QTest.keyClick(box.line, Qt.Key.Key_Return)
    assert not box.isVisible()
    assert window.editing is not None and len(window.editing.document.notes) == 1
    press(window, Qt.Key.Key_K)
    QTest.keyClick(box.line, Qt.Key.Key_Escape)
    assert not box.isVisible()


def test_menus_show_the_actions_of_the_moment(window: MainWindow) -> None:
    menu = window.menus.menus["Graph"]
    menu.aboutToShow.emit()
    assert menu.isEmpty()
    window.new()
    menu.aboutToShow.emit()
    words = [action.text() for action in menu.actions()]
    assert any(word.startswith("Add node") for word in words)
    file = window.menus.menus["File"]
    file.aboutToShow.emit()
    assert any("Open recent" in action.text() for action in file.actions())


def test_panels_hide_and_stay_hidden_for_the_next_window(
    window: MainWindow, qtbot: QtBot, graph: Graph
) -> None:
    window.new()
    press(window, Qt.Key.Key_B)
    assert graph().library.isHidden()
    press(window, Qt.Key.Key_J)
    assert window.bottom.isVisible() and window.bottom.shown == "queue"
    press(window, Qt.Key.Key_L)
    assert window.panes.bottom_shown("log")
    press(window, Qt.Key.Key_L)
    assert not window.bottom.isVisible()
    window.keeper.write()
    again = MainWindow(window.studio)
    again.new()
    assert not again.panes.side_shown("library")
    again.close()
    again.deleteLater()


def test_the_tour_points_at_things_and_can_be_left(window: MainWindow, qtbot: QtBot) -> None:
    from aiprod_studio.ui.shell.tour import Tour

    window.manners.start_tour()
    tour = window.findChild(Tour)
    assert tour is not None and tour.isVisible()
    seen = {tour.title.text()}
    for _ in range(4):
        QTest.mouseClick(tour.next, LEFT)
        seen.add(tour.title.text())
    assert len(seen) == 5 and tour.next.text() == "Begin"
    QTest.keyClick(tour, Qt.Key.Key_Escape)
    assert window.keeper.memory.tour_seen
    window.new()
    window.manners.start_tour()
    tour = next(t for t in window.findChildren(Tour) if t.isVisible())
    assert tour.card.geometry().intersected(tour.rect()) == tour.card.geometry()
    tour.end()


def test_opening_and_closing_documents_leaves_nothing(window: MainWindow, qtbot: QtBot) -> None:
    import gc
    import threading

    from PySide6.QtCore import QEvent
    from PySide6.QtWidgets import QWidget

    from aiprod_studio.ui.editing import Editing
    from aiprod_studio.ui.gallery.card import Card

    def once() -> None:
        window.open_path(shipped("workflows") / "text_to_video.json")
        window.filing.close()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    def others() -> int:
        """Return the threads beside the studio's own, which stay for what comes next."""
        return sum(not thread.name.startswith("reading") for thread in threading.enumerate())

    once()
    window.studio.wait()
    widgets, threads = len(window.findChildren(QWidget)), others()
    for _ in range(3):
        once()
    window.studio.wait()
    assert len(window.findChildren(QWidget)) == widgets
    qtbot.waitUntil(lambda: others() <= threads, timeout=20_000)

    def kept() -> int:
        gc.collect()
        return sum(isinstance(thing, Editing | Card) for thing in gc.get_objects())

    before = kept()
    for _ in range(3):
        once()
    window.studio.wait()
    qtbot.waitUntil(lambda: kept() <= before, timeout=20_000)


def test_a_changed_prompt_shows_its_plan_without_being_asked(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.open_path(shipped("workflows") / "text_to_video.json")
    editing = window.editing
    assert editing is not None
    qtbot.waitUntil(lambda: editing.sheet is not None, timeout=90_000)
    with qtbot.waitSignal(editing.planned, timeout=60_000):
        editing.do(SetParam("size", "width", 256))
    assert window.status.ram.planned > 0


def test_what_the_library_offers_is_taken_once(
    window: MainWindow, qtbot: QtBot, graph: Graph
) -> None:
    window.new()
    editing, library = window.editing, graph().panels.library
    assert editing is not None
    library.files_wanted.emit([shipped("workflows") / "media" / "boat_start.png"])
    qtbot.waitUntil(lambda: bool(editing.document.nodes), timeout=30_000)
    window.studio.wait()
    qtbot.wait(20)
    assert len(editing.document.nodes) == 1
    template = next(one for one in templates() if one.name == "text_to_video")
    library.template_wanted.emit(template)
    assert window.tabs.count() == 3


def test_panels_are_the_same_in_all_documents(window: MainWindow, graph: Graph) -> None:
    window.new()
    window.new()
    press(window, Qt.Key.Key_B)
    assert graph().library.isHidden()
    window.pages.step(-1)
    assert graph().library.isHidden()
    press(window, Qt.Key.Key_B)
    window.pages.step(1)
    assert not graph().library.isHidden()


def test_a_window_never_begins_larger_than_its_screen(window: MainWindow, studio: Studio) -> None:
    screen = window.screen().availableGeometry()
    window.setMinimumSize(10, 10)
    window.setGeometry(screen.left() + 50, screen.top() + 60, 4000, 3000)
    window.panes.remember_place()
    again = MainWindow(studio, window.keeper)
    assert screen.contains(again.geometry())
    assert again.minimumWidth() <= screen.width() and again.minimumHeight() <= screen.height()
    again.close()
    again.deleteLater()

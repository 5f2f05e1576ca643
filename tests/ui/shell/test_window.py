"""The window by mouse and keyboard: documents, workspaces, menus, palette, recovery, bad files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from aiprod_studio.app.packs import Registry
from aiprod_studio.app.places import Places, shipped
from aiprod_studio.app.session.recovery import Recovery
from aiprod_studio.app.settings import Settings
from aiprod_studio.graph.commands import AddNode, SetParam
from aiprod_studio.ui.shell import asking
from aiprod_studio.ui.shell.graph_workspace import GraphWorkspace
from aiprod_studio.ui.shell.settings_dialog import SettingsDialog
from aiprod_studio.ui.shell.window import MainWindow
from aiprod_studio.ui.studio import Studio
from aiprod_studio.ui.theme import current

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton
Graph = Callable[[], GraphWorkspace]


def press(window: MainWindow, key: Qt.Key, keys: Qt.KeyboardModifier = CONTROL) -> None:
    """Press keys where the focus is."""
    QTest.keyClick(QApplication.focusWidget() or window, key, keys)


def open_dialog(kind: type[QDialog]) -> QDialog:
    """Return the dialog that is open."""
    return next(w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible())


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


@pytest.mark.parametrize(("answer", "kept"), [("cancel", True), ("discard", False)])
def test_unsaved_work_is_asked_about_before_it_goes(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, answer: asking.Answer, kept: bool
) -> None:
    window.new()
    assert window.editing is not None
    window.editing.do(AddNode("text.prompt", "prompt"))
    monkeypatch.setattr(asking, "keep_changes", lambda *_: answer)
    window.close_current()
    assert (window.page is not None) is kept
    if kept:
        assert window.isVisible() and not window.close()


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


def test_no_two_actions_want_the_same_keys(window: MainWindow) -> None:
    window.new()
    for name in ("graph", "edit", "board"):
        window.show_workspace(name)
        found = [(c.key, c.one.id, c.other.id) for c in window.registry.clashes()]
        assert not found


def test_shortcuts_can_be_changed_and_stay_changed(window: MainWindow, qtbot: QtBot) -> None:
    window.open_shortcuts()
    dialog = open_dialog(SettingsDialog)
    assert isinstance(dialog, SettingsDialog)
    dialog.shortcuts.set_keys("file.new", ("Ctrl+S",))
    assert "Save" in dialog.shortcuts.words.text()
    QTest.mouseClick(dialog.save, LEFT)
    press(window, Qt.Key.Key_S)
    assert window.page is not None, "the key makes a new workflow now"
    assert window.keeper.memory.keys["file.new"] == ["Ctrl+S"]
    assert window.registry.get("file.save").keys == ()  # type: ignore[union-attr]


def test_settings_change_budgets_theme_and_folders(window: MainWindow, tmp_path: Path) -> None:
    window.open_settings()
    dialog = open_dialog(SettingsDialog)
    assert isinstance(dialog, SettingsDialog)
    dialog.memory.ram.setText("many")
    QTest.mouseClick(dialog.save, LEFT)
    assert dialog.isVisible() and "not a size" in dialog.trouble.text()
    dialog.memory.ram.setText("4GB")
    dialog.looks.theme.setCurrentIndex(1)
    dialog.folders.models.add(str(tmp_path))
    QTest.mouseClick(dialog.save, LEFT)
    assert window.studio.settings.ram == "4GB"
    assert window.studio.settings.model_folders == (str(tmp_path),)
    assert current().name == "light"
    assert "4GB" in window.studio.places.settings.read_text()
    window.use_theme("dark")


def test_the_theme_switches_while_a_document_is_open(window: MainWindow, graph: Graph) -> None:
    window.open_path(shipped("workflows") / "text_to_video.json")
    before = graph().canvas.palette_in_use.name
    window.toggle_theme()
    assert (before, graph().canvas.palette_in_use.name) == ("dark", "light")
    assert set(graph().canvas.projection.nodes) == set(window.editing.document.nodes)  # type: ignore[union-attr]
    window.toggle_theme()


def drop(window: MainWindow, at: QPoint, *files: Path) -> None:
    """Drop files onto the window as a file manager does."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    copy, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(at, copy, data, LEFT, none)
    window.dragEnterEvent(enter)
    assert enter.isAccepted()
    window.dropEvent(QDropEvent(QPointF(at), copy, data, LEFT, none))


def test_dropped_pictures_and_films_become_nodes_in_one_step(
    window: MainWindow, qtbot: QtBot, graph: Graph
) -> None:
    window.new()
    editing = window.editing
    assert editing is not None
    media = shipped("workflows") / "media"
    at = graph().canvas.mapTo(window, graph().canvas.rect().center())
    drop(window, at, media / "boat_start.png", media / "train.mp4")
    qtbot.waitUntil(lambda: len(editing.document.nodes) == 2, timeout=30_000)
    kinds = {node.type for node in editing.document.nodes.values()}
    assert kinds == {"files.load_image", "files.load_video"}
    for node in editing.document.nodes.values():
        assert (editing.folder / str(node.params["file"])).is_file()
    editing.undo()
    assert not editing.document.nodes


def test_a_pasted_picture_becomes_a_node(window: MainWindow, qtbot: QtBot) -> None:
    window.new()
    image = QImage(8, 8, QImage.Format.Format_RGB888)
    image.fill(Qt.GlobalColor.red)
    QGuiApplication.clipboard().setImage(image)
    window.paste()
    editing = window.editing
    assert editing is not None
    qtbot.waitUntil(lambda: bool(editing.document.nodes), timeout=30_000)
    (node,) = editing.document.nodes.values()
    assert QImage(str(editing.folder / str(node.params["file"]))).width() == 8
    QGuiApplication.clipboard().clear()


def test_what_cannot_be_dropped_says_why(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window.new()
    comfy = tmp_path / "comfy.json"
    comfy.write_text(json.dumps({"1": {"class_type": "KSampler"}}))
    drop(window, QPoint(500, 400), comfy)
    qtbot.waitUntil(lambda: bool(window.notices.all()), timeout=30_000)
    assert "ComfyUI" in window.notices.all()[0].words
    window.open_path(comfy)
    assert len(window.notices.all()) == 1


def test_a_broken_file_opens_as_far_as_it_can_be_read(window: MainWindow, tmp_path: Path) -> None:
    file = tmp_path / "broken.json"
    nodes = {
        "good": {"type": "text.prompt", "params": {"text": "hello"}},
        "ghost": {"type": "no.such_node"},
        "bad": {"type": "text.encode", "inputs": {"text": "nobody.text"}},
    }
    file.write_text(json.dumps({"format": "aiprod-workflow", "version": 1, "nodes": nodes}))
    editing = window.open_path(file)
    assert editing is not None and "good" in editing.document.nodes
    words = "\n".join(str(line) for line in window.log.lines())
    assert "no.such_node" in words and "nobody" in words
    assert "things to mend" in window.notices.all()[0].words


@pytest.mark.parametrize("content", ["", "{", '{"format": "something else"}', "[]"])
def test_a_file_that_is_no_workflow_is_said(
    window: MainWindow, tmp_path: Path, content: str
) -> None:
    file = tmp_path / "bad.json"
    file.write_text(content)
    assert window.open_path(file) is None
    assert window.open_path(tmp_path / "gone.json") is None
    assert window.page is None and len(window.notices.all()) == 2


def test_unsaved_work_is_kept_and_offered_by_the_next_start(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.new()
    assert window.editing is not None
    window.editing.do(AddNode("text.prompt", "kept", params={"text": "not lost"}))
    window.documents.keep_unsaved()
    folder = window.studio.places.data / "recovery"
    qtbot.waitUntil(lambda: len(list(folder.glob("*.slot"))) == 1, timeout=20_000)
    (slot,) = folder.glob("*.slot")
    facts = json.loads(slot.read_text())
    dead = f"999999-1-{facts['owner'].split('-', 2)[2]}"
    (folder / "dead.slot").write_text(json.dumps({**facts, "owner": dead}))
    (folder / "dead.json").write_text(slot.with_suffix(".json").read_text())
    (left,) = Recovery(folder).leftovers()
    monkeypatch.setattr(asking, "keep_changes", lambda *_: "discard")
    window.close_current()
    window.gallery.show_leftovers([left])
    window.gallery.recover_wanted.emit(left)
    assert window.editing is not None
    assert window.editing.document.nodes["kept"].params["text"] == "not lost"
    assert window.tabs.tabText(1).endswith("•")


def test_a_full_disk_on_autosave_is_said_once_and_the_document_stays(
    window: MainWindow, qtbot: QtBot
) -> None:
    (window.studio.places.data).mkdir(parents=True, exist_ok=True)
    (window.studio.places.data / "recovery").write_text("in the way")
    window.new()
    editing = window.editing
    assert editing is not None
    editing.do(AddNode("text.prompt", "prompt"))
    window.documents.keep_unsaved()
    qtbot.waitUntil(lambda: bool(window.notices.all()), timeout=20_000)
    window.documents.keep_unsaved()
    window.studio.wait()
    qtbot.wait(20)
    assert len(window.notices.all()) == 1
    assert "unsaved work cannot be kept" in window.notices.all()[0].words
    assert "prompt" in editing.document.nodes


def test_panels_hide_and_stay_hidden_for_the_next_window(
    window: MainWindow, qtbot: QtBot, graph: Graph
) -> None:
    window.new()
    press(window, Qt.Key.Key_B)
    assert graph().library.isHidden()
    press(window, Qt.Key.Key_J)
    assert window.bottom.isVisible() and window.bottom.shown == "queue"
    press(window, Qt.Key.Key_L)
    assert window.bottom_shown("log")
    press(window, Qt.Key.Key_L)
    assert not window.bottom.isVisible()
    window.keeper.write()
    again = MainWindow(window.studio)
    again.new()
    assert not again.side_shown("library")
    again.close()
    again.deleteLater()


def test_the_tour_points_at_things_and_can_be_left(window: MainWindow, qtbot: QtBot) -> None:
    from aiprod_studio.ui.shell.tour import Tour

    window.start_tour()
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
    window.start_tour()
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
        window.close_current()
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


def test_a_node_of_a_pack_that_is_off_is_a_ghost_until_the_pack_is_on(
    qtbot: QtBot, places: Places, registry: Registry, tmp_path: Path
) -> None:
    from aiprod_studio.app.packs import load_packs

    (places.packs / "shine").mkdir(parents=True)
    code = (
        "from aiprod_studio.sdk import node\n"
        '@node("shine.one", "Shine", since="1.0")\n'
        'def one(number: float) -> float:\n    """Shine."""\n    return number\n'
    )
    (places.packs / "shine" / "one.py").write_text(code)
    studio = Studio(places, Settings(), load_packs(shipped("nodes"), places.packs, {}))
    window = MainWindow(studio)
    window.show()
    assert "shine.one" not in studio.specs
    window.open_settings("packs")
    dialog = open_dialog(SettingsDialog)
    assert isinstance(dialog, SettingsDialog)
    ((_, box),) = dialog.packs._boxes
    QTest.mouseClick(box, LEFT, pos=QPoint(8, box.height() // 2))
    QTest.mouseClick(dialog.save, LEFT)
    assert "shine.one" in studio.specs and studio.settings.packs
    window.close()
    studio.close()
    window.deleteLater()


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

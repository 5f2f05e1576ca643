"""Settings, shortcuts, theme and packs, as an artist changes them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from aiprod_studio.app.packs import Registry
from aiprod_studio.app.places import Places, shipped
from aiprod_studio.app.settings import Settings
from aiprod_studio.ui.shell.graph_workspace import GraphWorkspace
from aiprod_studio.ui.shell.settings_dialog import SettingsDialog
from aiprod_studio.ui.shell.window import MainWindow
from aiprod_studio.ui.studio import Studio
from aiprod_studio.ui.theme import current
from tests.ui.shell.hands import LEFT, open_dialog, press

Graph = Callable[[], GraphWorkspace]


def test_no_two_actions_want_the_same_keys(window: MainWindow) -> None:
    window.new()
    for name in ("graph", "edit", "board"):
        window.show_workspace(name)
        found = [(c.key, c.one.id, c.other.id) for c in window.registry.clashes()]
        assert not found


def test_shortcuts_can_be_changed_and_stay_changed(window: MainWindow, qtbot: QtBot) -> None:
    window.manners.open_shortcuts()
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
    window.manners.open_settings()
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
    window.manners.use_theme("dark")


def test_the_theme_switches_while_a_document_is_open(window: MainWindow, graph: Graph) -> None:
    window.open_path(shipped("workflows") / "text_to_video.json")
    before = graph().canvas.palette_in_use.name
    window.manners.toggle_theme()
    assert (before, graph().canvas.palette_in_use.name) == ("dark", "light")
    assert set(graph().canvas.projection.nodes) == set(window.editing.document.nodes)  # type: ignore[union-attr]
    window.manners.toggle_theme()


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
    window.manners.open_settings("packs")
    dialog = open_dialog(SettingsDialog)
    assert isinstance(dialog, SettingsDialog)
    ((_, box),) = dialog.packs._boxes
    QTest.mouseClick(box, LEFT, pos=QPoint(8, box.height() // 2))
    QTest.mouseClick(dialog.save, LEFT)
    assert "shine.one" in studio.specs and studio.settings.packs
    window.close()
    studio.close()
    window.deleteLater()

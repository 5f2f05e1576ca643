"""What was rendered before the document was opened can be compared with what is rendered now."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from aiprod_studio.app.packs import Registry
from aiprod_studio.app.places import Places, shipped
from aiprod_studio.app.settings import Settings
from aiprod_studio.graph.commands import SetParam
from aiprod_studio.ui.editing import Editing
from aiprod_studio.ui.shell.window import MainWindow
from aiprod_studio.ui.studio import Studio
from tests.app.graphs import PICTURE_TO_FILE


@pytest.fixture
def file(tmp_path: Path) -> Path:
    media = shipped("workflows") / "media" / "boat_start.png"
    (tmp_path / "boat.png").write_bytes(media.read_bytes())
    file = tmp_path / "film.json"
    text = json.dumps({"format": "aiprod-workflow", "version": 1, "nodes": PICTURE_TO_FILE})
    file.write_text(text, encoding="utf-8")
    return file


def run(qtbot: QtBot, editing: Editing, width: int) -> None:
    """Run the document at a width, and wait for its end."""
    editing.do(SetParam("resize", "width", width))
    editing.run()
    qtbot.waitUntil(lambda: not editing.jobs, timeout=120_000)
    qtbot.waitUntil(lambda: editing.states["resize"].standing == "cached", timeout=30_000)


@pytest.mark.slow
def test_an_earlier_run_is_compared_after_the_document_was_opened_again(
    window: MainWindow, qtbot: QtBot, file: Path, places: Places, registry: Registry
) -> None:
    editing = window.open_path(file)
    assert editing is not None
    run(qtbot, editing, 64)
    run(qtbot, editing, 32)
    assert window.documents.save(editing)
    assert window.filing.close()

    studio = Studio(places, Settings(), registry)
    again = MainWindow(studio)
    qtbot.addWidget(again)
    again.show()
    editing = again.open_path(file)
    assert editing is not None
    qtbot.waitUntil(lambda: editing.states["resize"].standing == "cached", timeout=120_000)
    workspace = again.pages.graph
    assert workspace is not None
    viewer = workspace.viewer
    workspace.canvas.select(["resize"])
    qtbot.waitUntil(lambda: viewer.result is not None, timeout=30_000)
    qtbot.waitUntil(lambda: bool(viewer.past.before(viewer.result)), timeout=30_000)
    menu = viewer.bar.compare_menu
    menu.aboutToShow.emit()
    entry = next(a for a in menu.actions() if "width 64" in a.text())
    entry.trigger()
    qtbot.waitUntil(lambda: viewer.side.source is not None, timeout=30_000)
    assert viewer.picture.comparison == "wipe"
    again.close()
    studio.close()

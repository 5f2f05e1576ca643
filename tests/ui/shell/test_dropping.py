"""What is dropped and pasted, and files that cannot be read as they should."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage
from pytestqt.qtbot import QtBot

from aiprod_studio.app.places import shipped
from aiprod_studio.ui.shell.graph_workspace import GraphWorkspace
from aiprod_studio.ui.shell.window import MainWindow
from tests.ui.shell.hands import drop

Graph = Callable[[], GraphWorkspace]


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
    window.filing.paste()
    editing = window.editing
    assert editing is not None
    qtbot.waitUntil(lambda: bool(editing.document.nodes), timeout=30_000)
    (node,) = editing.document.nodes.values()
    assert QImage(str(editing.folder / str(node.params["file"]))).width() == 8
    QGuiApplication.clipboard().clear()


def test_what_cannot_be_dropped_says_why(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window.new()
    other = tmp_path / "other.json"
    other.write_text(json.dumps({"name": "no workflow"}))
    drop(window, QPoint(500, 400), other)
    qtbot.waitUntil(lambda: bool(window.notices.all()), timeout=30_000)
    assert "no workflow of this program" in window.notices.all()[0].words
    assert window.tabs.count() == 2


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

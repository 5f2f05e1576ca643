"""From an empty canvas to a film, as an artist does it, by mouse and keyboard in a real window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from aiprod_studio.ui.queue.plan_dialog import PlanDialog
from aiprod_studio.ui.shell import asking
from aiprod_studio.ui.shell.graph_workspace import GraphWorkspace
from aiprod_studio.ui.shell.window import MainWindow

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier
NONE = Qt.KeyboardModifier.NoModifier
PLACES = {
    "Load Model": (-560, -160),
    "Prompt": (-560, 260),
    "Encode Text": (-240, 260),
    "Empty Latents": (-240, -160),
    "DiT Sampler": (80, -60),
    "Decode Video": (400, -60),
    "Save Video": (700, -60),
}
LINKS = (
    ("load.text_encoder", "encode.model"),
    ("prompt.text", "encode.text"),
    ("load.vae", "empty.vae"),
    ("load.dit", "dit.model"),
    ("encode.conditioning", "dit.positive"),
    ("empty.latents", "dit.start"),
    ("dit.latents", "video.latents"),
    ("load.vae", "video.vae"),
    ("video.video", "save_video.video"),
)


class Artist:
    """Works the Graph workspace with mouse and keyboard."""

    def __init__(self, workspace: GraphWorkspace) -> None:
        self.canvas = workspace.canvas
        self.port = self.canvas.viewer.viewport()
        self.canvas.viewer.look_at(QPointF(120, 120), 0.75)

    def spot(self, at: QPointF) -> QPoint:
        return self.canvas.viewer.mapFromScene(at)

    def add(self, title: str, at: tuple[int, int]) -> None:
        """Double click on empty ground, write a few letters, press Enter."""
        QTest.mouseDClick(self.port, LEFT, NONE, self.spot(QPointF(*at)))
        box = self.canvas.search_box
        assert box.isVisible()
        QTest.keyClicks(box.line, title)
        QTest.keyClick(box.line, Qt.Key.Key_Return)

    def link(self, source: str, target: str) -> None:
        """Drag from an output to an input."""
        start, end = self._socket(source, "output"), self._socket(target, "input")
        first, last = self.spot(start), self.spot(end)
        QTest.mouseMove(self.port, first)
        QTest.mousePress(self.port, LEFT, NONE, first)
        for share in (0.3, 0.7, 1.0):
            self._move(first + (last - first) * share)
        QTest.mouseRelease(self.port, LEFT, NONE, last)

    def choose(self, node: str) -> None:
        """Click on a node's header."""
        at = self.canvas.projection.nodes[node].area.topLeft() + QPointF(60, 14)
        QTest.mouseClick(self.port, LEFT, NONE, self.spot(at))

    def _socket(self, path: str, side: str) -> QPointF:
        node, _, name = path.partition(".")
        point = self.canvas.projection.nodes[node].socket_point(side, name)
        assert point is not None, path
        return QPointF(point)

    def _move(self, at: QPoint) -> None:
        from PySide6.QtCore import QEvent
        from PySide6.QtGui import QMouseEvent

        place = QPointF(self.port.mapToGlobal(at))
        event = QMouseEvent(QEvent.Type.MouseMove, QPointF(at), place, LEFT, LEFT, NONE)
        QApplication.sendEvent(self.port, event)


@pytest.mark.slow
def test_an_artist_builds_runs_scrubs_undoes_saves_and_reopens_a_film(
    window: MainWindow,
    graph: Callable[[], GraphWorkspace],
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    window.resize(1600, 1000)
    QCursor.setPos(0, 0)
    QTest.mouseClick(window.gallery.new_button, LEFT)
    editing, workspace = window.editing, graph()
    assert editing is not None and not editing.document.nodes
    qtbot.wait(50)
    artist = Artist(workspace)
    for title, at in PLACES.items():
        artist.add(title, at)
    assert {n.type for n in editing.document.nodes.values()} == {
        "models.load", "text.prompt", "text.encode", "latents.empty", "sampling.dit",
        "decode.video", "files.save_video",
    }  # fmt: skip
    for source, target in LINKS:
        artist.link(source, target)
    assert len(list(editing.document.links())) == len(LINKS)

    artist.choose("prompt")
    prompt = workspace.inspector.form.rows["text"].field  # type: ignore[union-attr]
    prompt.setFocus()
    QTest.keyClicks(QApplication.focusWidget(), "a red boat sails to the left")
    artist.choose("dit")
    assert editing.document.nodes["prompt"].params["text"] == "a red boat sails to the left"
    from aiprod_studio.graph.commands import SetParam

    editing.do(SetParam("dit", "steps", 3), SetParam("empty", "frames", 9))

    QTest.keyClick(window, Qt.Key.Key_R, CONTROL)
    dialog = next(w for w in QApplication.topLevelWidgets() if isinstance(w, PlanDialog))
    qtbot.waitUntil(dialog.run_button.isEnabled, timeout=90_000)
    QTest.keyClick(dialog.run_button, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(window.studio.queue.history()), timeout=120_000)
    entry = window.studio.queue.history()[0]
    assert entry.state == "done", entry.problems
    assert Path(entry.files[0]).is_file()
    qtbot.waitUntil(lambda: editing.looks()["video"].badge == "cached", timeout=30_000)
    qtbot.waitUntil(lambda: editing.looks()["video"].thumbnail is not None, timeout=30_000)

    artist.choose("video")
    viewer = workspace.viewer
    qtbot.waitUntil(lambda: viewer.node == "video" and viewer.player.count == 9, timeout=30_000)
    with qtbot.waitSignal(viewer.player.frame_ready, timeout=30_000):
        viewer.player.seek(7)
    assert viewer.player.index == 7

    artist.choose("dit")
    editing.do(SetParam("dit", "seed", 99))
    qtbot.waitUntil(lambda: editing.looks()["video"].badge == "stale", timeout=60_000)
    QTest.keyClick(artist.canvas.viewer, Qt.Key.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: editing.looks()["video"].badge == "cached", timeout=60_000)
    assert editing.looks()["video"].thumbnail is not None, "undoing loses no results"

    file = tmp_path / "first_film.json"
    monkeypatch.setattr(asking, "file_to_save", lambda *_: file)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=20_000)
    QTest.keyClick(window, Qt.Key.Key_S, CONTROL)
    assert file.is_file()
    text = editing.text()
    QTest.keyClick(window, Qt.Key.Key_W, CONTROL)
    again = window.open_path(file)
    assert again is not None, [notice.words for notice in window.notices.all()]
    assert again.text() == text
    qtbot.waitUntil(lambda: again.looks()["video"].badge == "cached", timeout=60_000)

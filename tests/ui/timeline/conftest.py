"""The Edit workspace over a small film with takes and music, and hands to work it."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from aiprod_studio.sdk import Problem
from aiprod_studio.story.cut import Clip
from aiprod_studio.ui.editing import Editing
from aiprod_studio.ui.timeline import EditWorkspace
from tests.ui.timeline.making import film_text, make_film

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture(scope="session")
def made_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files of the film, and film.json."""
    folder = tmp_path_factory.mktemp("film") / "film"
    folder.mkdir()
    (folder / "film.json").write_text(film_text(*make_film(folder)), encoding="utf-8")
    return folder


@dataclass
class Hands:
    """Works a workspace by mouse and keyboard, as an artist would."""

    space: EditWorkspace
    qtbot: QtBot
    refused: list[Problem]

    @property
    def editing(self) -> Editing:
        return self.space.editing

    def clip(self, name: str) -> Clip:
        return self.editing.cut().find(name)[1]

    def spot(self, track: str, frame: float, part: float = 0.75) -> QPoint:
        row = self.space.state.rows.of(track)
        assert row is not None
        x = self.space.state.scale.x(frame)
        return QPoint(round(x), round(row.top + row.height * part - self.space.state.top))

    def drag(
        self, start: QPoint, end: QPoint, keys: Qt.KeyboardModifier = NONE, drop: bool = True
    ) -> None:
        tracks = self.space.view.tracks
        QTest.mousePress(tracks, LEFT, keys, start)
        for share in (0.3, 0.7, 1.0):
            at = start + QPoint(
                round((end.x() - start.x()) * share), round((end.y() - start.y()) * share)
            )
            QTest.mouseMove(tracks, at)
        if drop:
            QTest.mouseRelease(tracks, LEFT, keys, end)

    def click(self, at: QPoint, keys: Qt.KeyboardModifier = NONE) -> None:
        QTest.mouseClick(self.space.view.tracks, LEFT, keys, at)

    def key(self, key: Qt.Key, keys: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(self.space.view.tracks, key, keys)

    def wheel(self, at: QPoint, turn: int, keys: Qt.KeyboardModifier) -> None:
        tracks = self.space.view.tracks
        event = QWheelEvent(
            QPointF(at), QPointF(tracks.mapToGlobal(at)), QPoint(), QPoint(0, turn),
            Qt.MouseButton.NoButton, keys, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(tracks, event)

    def wait(self, until: Callable[[], object], seconds: float = 30) -> None:
        self.qtbot.waitUntil(lambda: bool(until()), timeout=round(seconds * 1000))

    def see(self, frame: int) -> None:
        """Go to a frame and wait until its picture is there."""
        player = self.space.program.player
        self.wait(lambda: player.source is not None)
        self.space.state.seek(frame)
        self.wait(lambda: player.frame(frame) is not None)


@pytest.fixture
def hands(
    made_film: Path, tmp_path: Path, open_document: Callable[..., Editing], qtbot: QtBot
) -> Iterator[Hands]:
    """A workspace of its own for each test; afterwards nothing of it may be left."""
    before = {thread.name for thread in threading.enumerate()}
    folder = tmp_path / "film"
    shutil.copytree(made_film, folder)
    path = folder / "film.json"
    editing = open_document(path.read_text(encoding="utf-8"), path)
    refused: list[Problem] = []
    editing.refused.connect(refused.append)
    space = EditWorkspace(editing)
    space.resize(1200, 800)
    space.show()
    space.state.fit()
    yield Hands(space, qtbot, refused)
    space.close()
    space.deleteLater()
    QApplication.sendPostedEvents(None, 0)
    left = {thread.name for thread in threading.enumerate()} - before
    assert not {name for name in left if name in ("strips", "waves", "composing", "frames")}

"""Messages stand where they are read, wait until they are, and reach who looks elsewhere."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from aiprod_studio.app.jobs.job import Job
from aiprod_studio.app.packs import Registry
from aiprod_studio.app.places import Places
from aiprod_studio.app.settings import Settings
from aiprod_studio.ui.shell.notices import Notices
from aiprod_studio.ui.shell.outside import COMMAND, Outside
from aiprod_studio.ui.shell.window import MainWindow
from aiprod_studio.ui.studio import Studio
from aiprod_studio.ui.theme.pieces import push_button


def test_jobs_that_were_not_finished_are_offered_above_the_status_bar(
    qtbot: QtBot, places: Places, registry: Registry
) -> None:
    studio = Studio(places, Settings(), registry)
    studio.queue.pause()
    studio.queue.add(Job("Boat at noon", "{}", places.data / "film.json"))
    studio.close()
    (file,) = (places.data / "queue").glob("*.json")
    gone = "999999-1-" + file.stem.split("-", 2)[2]
    file.rename(file.with_name(f"{gone}.json"))

    studio = Studio(places, Settings(), registry)
    window = MainWindow(studio)
    window.show()
    qtbot.waitExposed(window)
    (notice,) = window.notices.all()
    assert "Boat at noon" in notice.words and notice.button is not None
    qtbot.waitUntil(lambda: notice.y() > window.height() // 2, timeout=30_000)
    status = window.status.mapTo(window, QPoint(0, 0)).y()
    assert notice.geometry().bottom() < status
    assert notice.geometry().right() < window.width()
    window.resize(window.width() - 200, window.height() - 100)
    qtbot.waitUntil(lambda: notice.geometry().right() < window.width(), timeout=30_000)
    window.close()
    studio.close()
    window.deleteLater()


def test_a_notice_is_as_high_as_its_words(window: MainWindow) -> None:
    short = window.notices.show("Done", "good")
    long = window.notices.show("A sentence that goes on for a while. " * 8, "good")
    lines = 40 + 8 * 16
    assert short.height() < 60 < long.height() < lines + 60


def test_what_must_be_read_waits(qtbot: QtBot) -> None:
    ground, status = QWidget(), QWidget()
    qtbot.addWidget(ground)
    status.setParent(ground)
    notices = Notices(ground, status)
    waits = notices.show("read me", "note", stays=True)
    goes = notices.show("by the way", "note")
    assert not waits._timer.isActive() and goes._timer.isActive()
    assert not notices.show("wrong", "error")._timer.isActive()
    notices.clear()
    assert notices.all() == []


def test_enter_presses_the_button_that_has_the_focus(qtbot: QtBot) -> None:
    ground = QWidget()
    qtbot.addWidget(ground)
    pressed: list[bool] = []
    button = push_button("Next", ground)
    button.clicked.connect(lambda: pressed.append(True))
    ground.show()
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
        QTest.keyClick(button, key)
    assert len(pressed) == 3
    button.setEnabled(False)
    QTest.keyClick(button, Qt.Key.Key_Return)
    assert len(pressed) == 3


@pytest.mark.skipif(os.name == "nt", reason="Windows has a tray")
def test_a_desktop_without_a_tray_is_told_by_its_own_command(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "told.txt"
    command = tmp_path / COMMAND
    command.write_text(f'#!/bin/sh\nprintf "%s|" "$@" > "{told}.new" && mv "{told}.new" "{told}"\n')
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    window = QWidget()
    qtbot.addWidget(window)
    Outside(window).tell("--help: done", "film <1>.mp4")
    qtbot.waitUntil(told.is_file, timeout=30_000)
    assert told.read_text().endswith("|--|--help: done|film &lt;1&gt;.mp4|")

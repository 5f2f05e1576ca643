"""Boards of other programs, dropped into the window."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from aiprod_studio.ui.shell.window import MainWindow

SCRIPT = (
    "INT. KITCHEN - DAY\n\nA cat looks up.\n\nANNA\nGood morning.\n\nEXT. BEACH - NIGHT\n\nWaves.\n"
)


def test_a_script_becomes_a_board_in_one_step(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    script = tmp_path / "film.fountain"
    script.write_text(SCRIPT)
    window.drops.take_files([script], None, None)
    qtbot.waitUntil(lambda: window.editing is not None, timeout=20_000)
    editing = window.editing
    assert editing is not None
    qtbot.waitUntil(lambda: len(editing.board().scenes) == 2, timeout=20_000)
    assert window.page is not None and window.page.workspace == "board"
    editing.undo()
    assert not editing.board().scenes

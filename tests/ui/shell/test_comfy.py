"""Workflows of ComfyUI in the window: dropped or opened, they become documents of this program."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint
from pytestqt.qtbot import QtBot

from aiprod_studio.ui.shell.window import MainWindow
from tests.app.comfy.drawing import ltx_video
from tests.ui.shell.hands import drop

Opened = Callable[[MainWindow, Path], None]


def drawn(path: Path) -> Path:
    canvas = ltx_video()
    canvas.node("RIFE VFI", ["rife47.pth"], outputs=["IMAGE"], frames=(11, 0))
    path.write_text(json.dumps(canvas.raw()))
    return path


def test_a_dropped_workflow_of_comfyui_opens_and_says_what_is_left(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    window.new()
    before = window.editing
    drop(window, QPoint(500, 400), drawn(tmp_path / "ball.json"))
    qtbot.waitUntil(lambda: window.editing is not before, timeout=30_000)
    assert window.editing is not None
    nodes = window.editing.document.nodes
    assert nodes["sampler"].type == "sampling.dit" and "RIFE VFI" in nodes
    assert window.editing.path is None, "the file of ComfyUI is never written over"
    words = "\n".join(str(line) for line in window.log.lines())
    assert "RIFE VFI: 1 node of ComfyUI" in words and "t5xxl_fp16" in words
    assert "2 things to mend" in window.notices.all()[0].words


def test_a_workflow_of_comfyui_can_be_opened_like_any_other(
    window: MainWindow, tmp_path: Path
) -> None:
    editing = window.documents.open_path(drawn(tmp_path / "ball.json"))
    assert editing is not None and editing.title == "ball"
    assert editing.document.nodes["save"].params == {"name": "ball"}

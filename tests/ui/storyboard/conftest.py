"""A board opened in its workspace, on the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from aiprod_studio.graph.commands import SetSection
from aiprod_studio.story.board import Board
from aiprod_studio.story.sections import STORY, dump_board
from aiprod_studio.ui.editing import Editing
from aiprod_studio.ui.storyboard import BoardWorkspace
from tests.ui.storyboard.hands import Opened


@pytest.fixture
def opened(
    open_document: Callable[..., Editing], tmp_path: Path, qapp: QApplication
) -> Iterator[Opened]:
    """Open a board in its workspace, on the screen."""
    made: list[BoardWorkspace] = []

    def open_board(board: Board | None = None) -> tuple[Editing, BoardWorkspace]:
        editing = open_document(None, tmp_path / "film.json")
        if board is not None:
            editing.do(SetSection(STORY, dump_board(board)))
        workspace = BoardWorkspace(editing)
        workspace.resize(1300, 820)
        workspace.show()
        QTest.qWaitForWindowExposed(workspace)
        made.append(workspace)
        return editing, workspace

    yield open_board
    for workspace in made:
        workspace.close()
        workspace.deleteLater()

"""Bringing a board from another program into a document, in a thread; one undo step."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from aiprod_studio.app.board_files import Brought, bring
from aiprod_studio.sdk import Problem
from aiprod_studio.ui.editing import Editing
from aiprod_studio.ui.storyboard.model.changes import appended
from aiprod_studio.ui.studio import Studio


def import_board(
    studio: Studio, editing: Editing, path: Path, refused: Callable[[Problem], None]
) -> None:
    """Read a board and put its scenes behind those of the document; its pictures come along."""

    def take(brought: Brought) -> None:
        if brought.board is not None:
            edits = appended(editing.board(), brought.board)
            editing.do_story(*edits, title=f"Import {path.name}")
        for problem in brought.problems:
            refused(problem)

    folder, assets, rate = editing.folder, editing.assets, editing.board().rate
    studio.later(lambda: bring([path], folder, assets, rate), take, refused, owner=editing)

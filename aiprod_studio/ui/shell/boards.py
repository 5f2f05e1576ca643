"""Bringing a board from another program into a document, in a thread; one undo step."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from aiprod_studio.app.session.board_files import bring
from aiprod_studio.sdk import Problem
from aiprod_studio.ui.editing import Editing
from aiprod_studio.ui.storyboard.importing import take
from aiprod_studio.ui.studio import Studio


def import_board(
    studio: Studio, editing: Editing, path: Path, refused: Callable[[Problem], None]
) -> None:
    """Read a board or a timeline and put it into the document; its pictures come along."""

    folder, assets, rate = editing.folder, editing.assets, editing.board().rate
    studio.later(
        lambda: bring([path], folder, assets, rate),
        lambda brought: take(editing, brought, f"Import {path.name}"),
        refused,
        owner=editing,
    )

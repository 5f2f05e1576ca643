"""Trying edits on a board one after the other, so that they become one undo step.

Whatever the artist does on the board is made of these; nothing here changes a document.
"""

from __future__ import annotations

from aiprod_studio.story.board import Board
from aiprod_studio.story.edits import AddShot, BoardEdit


class Trial:
    """A board on which edits are tried one after the other."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.edits: list[BoardEdit] = []

    def do(self, edit: BoardEdit) -> None:
        """Try an edit. Raises a Refusal when it is not allowed."""
        self.board = edit.apply(self.board)
        self.edits.append(edit)

    def new_shot(self, scene: str, index: int | None = None) -> str:
        """Add an empty shot to a scene and return its name."""
        known = {shot.name for _, shot in self.board.shots()}
        self.do(AddShot(scene, index))
        return next(shot.name for _, shot in self.board.shots() if shot.name not in known)

    def done(self) -> tuple[BoardEdit, ...]:
        """Return the edits."""
        return tuple(self.edits)

"""Board and cut of an open document, read once and kept until their section changes.

Edits of them become commands of the document here. No Qt; it changes nothing itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from aiprod_studio.graph import Document
from aiprod_studio.graph.commands import SetSection
from aiprod_studio.sdk import Refusal
from aiprod_studio.story.board import Board
from aiprod_studio.story.cut import Cut
from aiprod_studio.story.edits import BoardEdit, CutEdit
from aiprod_studio.story.sections import (
    STORY,
    TIMELINE,
    dump_board,
    dump_cut,
    parse_board,
    parse_cut,
)

if TYPE_CHECKING:
    from aiprod_studio.graph.document import Command


class StorySections:
    """What the sections `story` and `timeline` of a document say."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._board: Board | None = None
        self._cut: Cut | None = None

    @property
    def board(self) -> Board:
        """The storyboard; an empty one when there is none, or none that can be read."""
        if self._board is None:
            try:
                self._board = parse_board(self._document.section(STORY))[0]
            except Refusal:
                self._board = parse_board(None)[0]
        return self._board

    @property
    def cut(self) -> Cut:
        """The edited timeline; an empty one when there is none, or none that can be read."""
        if self._cut is None:
            try:
                self._cut = parse_cut(self._document.section(TIMELINE))[0]
            except Refusal:
                self._cut = parse_cut(None)[0]
        return self._cut

    def changed(self, section: str) -> None:
        """Read a section again when it is next asked for."""
        if section == STORY:
            self._board = None
        elif section == TIMELINE:
            self._cut = None

    def commands(self, edits: Sequence[BoardEdit | CutEdit]) -> list[Command]:
        """Return what makes these edits in the document.

        Raises:
            Refusal: an edit is not allowed.
        """
        board, cut = self.board, self.cut
        for edit in edits:
            if isinstance(edit, BoardEdit):
                board = edit.apply(board)
            else:
                cut = edit.apply(cut)
        commands: list[Command] = []
        if board is not self.board:
            commands.append(SetSection(STORY, dump_board(board)))
        if cut is not self.cut:
            commands.append(SetSection(TIMELINE, dump_cut(cut)))
        return commands

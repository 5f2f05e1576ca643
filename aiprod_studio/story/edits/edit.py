"""What every edit is: a frozen value that says what it does and makes a new state from an old one.

The application wraps edits as commands of the document, one per section; undo is the old state.
An edit that is not allowed raises a Refusal and changes nothing.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from aiprod_studio.story.board import Board
from aiprod_studio.story.cut import Cut
from aiprod_studio.story.edits.settling import settled


@dataclass(frozen=True)
class CutEdit(ABC):
    """An edit of the cut."""

    section: ClassVar[str] = "timeline"
    title: ClassVar[str]
    minds_locks: ClassVar[bool] = True

    def apply(self, state: Cut) -> Cut:
        """Return the cut after the edit. Raises a Refusal when it is not allowed."""
        return settled(state, self.change(state), minds_locks=self.minds_locks)

    @abstractmethod
    def change(self, cut: Cut) -> Cut:
        """Return the cut with what the edit moves; `apply` checks the rest."""


@dataclass(frozen=True)
class BoardEdit(ABC):
    """An edit of the board."""

    section: ClassVar[str] = "story"
    title: ClassVar[str]

    @abstractmethod
    def apply(self, state: Board) -> Board:
        """Return the board after the edit. Raises a Refusal when it is not allowed."""

"""A comparison: with which result, shown how, and read in a thread.

The viewer panel has one; it drives the second side and the screen, and knows nothing of menus.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from aiprod_studio.app.session.results import Result
from aiprod_studio.sdk import Problem
from aiprod_studio.ui.editing import Editing
from aiprod_studio.ui.viewer.opening import Opened, open_result
from aiprod_studio.ui.viewer.screen import Comparison, Screen
from aiprod_studio.ui.viewer.sides import OtherSide


class Comparing(QObject):
    """What the shown result is compared with; `other` is None for nothing."""

    changed = Signal()
    """Another result, another way, or nothing any more."""
    opened = Signal()
    """The other result is read and seen."""

    def __init__(
        self, editing: Editing, side: OtherSide, screen: Screen, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.other: Result | None = None
        self._editing, self._side, self._screen = editing, side, screen
        self._ticket = 0

    def begin(self, result: Result, way: Comparison = "wipe", _: bool = False) -> None:
        """Compare with a result; a comparison that is there keeps its way."""
        self.other = result
        self._ticket += 1
        ticket = self._ticket
        if self._screen.comparison == "one":
            self._screen.set_comparison(way)
        self._editing.studio.later(
            lambda: open_result(result),
            lambda opened: self._take(ticket, opened),
            lambda problem: self._refuse(ticket, problem),
            owner=self,
        )
        self.changed.emit()

    def end(self) -> None:
        """Show one picture again."""
        self._ticket += 1
        self.other = None
        self._side.set_source(None)
        self._screen.set_comparison("one")
        self.changed.emit()

    def choose(self, way: str) -> None:
        """Choose how the two are shown: "wipe", "side" or "difference"."""
        if self.other is not None:
            self._screen.set_comparison(way)  # type: ignore[arg-type]
            self.changed.emit()

    def words(self, shown: Result | None) -> str:
        """Say what is compared with, beside what is shown; "" for nothing."""
        if self.other is None:
            return ""
        earlier = shown is not None and self.other.node == shown.node
        return f"{self.other.node} before" if earlier else self.other.node

    def renamed(self, old: str, new: str) -> None:
        """Follow a node to its new name."""
        if self.other is not None and self.other.node == old:
            self.other = replace(self.other, node=new)
            self.changed.emit()

    def close(self) -> None:
        """Let go of the other result; nothing is taken any more."""
        self._ticket += 1
        self._side.close()

    def _take(self, ticket: int, opened: Opened) -> None:
        if ticket == self._ticket:
            self._side.set_source(opened.frames)
            self.opened.emit()

    def _refuse(self, ticket: int, problem: Problem) -> None:
        if ticket == self._ticket:
            self.end()
            self._editing.refused.emit(problem)

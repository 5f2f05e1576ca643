"""Edits of panels: add, remove, move, split, join, set fields. Those of locked shots stay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from aiprod_studio.sdk import Refusal
from aiprod_studio.story.board import Board, Panel, fresh
from aiprod_studio.story.edits.boarding import (
    changed,
    open_panel,
    open_shot,
    placed,
    with_shot,
    without,
)
from aiprod_studio.story.edits.edit import BoardEdit
from aiprod_studio.story.edits.shots import named
from aiprod_studio.story.problems import BadValue, DoesNotMeet
from aiprod_studio.story.records import Json

WORDS = ("dialogue", "action", "notes", "camera", "sound")
SETTABLE = ("image", "frames", *WORDS)


@dataclass(frozen=True)
class AddPanel(BoardEdit):
    """Add a panel to a shot, at an index or at the end; without a name it gets one."""

    title: ClassVar[str] = "Add panel"
    shot: str
    panel: Panel
    index: int | None = None

    def apply(self, state: Board) -> Board:
        _, shot = open_shot(state, self.shot)
        board, panel = named(state, self.panel)
        return with_shot(board, replace(shot, panels=placed(shot.panels, panel, self.index)))


@dataclass(frozen=True)
class RemovePanel(BoardEdit):
    """Remove a panel from its shot."""

    title: ClassVar[str] = "Remove panel"
    panel: str

    def apply(self, state: Board) -> Board:
        shot, panel = open_panel(state, self.panel)
        return with_shot(state, replace(shot, panels=without(shot.panels, panel)))


@dataclass(frozen=True)
class MovePanel(BoardEdit):
    """Put a panel at another place, in its shot or another."""

    title: ClassVar[str] = "Move panel"
    panel: str
    shot: str
    index: int | None = None

    def apply(self, state: Board) -> Board:
        old, panel = open_panel(state, self.panel)
        board = with_shot(state, replace(old, panels=without(old.panels, panel)))
        _, shot = open_shot(board, self.shot)
        return with_shot(board, replace(shot, panels=placed(shot.panels, panel, self.index)))


@dataclass(frozen=True)
class SplitPanel(BoardEdit):
    """Make two panels of one after so many frames; image and words stay with both and the first."""

    title: ClassVar[str] = "Split panel"
    panel: str
    frames: int

    def apply(self, state: Board) -> Board:
        shot, panel = open_panel(state, self.panel)
        if not 0 < self.frames < panel.frames:
            why = f"it lasts {panel.frames} frames and cannot be split after {self.frames}"
            raise Refusal(BadValue(f"panel {self.panel}", why, "Choose a frame inside it."))
        board, name = fresh(state, "panel")
        later = Panel(name=name, image=panel.image, frames=panel.frames - self.frames)
        first = replace(panel, frames=self.frames)
        panels = [first if each is panel else each for each in shot.panels]
        panels.insert(panels.index(first) + 1, later)
        return with_shot(board, replace(shot, panels=tuple(panels)))


@dataclass(frozen=True)
class JoinPanels(BoardEdit):
    """Make one panel of a panel and the next: the first's image, both durations and words."""

    title: ClassVar[str] = "Join panels"
    first: str
    second: str

    def apply(self, state: Board) -> Board:
        shot, first = open_panel(state, self.first)
        _, second = open_panel(state, self.second)
        index = shot.panels.index(first) + 1
        if index >= len(shot.panels) or shot.panels[index] is not second:
            why = f"{self.second!r} does not follow {self.first!r} in its shot"
            raise Refusal(DoesNotMeet("join", why, "Move the panels side by side first."))
        joined = replace(first, frames=first.frames + second.frames, **_words(first, second))
        panels = (joined if each is first else each for each in without(shot.panels, second))
        return with_shot(state, replace(shot, panels=tuple(panels)))


def _words(first: Panel, second: Panel) -> dict[str, Any]:
    pairs = {key: (getattr(first, key), getattr(second, key)) for key in WORDS}
    return {key: "\n".join(part for part in pair if part) for key, pair in pairs.items()}


@dataclass(frozen=True)
class SetPanel(BoardEdit):
    """Set fields of a panel, as JSON values; it lasts at least one frame."""

    title: ClassVar[str] = "Change panel"
    panel: str
    values: Mapping[str, Json]

    def apply(self, state: Board) -> Board:
        shot, panel = open_panel(state, self.panel)
        new = changed(panel, self.values, SETTABLE, f"panel {self.panel}")
        if new.frames < 1 and "frames" in self.values:
            why = "it would last no frame"
            raise Refusal(BadValue(f"panel {self.panel}", why, "Remove it, or give it a frame."))
        panels = (new if each is panel else each for each in shot.panels)
        return with_shot(state, replace(shot, panels=tuple(panels)))

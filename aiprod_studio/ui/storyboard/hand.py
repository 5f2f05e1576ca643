"""What the mouse does on the board: choose, draw a frame around cards, drag them, drag an edge.

A gesture is an object with move, end and cancel. It asks the view for places and tells it what to
show meanwhile; only its end changes the document.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QPointF

from aiprod_studio.ui.storyboard.model.changes import stretched
from aiprod_studio.ui.storyboard.model.layout import Box, Card, Drop
from aiprod_studio.ui.storyboard.model.moving import moved, shot_moved

if TYPE_CHECKING:
    from aiprod_studio.ui.storyboard.cards import CardsView

GRID_PIXELS = 6.0
"""Pixels of a frame while an edge is dragged in the grid, where width says nothing of time."""


class Gesture(Protocol):
    """Something that the hand is doing."""

    def move(self, at: QPointF) -> None: ...
    def end(self, at: QPointF) -> None: ...
    def cancel(self) -> None: ...


class Marquee:
    """Draws a frame; what it touches is chosen."""

    def __init__(self, view: CardsView, at: QPointF, *, add: bool) -> None:
        self.view, self.start = view, at
        self.before = list(view.chosen) if add else []

    def move(self, at: QPointF) -> None:
        """Choose what the frame touches."""
        box = Box(
            min(at.x(), self.start.x()), min(at.y(), self.start.y()),
            abs(at.x() - self.start.x()), abs(at.y() - self.start.y()),
        )  # fmt: skip
        self.view.frame = box
        touched = [card.panel for card in self.view.layout_now.within(box)]
        self.view.choose([*self.before, *touched])

    def end(self, at: QPointF) -> None:
        """Leave what is chosen."""
        self.cancel()

    def cancel(self) -> None:
        """Take the frame away."""
        self.view.frame = None
        self.view.viewport().update()


class Drag:
    """Drags the chosen cards to another place."""

    def __init__(self, view: CardsView) -> None:
        self.view = view

    def move(self, at: QPointF) -> None:
        """Show where they would go."""
        self.view.drop = self.view.layout_now.drop_at(at.x(), at.y())
        self.view.hold(at)
        self.view.viewport().update()

    def end(self, at: QPointF) -> None:
        """Put them there."""
        drop = self.view.layout_now.drop_at(at.x(), at.y())
        self.cancel()
        if drop is not None:
            chosen = self.view.chosen
            self.view.ask(lambda board: moved(board, chosen, drop), "Move panels")

    def cancel(self) -> None:
        """Leave them where they are."""
        self.view.drop = None
        self.view.hold(None)
        self.view.viewport().update()


class DragShot:
    """Drags a shot by its heading to another place."""

    def __init__(self, view: CardsView, shot: str) -> None:
        self.view, self.shot = view, shot

    def move(self, at: QPointF) -> None:
        """Show where it would go."""
        drop = self.view.layout_now.shot_drop_at(at.x(), at.y())
        self.view.drop = Drop("", "", drop.mark) if drop is not None else None
        self.view.hold(at)

    def end(self, at: QPointF) -> None:
        """Put it there."""
        drop = self.view.layout_now.shot_drop_at(at.x(), at.y())
        self.cancel()
        if drop is not None:
            self.view.ask(lambda board: shot_moved(board, self.shot, drop), "Move shot")

    def cancel(self) -> None:
        """Leave it where it is."""
        self.view.drop = None
        self.view.hold(None)


class Stretch:
    """Drags the end of a card: its panel lasts longer or shorter."""

    def __init__(self, view: CardsView, card: Card, at: QPointF) -> None:
        self.view, self.card, self.start = view, card, at
        self.frames = view.panel(card.panel).frames

    def move(self, at: QPointF) -> None:
        """Show the duration."""
        self.view.stretching = (self.card.panel, self._frames(at))
        self.view.relay()

    def end(self, at: QPointF) -> None:
        """Give the panel the duration."""
        frames = self._frames(at)
        self.cancel()
        if frames != self.frames:
            self.view.ask(lambda _: stretched(self.card.panel, frames), "Change duration")

    def cancel(self) -> None:
        """Leave it as long as it was."""
        self.view.stretching = None
        self.view.relay()

    def _frames(self, at: QPointF) -> int:
        scale = self.view.per_frame if self.view.shape_now == "strip" else GRID_PIXELS
        return max(1, self.frames + round((at.x() - self.start.x()) / scale))

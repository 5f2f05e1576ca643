"""The viewer: what nodes gave, played frame by frame and compared.

`Player` and `Screen` are for all who show moving pictures; `ViewerPanel` is the viewer beside
the canvas.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiprod_studio.ui.viewer.player import Player
from aiprod_studio.ui.viewer.screen import Screen
from aiprod_studio.ui.viewer.source import ArrayFrames, Frames, VideoFrames

if TYPE_CHECKING:
    from aiprod_studio.ui.viewer.panel import ViewerPanel

__all__ = ["ArrayFrames", "Frames", "Player", "Screen", "VideoFrames", "ViewerPanel"]


def __getattr__(name: str) -> Any:
    """Import the panel only when it is asked for; others need the player alone."""
    if name == "ViewerPanel":
        from aiprod_studio.ui.viewer.panel import ViewerPanel

        return ViewerPanel
    raise AttributeError(name)

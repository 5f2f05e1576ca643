"""How a node stands in the running program: progress, badge, cost, preview.

The shell makes these from what the engine says and hands them to `CanvasView.set_state`; nothing of
it is in the document.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtGui import QImage

Badge = Literal["cached", "stale", "running", "error", ""]


@dataclass(frozen=True)
class NodeLook:
    """What the canvas shows of a node's state; `progress` from 0 to 1, None for none."""

    progress: float | None = None
    badge: Badge = ""
    cost: str = ""
    eta: str = ""
    thumbnail: QImage | None = None
    message: str = ""
    value: str = ""
    """What came out last, in a line."""


PLAIN = NodeLook()

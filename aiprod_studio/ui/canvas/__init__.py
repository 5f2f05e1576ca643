"""The canvas: a projection of a document's graph on NodeGraphQt's viewer, and its gestures.

The window makes a `CanvasView` for each document and gives it a `NodeLook` for each node that runs.
Nothing outside this folder imports NodeGraphQt, and that is loaded only when the first canvas is
made, because it costs half a second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiprod_studio.ui.canvas.looks import NodeLook
from aiprod_studio.ui.canvas.palette import DARK, LIGHT, Palette

if TYPE_CHECKING:
    from aiprod_studio.ui.canvas.commands import CanvasCommand
    from aiprod_studio.ui.canvas.view import CanvasView

__all__ = ["DARK", "LIGHT", "CanvasCommand", "CanvasView", "NodeLook", "Palette"]


def __getattr__(name: str) -> Any:
    if name == "CanvasView":
        from aiprod_studio.ui.canvas.view import CanvasView

        return CanvasView
    if name == "CanvasCommand":
        from aiprod_studio.ui.canvas.commands import CanvasCommand

        return CanvasCommand
    raise AttributeError(name)

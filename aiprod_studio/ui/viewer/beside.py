"""The viewer beside a canvas: digits put nodes into it, and a node under the mouse tells its value.

The Graph workspace joins the two here; neither knows the other.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from aiprod_studio.sdk import Refusal
from aiprod_studio.ui.editing import Editing
from aiprod_studio.ui.viewer.opening import open_result
from aiprod_studio.ui.viewer.pictures import image_of

if TYPE_CHECKING:
    from aiprod_studio.app.session.results import Result
    from aiprod_studio.ui.canvas.view import CanvasView
    from aiprod_studio.ui.viewer.panel import ViewerPanel

SIDE, MOST = 256, 24
Last = tuple[str, list[QImage]]


def join(canvas: CanvasView, viewer: ViewerPanel, editing: Editing) -> None:
    """Let a canvas and a viewer work together for as long as the canvas lives."""
    canvas.slot_wanted.connect(partial(_slot, canvas, viewer))
    canvas.hovered.connect(partial(_tell, canvas, editing))
    canvas.show_slots({node: digit for digit, node in viewer.slots.items()})


def _slot(canvas: CanvasView, viewer: ViewerPanel, digit: int, node: str) -> None:
    if node:
        viewer.put_in_slot(digit, node)
        canvas.show_slots({name: number for number, name in viewer.slots.items()})
    else:
        viewer.show_slot(digit)


def _tell(canvas: CanvasView, editing: Editing, path: str) -> None:
    result = editing.result_of(path)
    if result is not None:
        editing.studio.later(
            lambda: last_of(result), lambda last: canvas.show_last(path, *last), owner=canvas
        )


def last_of(result: Result) -> Last:
    """Return what a result is in a line, and as small pictures; slow, for a thread."""
    try:
        opened = open_result(result)
        seen = result.film(SIDE, MOST) if result.kind in ("video", "file") else []
    except Refusal:
        return "", []
    images = [image for frame in seen if (image := image_of(frame)) is not None]
    return opened.facts or opened.words, images

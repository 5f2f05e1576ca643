"""The cursor for each thing that a press of the mouse would do."""

from __future__ import annotations

from PySide6.QtCore import Qt

CURSORS = {
    "head": Qt.CursorShape.SizeHorCursor,
    "tail": Qt.CursorShape.SizeHorCursor,
    "ripple_head": Qt.CursorShape.SplitHCursor,
    "ripple_tail": Qt.CursorShape.SplitHCursor,
    "roll": Qt.CursorShape.SplitHCursor,
    "slip": Qt.CursorShape.SizeAllCursor,
    "slide": Qt.CursorShape.SizeAllCursor,
    "passage": Qt.CursorShape.SizeHorCursor,
    "blade": Qt.CursorShape.CrossCursor,
    "hand": Qt.CursorShape.OpenHandCursor,
    "holding": Qt.CursorShape.ClosedHandCursor,
}
"""Whatever is missing has the usual arrow."""

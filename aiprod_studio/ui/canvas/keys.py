"""Who needs the keys more than the canvas: texts, and editors of values that say so.

The canvas asks before it takes the focus because the mouse came.
"""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QTextEdit, QWidget

KEEPS_KEYS = "keeps_keys"
"""The property of a widget in which keys change a value."""


def writing(holder: QWidget | None) -> bool:
    """Say whether a widget that has the focus should keep it."""
    if isinstance(holder, QLineEdit | QPlainTextEdit | QTextEdit):
        return True
    while holder is not None:
        if holder.property(KEEPS_KEYS):
            return True
        holder = holder.parentWidget()
    return False

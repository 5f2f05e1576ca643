"""Shortcuts as text: written the same way everywhere, and shown as this system shows them."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtGui import QKeySequence


def normal_key(key: str) -> str:
    """Return a shortcut as it is compared and kept, say "Ctrl+Shift+P"; "" for nonsense."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText)


def keys_shown(keys: Iterable[str]) -> str:
    """Return the first shortcut as the artist's system writes it, "" for none."""
    for key in keys:
        return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
    return ""

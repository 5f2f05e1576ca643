"""Which action a key stands for: matching of key presses with the keys that actions name.

The workspace listens itself, because its keys (J, K, L, Space) must not hold anywhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from aiprod_studio.ui.actions import Action, normal_key

Modifiers = Qt.KeyboardModifier


class KeyTable:
    """The keys of some actions; `own` are the artist's, by id, in place of the given ones."""

    def __init__(self, actions: Iterable[Action], own: Mapping[str, tuple[str, ...]]) -> None:
        self._table: dict[str, Action] = {}
        for action in actions:
            for key in own.get(action.id, action.keys):
                self._table.setdefault(normal_key(key), action)

    def find(self, event: QKeyEvent) -> Action | None:
        """Return the action of a key press, whether it may be done or not."""
        return next((self._table[key] for key in spoken(event) if key in self._table), None)


def spoken(event: QKeyEvent) -> Iterator[str]:
    """Yield how a key press may be written; signs are the same with Shift as without."""
    held = event.modifiers() & ~Modifiers.KeypadModifier
    key = Qt.Key(event.key())
    yield _text(key, held)
    sign = 32 < int(key) < 127 and not chr(int(key)).isalnum()
    if sign and held & Modifiers.ShiftModifier:
        yield _text(key, held & ~Modifiers.ShiftModifier)


def _text(key: Qt.Key, held: Qt.KeyboardModifier) -> str:
    sequence = QKeySequence(QKeyCombination(held, key))
    return sequence.toString(QKeySequence.SequenceFormat.PortableText)

"""Makes the keys of actions work in the window.

One Qt shortcut for each key of the actions that are not local to a widget. The artist's own keys
come from the registry. While text is written, single letters and editing keys stay with the text.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from aiprod_studio.ui.actions import ActionRegistry, normal_key


class WindowShortcuts(QObject):
    """The shortcuts of a window."""

    def __init__(self, window: QWidget, registry: ActionRegistry) -> None:
        super().__init__(window)
        self._window, self._registry = window, registry
        self._made: dict[str, QShortcut] = {}
        self._ids: dict[str, str] = {}
        registry.changed.connect(self.renew)
        self.renew()

    def renew(self) -> None:
        """Follow the actions that exist now."""
        wanted: dict[str, str] = {}
        for action in self._registry.all():
            if not action.local:
                for key in map(normal_key, action.keys):
                    wanted.setdefault(key, action.id)
        self._ids = wanted
        for key in [key for key in self._made if key not in wanted]:
            shortcut = self._made.pop(key)
            shortcut.setEnabled(False)
            shortcut.deleteLater()
        for key in wanted:
            if key not in self._made:
                shortcut = QShortcut(QKeySequence(key), self._window)
                shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
                shortcut.activated.connect(lambda key=key: self._run(key))
                shortcut.activatedAmbiguously.connect(lambda key=key: self._run(key))
                self._made[key] = shortcut

    def _run(self, key: str) -> None:
        name = self._ids.get(key)
        if name is not None:
            self._registry.run(name)

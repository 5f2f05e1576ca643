"""Keeps what the window remembers in hand, and writes it a moment after it changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer

from aiprod_studio.app.session.memory import WindowMemory, load_memory, save_memory

REST = 1000


class MemoryKeeper(QObject):
    """The window's habits; `memory` is what they are now."""

    def __init__(self, file: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file = file
        self.memory: WindowMemory = load_memory(file)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REST)
        self._timer.timeout.connect(self.write)

    def update(self, **values: Any) -> None:
        """Remember other values."""
        changed = replace(self.memory, **values)
        if changed != self.memory:
            self.memory = changed
            self._timer.start()

    def write(self) -> None:
        """Write now."""
        self._timer.stop()
        save_memory(self.memory, self._file)

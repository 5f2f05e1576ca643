"""Telling those who look elsewhere: the task bar, and a notification of the system.

Qt notifies through the tray. A Linux desktop without one often has notifications all the same;
they are reached by its own small command.
"""

from __future__ import annotations

import shutil
from html import escape

from PySide6.QtCore import QObject, QProcess
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from aiprod_studio.ui.theme import icon

COMMAND = "notify-send"
NAME = "AIPROD Studio"


class Outside(QObject):
    """Notifies whoever does not look at a window."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._tray: QSystemTrayIcon | None = None

    def tell(self, title: str, words: str) -> None:
        """Say something outside the window, if the artist looks elsewhere."""
        if self._window.isActiveWindow():
            return
        QApplication.alert(self._window)
        if QSystemTrayIcon.isSystemTrayAvailable():
            self._show_in_tray(title, words)
        elif command := shutil.which(COMMAND):
            # Options end at "--": a title is never taken for one.
            QProcess.startDetached(
                command, ["--app-name", NAME, "--", title, escape(words, quote=False)]
            )

    def _show_in_tray(self, title: str, words: str) -> None:
        if self._tray is None:
            self._tray = QSystemTrayIcon(icon("clapperboard"), self)
        self._tray.show()
        self._tray.showMessage(title, words)

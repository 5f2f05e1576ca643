"""Hands that work the window in tests."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog

from aiprod_studio.ui.shell.window import MainWindow

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton


def press(window: MainWindow, key: Qt.Key, keys: Qt.KeyboardModifier = CONTROL) -> None:
    """Press keys where the focus is."""
    QTest.keyClick(QApplication.focusWidget() or window, key, keys)


def open_dialog(kind: type[QDialog]) -> QDialog:
    """Return the dialog that is open."""
    return next(w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible())


def drop(window: MainWindow, at: QPoint, *files: Path) -> None:
    """Drop files onto the window as a file manager does."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    copy, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(at, copy, data, LEFT, none)
    window.dragEnterEvent(enter)
    assert enter.isAccepted()
    window.dropEvent(QDropEvent(QPointF(at), copy, data, LEFT, none))

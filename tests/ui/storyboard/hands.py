"""The artist's hands on the board: where a card lies, clicking it, dragging it, dropping files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from aiprod_studio.ui.editing import Editing
from aiprod_studio.ui.storyboard import BoardWorkspace

Opened = Callable[..., tuple[Editing, BoardWorkspace]]


def spot(workspace: BoardWorkspace, panel: str, share: float = 0.5) -> QPoint:
    """A point of a card in the view."""
    card = workspace.cards.layout_now.card(panel)
    assert card is not None
    place = QPointF(card.box.x + card.box.width * share, card.box.y + card.box.height / 2)
    return (place - workspace.cards.origin).toPoint()


def click(workspace: BoardWorkspace, panel: str, keys: Qt.KeyboardModifier | None = None) -> None:
    keys = keys or Qt.KeyboardModifier.NoModifier
    place = spot(workspace, panel)
    QTest.mouseClick(workspace.cards.viewport(), Qt.MouseButton.LeftButton, keys, place)


def drag(workspace: BoardWorkspace, start: QPoint, end: QPoint) -> None:
    view, left = workspace.cards.viewport(), Qt.MouseButton.LeftButton
    QTest.mousePress(view, left, Qt.KeyboardModifier.NoModifier, start)
    for share in (0.3, 0.7, 1.0):
        QTest.mouseMove(view, start + (end - start) * share)
    QTest.mouseRelease(view, left, Qt.KeyboardModifier.NoModifier, end)


def head_spot(workspace: BoardWorkspace, kind: str, name: str) -> QPoint:
    """A point of a heading in the view."""
    heads = workspace.cards.layout_now.heads
    box = next(head.box for head in heads if (head.kind, head.name) == (kind, name))
    return (QPointF(box.x + 30, box.y + box.height / 2) - workspace.cards.origin).toPoint()


def press_key(workspace: BoardWorkspace, key: Qt.Key, *keys: Qt.KeyboardModifier) -> None:
    """Press a key on the cards, with modifiers."""
    held = Qt.KeyboardModifier.NoModifier
    for each in keys:
        held |= each
    QTest.keyClick(workspace.cards, key, held)


def drop_files(
    workspace: BoardWorkspace, place: QPoint, *files: Path, on: QWidget | None = None
) -> None:
    """Drop files on the cards, or on another part of the window."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in files])
    event = QDropEvent(
        QPointF(place), Qt.DropAction.CopyAction, data,
        Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    (on or workspace.cards).dropEvent(event)

"""A canvas over a document with our own nodes, offscreen, and hands to work it."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_PREFERRED_BINDING", "PySide6")

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from aiprod_studio.app.packs import load_packs
from aiprod_studio.app.places import shipped
from aiprod_studio.graph import Document
from aiprod_studio.graph.commands import AddNode, Connect
from aiprod_studio.sdk import NodeSpec
from aiprod_studio.ui.canvas import CanvasView

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
ALT, CTRL, SHIFT = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
CTRL_SHIFT = CTRL | SHIFT
EMPTY = QPointF(500, 620)
"""A place of the canvas where nothing is."""


def links(document: Document) -> set[str]:
    """Return the links as they are written."""
    return {str(link) for link in document.links()}


@pytest.fixture(scope="session")
def specs() -> Mapping[str, NodeSpec]:
    return load_packs(shipped("nodes"), Path("none"), {}).specs


@pytest.fixture
def document(specs: Mapping[str, NodeSpec]) -> Document:
    """Prompt and model feed an encoder; a sampler and a picture stand beside."""
    document = Document(specs=specs)
    document.do(
        AddNode("text.prompt", "prompt", pos=(0, 0)),
        AddNode("models.load", "model", pos=(0, 220)),
        AddNode("text.encode", "encode", pos=(320, 40)),
        AddNode("sampling.dit", "sampler", pos=(640, 40)),
        AddNode("files.load_image", "picture", pos=(320, 320)),
        Connect("prompt", "text", "encode", "text"),
        Connect("model", "text_encoder", "encode", "model"),
    )
    return document


@dataclass
class Hand:
    """Works a canvas by mouse and keyboard, as an artist would, at places of the graph."""

    view: CanvasView

    def spot(self, at: QPointF) -> QPoint:
        return self.view.viewer.mapFromScene(at)

    def socket(self, node: str, side: str, name: str) -> QPointF:
        point = self.view.projection.nodes[node].socket_point(side, name)
        assert point is not None
        return point

    def middle(self, node: str) -> QPointF:
        return self.view.projection.nodes[node].area.center()

    def header(self, node: str) -> QPointF:
        return self.view.projection.nodes[node].area.topLeft() + QPointF(60, 14)

    def drag(
        self,
        start: QPointF,
        end: QPointF,
        keys: Qt.KeyboardModifier = NONE,
        button: Qt.MouseButton = LEFT,
        drop: bool = True,
    ) -> None:
        port = self.view.viewer.viewport()
        first, last = self.spot(start), self.spot(end)
        QTest.mousePress(port, button, keys, first)
        for share in (0.3, 0.7, 1.0):
            at = first + (last - first) * share
            self._move(port, at, button, keys)
        if drop:
            QTest.mouseRelease(port, button, keys, last)

    def _move(self, port, at: QPoint, button: Qt.MouseButton, keys: Qt.KeyboardModifier) -> None:
        from PySide6.QtCore import QEvent
        from PySide6.QtGui import QMouseEvent
        from PySide6.QtWidgets import QApplication

        place = port.mapToGlobal(at)
        event = QMouseEvent(
            QEvent.Type.MouseMove, QPointF(at), QPointF(place), button, button, keys
        )
        QApplication.sendEvent(port, event)

    def click(self, at: QPointF, keys: Qt.KeyboardModifier = NONE) -> None:
        QTest.mouseClick(self.view.viewer.viewport(), LEFT, keys, self.spot(at))

    def double_click(self, at: QPointF) -> None:
        QTest.mouseDClick(self.view.viewer.viewport(), LEFT, NONE, self.spot(at))

    def press(self, key: Qt.Key, keys: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(self.view.viewer, key, keys)

    def write(self, widget, text: str) -> None:
        QTest.keyClicks(widget, text)


@pytest.fixture
def canvas(qtbot: QtBot, document: Document, specs: Mapping[str, NodeSpec]) -> Iterator[CanvasView]:
    view = CanvasView(document, specs)
    view.resize(1400, 900)
    view.show()
    view.viewer.look_at(QPointF(430, 230), 1.0)
    view.viewer.setFocus()
    yield view
    view.close()
    view.deleteLater()


@pytest.fixture
def hand(canvas: CanvasView) -> Hand:
    return Hand(canvas)


@pytest.fixture
def refusals(canvas: CanvasView) -> list[str]:
    said: list[str] = []
    canvas.refused.connect(said.append)
    return said

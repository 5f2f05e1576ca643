"""An inspector over a document with our own nodes, and hands for its editors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from aiprod_studio.graph.commands import AddNode, Connect
from aiprod_studio.ui.editing import Editing
from aiprod_studio.ui.inspector import InspectorPanel
from aiprod_studio.ui.inspector.fields import Field

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def editing(open_document: Callable[..., Editing], tmp_path: Path) -> Editing:
    """A prompt, two samplers, a picture, a sum and a model, saved nowhere yet."""
    folder = tmp_path / "film"
    folder.mkdir()
    editing = open_document(path=folder / "film.json")
    editing.do(
        AddNode("text.prompt", "prompt", params={"text": "a red boat"}),
        AddNode("sampling.dit", "sampler"),
        AddNode("sampling.dit", "second", params={"steps": 40}),
        AddNode("files.load_image", "picture"),
        AddNode("flow.maths", "sum"),
        AddNode("latents.empty", "size"),
        AddNode("models.load", "model"),
        AddNode("files.save_video", "save"),
    )
    return editing


@pytest.fixture
def panel(qtbot, editing: Editing) -> Iterator[InspectorPanel]:
    made = InspectorPanel(editing)
    qtbot.addWidget(made, before_close_func=lambda widget: widget.close())
    made.resize(340, 900)
    made.show()
    yield made
    made.close()


def drag(widget: QWidget, by: int, keys: Qt.KeyboardModifier = NONE, *, drop: bool = True) -> None:
    """Drag from the middle of a widget to the right."""
    start = QPoint(widget.width() // 2, widget.height() // 2)
    QTest.mousePress(widget, LEFT, keys, start)
    for share in (0.25, 0.5, 0.75, 1.0):
        _move(widget, start + QPoint(round(by * share), 0), keys)
    if drop:
        QTest.mouseRelease(widget, LEFT, keys, start + QPoint(by, 0))


def _move(widget: QWidget, at: QPoint, keys: Qt.KeyboardModifier) -> None:
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QMouseEvent
    from PySide6.QtWidgets import QApplication

    place = QPointF(widget.mapToGlobal(at))
    event = QMouseEvent(QEvent.Type.MouseMove, QPointF(at), place, LEFT, LEFT, keys)
    QApplication.sendEvent(widget, event)


def link(editing: Editing) -> None:
    """Let the sum drive the guidance."""
    assert editing.do(Connect("sum", "number", "sampler", "guidance"))


def field(panel: InspectorPanel, name: str) -> Field:
    """Return the editor of a parameter."""
    return panel.form.rows[name].field

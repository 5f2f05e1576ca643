"""A canvas that was closed leaves nothing behind."""

from __future__ import annotations

import gc
import sys
import threading
import weakref
from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication, QEvent, QPoint
from PySide6.QtWidgets import QApplication

from aiprod_studio.graph import Document
from aiprod_studio.graph.commands import AddNode, Connect
from aiprod_studio.sdk import NodeSpec
from aiprod_studio.ui.canvas import CanvasView
from aiprod_studio.ui.canvas.link_item import LinkItem
from aiprod_studio.ui.canvas.node_item import NodeItem
from aiprod_studio.ui.library import LibraryPanel


def small(specs: Mapping[str, NodeSpec]) -> Document:
    document = Document(specs=specs)
    document.do(
        AddNode("text.prompt", "a"), AddNode("text.encode", "b"), Connect("a", "text", "b", "text")
    )
    return document


def open_and_close(specs: Mapping[str, NodeSpec]) -> weakref.ref[CanvasView]:
    document = small(specs)
    view = CanvasView(document, specs)
    view.show()
    view.search()
    QApplication.processEvents()
    view._open_menu(QPoint(5, 5), view.viewer.centre)
    document.do(AddNode("flow.maths"))
    view.grab()
    for menu in QApplication.topLevelWidgets():
        if menu.metaObject().className() == "QMenu":
            menu.close()
    view.close()
    view.deleteLater()
    return weakref.ref(view)


def settle() -> None:
    for _ in range(3):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        QApplication.processEvents()
        gc.collect()


def alive() -> int:
    kinds = (CanvasView, NodeItem, LinkItem, Document)
    return sum(isinstance(thing, kinds) for thing in gc.get_objects())


def test_opening_and_closing_100_documents_leaves_nothing(
    qapp: QApplication, specs: Mapping[str, NodeSpec]
) -> None:
    settle()
    open_and_close(specs)
    settle()
    before = (alive(), len(qapp.topLevelWidgets()), threading.active_count())
    views = [open_and_close(specs) for _ in range(100)]
    settle()
    assert (alive(), len(qapp.topLevelWidgets()), threading.active_count()) == before
    assert not any(view() for view in views)


def test_a_closed_canvas_hears_nothing_more(canvas: CanvasView, document: Document) -> None:
    canvas.close()
    document.do(AddNode("flow.maths"))
    assert not canvas.projection.nodes


def test_moving_things_about_drops_no_reference_to_none(canvas: CanvasView) -> None:
    node = canvas.projection.nodes["prompt"]
    before = sys.getrefcount(None)
    for step in range(500):
        node.setPos(step, step)
        node.update()
        canvas.minimap.update()
    assert abs(sys.getrefcount(None) - before) < 250


def test_closing_a_library_leaves_nothing(
    qapp: QApplication, specs: Mapping[str, NodeSpec]
) -> None:
    settle()
    before = len(qapp.topLevelWidgets())
    panel = LibraryPanel(specs)
    panel.show()
    panel.close()
    panel.deleteLater()
    reference = weakref.ref(panel)
    del panel
    settle()
    assert reference() is None and len(qapp.topLevelWidgets()) == before

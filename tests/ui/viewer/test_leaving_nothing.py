"""Panels that are closed leave no objects, threads, timers or windows behind."""

from __future__ import annotations

import gc
import threading
import weakref

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from aiprod_studio.graph.commands import AddNode
from aiprod_studio.ui.inspector import InspectorPanel
from aiprod_studio.ui.library import LibraryPanel
from aiprod_studio.ui.viewer import ArrayFrames, ViewerPanel

from .conftest import film


def viewer(editing) -> ViewerPanel:
    panel = ViewerPanel(editing)
    panel.show_frames(ArrayFrames(film(4)))
    panel.player.play()
    return panel


def inspector(editing) -> InspectorPanel:
    panel = InspectorPanel(editing)
    for name in ("prompt", "sampler", "picture"):
        panel.show_node(name)
    return panel


def library(editing) -> LibraryPanel:
    panel = LibraryPanel(editing.specs, editing=editing)
    for name in ("models", "media", "templates", "nodes"):
        panel.show_page(name)
    return panel


@pytest.mark.parametrize("make", [viewer, inspector, library])
def test_a_closed_panel_is_gone(qtbot, editing, make) -> None:
    editing.do(
        AddNode("text.prompt", "prompt"), AddNode("sampling.dit", "sampler"),
        AddNode("files.load_image", "picture"),
    )  # fmt: skip
    kept: list[weakref.ref[object]] = []
    threads = {t for t in threading.enumerate() if t.name == "frames"}
    for _ in range(4):
        panel = make(editing)
        panel.show()
        QApplication.processEvents()
        kept.append(weakref.ref(panel))
        panel.close()
        panel.deleteLater()
        del panel
        editing.studio.wait()
        QApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()
    gc.collect()
    assert [ref() for ref in kept] == [None] * 4
    assert {t for t in threading.enumerate() if t.name == "frames"} == threads

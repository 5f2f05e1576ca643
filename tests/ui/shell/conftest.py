"""The window over an empty home, and hands that work it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from aiprod_studio.ui.shell.graph_workspace import GraphWorkspace
from aiprod_studio.ui.shell.window import MainWindow
from aiprod_studio.ui.studio import Studio
from aiprod_studio.ui.theme import apply

Control = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(scope="session", autouse=True)
def dressed(qapp: QApplication) -> Iterator[None]:
    """Dress the application once; it is the slowest part of a window."""
    apply(qapp, "dark")
    yield
    qapp.setStyleSheet("")


@pytest.fixture
def window(qtbot: QtBot, studio: Studio) -> Iterator[MainWindow]:
    """The window, shown, with nothing open."""
    window = MainWindow(studio)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    yield window
    for editing in list(window.documents.editings):
        window.documents.close(editing)
    studio.wait()
    window.close()
    window.deleteLater()
    qtbot.wait(1)


@pytest.fixture
def graph(window: MainWindow) -> Callable[[], GraphWorkspace]:
    """Return the Graph workspace of the document that is shown."""

    def found() -> GraphWorkspace:
        assert window.page is not None
        widget = window.page.widget("graph")
        assert isinstance(widget, GraphWorkspace)
        return widget

    return found


@pytest.fixture
def leftovers(qapp: QApplication) -> Iterator[None]:
    """Fail a test that leaves a top-level widget behind."""
    before = set(map(id, qapp.topLevelWidgets()))
    yield
    qapp.processEvents()
    left = [w for w in qapp.topLevelWidgets() if id(w) not in before and not _ending(w)]
    assert not [w for w in left if w.isVisible()]


def _ending(widget: QWidget) -> bool:
    return not widget.isVisible()

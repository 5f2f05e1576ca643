"""Starting the window: what must be set before Qt wakes, then the window, then the event loop.

The launcher calls `open_window`. torch is not imported here, nor by anything that is imported here.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from aiprod_studio.app.places import user_places
from aiprod_studio.app.session.memory import load_memory

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from aiprod_studio.ui.shell.window import MainWindow

PIXMAPS = 256 << 10
"""Kilobytes of painted nodes that are kept, so that panning paints little anew."""


def open_window(files: Sequence[Path] = ()) -> int:
    """Open the window with these files and return the exit code when it is closed."""
    app = make_application()
    window = make_window(app)
    for file in files:
        window.open_path(file)
    window.show()
    first_look(window)
    return int(app.exec())


def make_application() -> QApplication:
    """Return the Qt application, dressed as the artist likes it."""
    memory = load_memory(user_places().data / "window.json")
    os.environ.setdefault("QT_PREFERRED_BINDING", "PySide6")
    from PySide6.QtGui import QPixmapCache
    from PySide6.QtWidgets import QApplication

    from aiprod_studio.ui.shell.restart import set_scale
    from aiprod_studio.ui.theme import apply, icon

    set_scale(memory.scale)
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("AIPROD Studio")
    app.setDesktopFileName("aiprod-studio")
    QPixmapCache.setCacheLimit(PIXMAPS)
    apply(app, "light" if memory.theme == "light" else "dark")
    app.setWindowIcon(icon("clapperboard", "accent"))
    return app


def make_window(app: QApplication) -> MainWindow:
    """Return the window, not yet shown, with its studio; defects are said in it."""
    from aiprod_studio.ui.shell.window import MainWindow
    from aiprod_studio.ui.studio import Studio

    studio = Studio()
    window = MainWindow(studio)
    app.aboutToQuit.connect(studio.close)
    _tell_defects(window)
    return window


WANTED_SOON = (
    "numpy", "PIL.Image", "cv2", "aiprod_studio.ui.canvas.view", "aiprod_studio.media",
    "aiprod_studio.ui.viewer.panel", "aiprod_studio.ui.inspector", "aiprod_studio.engine.store",
    "aiprod_studio.ui.shell.graph_workspace",
)  # fmt: skip
"""Libraries that the first result needs. Loaded one by one while nobody does anything yet: loading
one holds up all threads, so during a render the window would stand still for it."""


def first_look(window: MainWindow) -> None:
    """Once the window stands: start the worker, and show the tour if it was never seen."""
    from PySide6.QtCore import QTimer

    QTimer.singleShot(50, lambda: _load_soon(list(WANTED_SOON)))
    QTimer.singleShot(300, window.studio.queue.warm_up)
    if not window.keeper.memory.tour_seen:
        QTimer.singleShot(500, window.manners.start_tour)


def _load_soon(names: list[str]) -> None:
    """Load a library, and the next one when the window has had its turn."""
    import importlib

    from PySide6.QtCore import QTimer

    if names:
        importlib.import_module(names[0])
        QTimer.singleShot(10, lambda: _load_soon(names[1:]))


def _tell_defects(window: MainWindow) -> None:
    """Say what nobody expected in the window, and keep its trace; the document stays open."""
    log = window.studio.places.cache / "crash.log"

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        text = "".join(traceback.format_exception(kind, error, trace))
        sys.__excepthook__(kind, error, trace)
        try:
            log.parent.mkdir(parents=True, exist_ok=True)
            log.write_text(text, encoding="utf-8")
        except OSError:
            pass
        words = f"The program has a defect ({kind.__name__}: {error}). Please report it with {log}."
        window.log.add(words, "error", trace=text)
        window.notices.show(words, "error")

    sys.excepthook = hook

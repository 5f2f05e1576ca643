"""The scenes of the screenshots: what is opened, chosen and shown in a fresh window for each.

`shots` takes their pictures; nothing here writes a file.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication, QWidget

    from aiprod_studio.sdk.values import UInt8Array
    from aiprod_studio.ui.shell.window import MainWindow


class Stage:
    """The window while a picture is taken."""

    def __init__(self, app: QApplication, window: MainWindow) -> None:
        self.app, self.window = app, window

    def settle(self, seconds: float = 0.3) -> None:
        """Let the window do what it has to do."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.app.processEvents()
            time.sleep(0.005)

    def until(self, true: Callable[[], bool], seconds: float = 60) -> None:
        """Wait until something is true."""
        end = time.monotonic() + seconds
        while not true():
            if time.monotonic() > end:
                raise TimeoutError("the window did not come to rest")
            self.settle(0.05)

    def open_template(self, name: str) -> None:
        """Open a template, and wait for its plan."""
        from aiprod_studio.app.session.templates import templates

        template = next(one for one in templates() if one.name == name)
        editing = self.window.documents.open_template(template)
        assert editing is not None
        self.until(lambda: editing.sheet is not None and bool(editing.sheet.rows))
        self.settle()


Scene = Callable[[Stage], "QWidget"]


def start_page(stage: Stage) -> QWidget:
    """The gallery."""
    return stage.window


def graph(stage: Stage) -> QWidget:
    """A template on the graph, with a node chosen."""
    from aiprod_studio.ui.shell.graph_workspace import GraphWorkspace

    stage.open_template("text_to_video")
    assert stage.window.page is not None
    workspace = stage.window.page.widget("graph")
    assert isinstance(workspace, GraphWorkspace)
    workspace.canvas.select(["sampler"])
    workspace.canvas.frame_all()
    return stage.window


def plan(stage: Stage) -> QWidget:
    """The plan before a run."""
    graph(stage)
    editing = stage.window.editing
    assert editing is not None
    dialog = stage.window.running.show_plan(editing)
    stage.until(dialog.run_button.isEnabled)
    return dialog


def palette(stage: Stage) -> QWidget:
    """The command palette over the graph."""
    graph(stage)
    stage.window.palette_box.open()
    stage.window.palette_box.line.setText("add")
    return stage.window


def settings(stage: Stage) -> QWidget:
    """The page of shortcuts in the settings."""
    from aiprod_studio.ui.shell.settings_dialog import SettingsDialog

    stage.window.manners.open_settings("shortcuts")
    return next(w for w in stage.app.topLevelWidgets() if isinstance(w, SettingsDialog))


def tour(stage: Stage) -> QWidget:
    """The tour over a document."""
    graph(stage)
    stage.window.manners.start_tour()
    return stage.window


def queue(stage: Stage) -> QWidget:
    """The queue with jobs that wait."""
    graph(stage)
    editing = stage.window.editing
    assert editing is not None
    stage.window.studio.queue.pause()
    for title in ("Boat at sunset", "Boat at noon", "Train in the snow"):
        editing.run(title=title)
    stage.window.panes.toggle_bottom("queue")
    return stage.window


def panels(stage: Stage) -> QWidget:
    """Models in the library, two films in the viewer, and the inspector with all it has."""
    from aiprod_studio.ui.inspector import InspectorPanel
    from aiprod_studio.ui.library import LibraryPanel
    from aiprod_studio.ui.library.list_page import ListPage
    from aiprod_studio.ui.viewer import ArrayFrames, ViewerPanel

    graph(stage)
    library = stage.window.findChildren(LibraryPanel)[0]
    inspector = stage.window.findChildren(InspectorPanel)[0]
    viewer = stage.window.findChildren(ViewerPanel)[0]
    library.show_page("models")
    assert inspector.form is not None
    inspector.form.sections["Advanced"].open(True)
    viewer.show_frames(ArrayFrames(_stripes(0)), "decode", "128 × 96, 24 fps, 1 s")
    viewer.side.set_source(ArrayFrames(_stripes(90)))
    viewer.picture.set_comparison("wipe")
    viewer.player.seek(9)
    models = library.pages["models"]
    assert isinstance(models, ListPage)
    stage.until(lambda: models.list.count() > 0)
    stage.settle()
    return stage.window


def board(stage: Stage) -> QWidget:
    """The template's storyboard."""
    stage.open_template("storyboard_to_film")
    stage.window.registry.run("view.board")
    stage.settle(2.5)
    return stage.window


def edit(stage: Stage) -> QWidget:
    """The template's cut, with pictures and waveforms on its clips."""
    stage.open_template("storyboard_to_film")
    stage.window.registry.run("view.edit")
    stage.settle(3)
    return stage.window


def _stripes(start: int) -> UInt8Array:
    """Return a film of a second whose stripes move, (24, 96, 128, 3)."""
    import numpy as np

    frame, row, column = np.mgrid[0:24, 0:96, 0:128]
    level = (start + 4 * column + 2 * row + 10 * frame) % 256
    return np.stack([level, 255 - level, np.full_like(level, 120)], axis=-1).astype(np.uint8)


SCENES: dict[str, Scene] = {
    "start": start_page, "graph": graph, "plan": plan, "palette": palette, "settings": settings,
    "tour": tour, "panels": panels, "board": board, "edit": edit, "queue": queue,
}  # fmt: skip
"""All scenes by name; each begins with a fresh window, which remembers what was open."""

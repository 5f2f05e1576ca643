"""The panels of the Graph workspace, joined: what one asks for, another does.

The workspace makes them here; each panel itself knows only the document.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QWidget

from aiprod_studio.ui.canvas.palette import palette_of
from aiprod_studio.ui.editing import Editing
from aiprod_studio.ui.inspector import InspectorPanel
from aiprod_studio.ui.library import LibraryPanel
from aiprod_studio.ui.theme import current
from aiprod_studio.ui.viewer import ViewerPanel


@dataclass(frozen=True)
class Wishes:
    """What panels ask of the workspace."""

    add_node: Callable[[str], None]
    go_to: Callable[[str], None]
    open_manual: Callable[[str], None]
    keep_favourites: Callable[[list[str]], None]
    take_files: Callable[[list[Path]], None]
    open_template: Callable[[object], None]


@dataclass(frozen=True)
class Panels:
    """The three panels beside the canvas."""

    library: LibraryPanel
    inspector: InspectorPanel
    viewer: ViewerPanel

    def close(self) -> None:
        """Let them all let go of the document."""
        panels: tuple[QWidget, ...] = (self.library, self.inspector, self.viewer)
        for panel in panels:
            panel.close()


def panels_for(editing: Editing, favourites: tuple[str, ...], wishes: Wishes) -> Panels:
    """Return the panels of a document, joined."""
    palette = palette_of(current().name)
    library = LibraryPanel(editing.specs, palette=palette, favourites=favourites, editing=editing)
    inspector, viewer = InspectorPanel(editing), ViewerPanel(editing)
    library.asked_to_add.connect(wishes.add_node)
    library.favourites_changed.connect(wishes.keep_favourites)
    library.files_wanted.connect(wishes.take_files)
    library.template_wanted.connect(wishes.open_template)
    library.show_wanted.connect(viewer.show_file)
    inspector.node_wanted.connect(wishes.go_to)
    inspector.manual_wanted.connect(wishes.open_manual)
    inspector.look_wanted.connect(viewer.show_node)
    return Panels(library, inspector, viewer)

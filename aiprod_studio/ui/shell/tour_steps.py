"""What the tour says, and what it points at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from aiprod_studio.ui.shell.tour import TourStep

if TYPE_CHECKING:
    from aiprod_studio.ui.shell.window import MainWindow


def steps_of(window: MainWindow) -> list[TourStep]:
    """Return the steps for what is shown now: the start page, or a document."""
    return _document(window) if window.page is not None else _start(window)


def _start(window: MainWindow) -> list[TourStep]:
    gallery = window.gallery

    def first_card() -> QWidget | None:
        return next(iter(gallery.cards.values()), None)

    return [
        TourStep(
            "Welcome",
            "This program makes films from pictures, prompts and storyboards, on the graphics card "
            "you have. A few words on where things are; Escape leaves.",
            lambda: None,
        ),
        TourStep(
            "Templates",
            "Each opens as a new workflow that is ready to run. They use the small model that "
            "comes with the program, so nothing has to be downloaded first.",
            first_card,
        ),
        TourStep(
            "Your own files",
            "Open a workflow, or drop one here. A film or picture that this program rendered "
            "carries its workflow inside: drop it, and you get it back.",
            lambda: gallery.open_button,
        ),
        TourStep(
            "All commands",
            "Ctrl+K finds every command by a few letters. Shortcuts are yours to change in the "
            "settings.",
            lambda: window.menuBar(),
        ),
        TourStep(
            "Status",
            "What runs shows here, with the memory it takes against what was planned.",
            lambda: window.status,
        ),
    ]


def _document(window: MainWindow) -> list[TourStep]:
    toolbar = window.toolbar

    def side(name: str) -> QWidget | None:
        return window.panes.side(name)

    return [
        TourStep(
            "Three workspaces",
            "Board arranges panels into shots, Graph says how they are made, Edit cuts the takes "
            "into a film. All three show the same document. Ctrl+1, 2 and 3 switch.",
            lambda: toolbar.switch,
        ),
        TourStep(
            "The graph",
            "Double click or Tab adds a node. Drag from socket to socket to link; drop a link on "
            "empty ground for what fits. Drop pictures, films and models onto it.",
            lambda: window.page,
        ),
        TourStep(
            "Library",
            "All nodes, your models, your media. Drag them onto the graph.",
            lambda: side("library"),
        ),
        TourStep(
            "Viewer and inspector",
            "What a node made shows above, its parameters below.",
            lambda: side("side"),
        ),
        TourStep(
            "Plan and Run",
            "The plan says what would run, how long, and whether it fits your memory. Run does it; "
            "only what changed is computed again.",
            lambda: toolbar.run,
        ),
    ]

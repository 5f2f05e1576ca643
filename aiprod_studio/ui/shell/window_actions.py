"""The actions of the window itself, as data; what they do is in the window."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from aiprod_studio.ui.actions import Action

if TYPE_CHECKING:
    from aiprod_studio.ui.shell.window import MainWindow

MENUS: dict[str, tuple[str, ...]] = {
    "File": ("file.new", "file.open", "-", "file.save", "file.save_as", "file.close", "-",
             "file.import", "-", "file.settings", "file.quit"),
    "Edit": ("edit.undo", "edit.redo", "-", "canvas.cut", "canvas.copy", "edit.paste",
             "canvas.paste_linked", "canvas.duplicate", "canvas.remove", "-", "canvas.all"),
    "Graph": ("canvas.add", "canvas.note", "-", "canvas.mute", "canvas.bypass", "canvas.fold",
              "canvas.rename", "-", "canvas.frame", "canvas.subgraph", "canvas.enter",
              "canvas.leave", "canvas.dissolve", "-", "canvas.arrange"),
    "Run": ("run.all", "graph.run_to_here", "graph.run_fresh", "run.fresh", "run.on_change",
            "run.plan", "-", "queue.pause", "run.cancel"),
    "View": ("view.board", "view.graph", "view.edit", "-", "canvas.frame_all",
             "canvas.frame_selected", "canvas.actual", "-", "view.queue", "view.log",
             "view.library", "view.inspector", "-", "view.theme", "view.full", "-",
             "view.palette"),
    "Help": ("help.tour", "help.manual", "help.shortcuts", "-", "help.about"),
}  # fmt: skip


def window_actions(w: MainWindow) -> tuple[Action, ...]:
    """Return all actions of the window."""
    return (*_files(w), *_edits(w), *_runs(w), *_views(w), *_helps(w))


def _files(w: MainWindow) -> list[Action]:
    has = has_document(w)
    return [
        Action("file.new", "New workflow", w.new, ("Ctrl+N",), icon="file-plus"),
        Action("file.open", "Open…", w.filing.open, ("Ctrl+O",), icon="folder-open"),
        Action("file.save", "Save", w.filing.save, ("Ctrl+S",), has, icon="save"),
        Action(
            "file.save_as", "Save as…", w.filing.save_as, ("Ctrl+Shift+S",), has, icon="save-all"
        ),
        Action("file.close", "Close", w.filing.close, ("Ctrl+W",), has, icon="x"),
        Action(
            "file.import", "Import media…", w.filing.import_media, ("Ctrl+I",), has, icon="import"
        ),
        Action("file.settings", "Settings…", w.manners.open_settings, ("Ctrl+,",), icon="settings"),
        Action("file.quit", "Quit", w.close, ("Ctrl+Q",), icon="log-out"),
    ]


def has_document(w: MainWindow) -> Callable[[], bool]:
    """Return what says whether a document is seen."""
    return lambda: w.page is not None


def _edits(w: MainWindow) -> list[Action]:
    def undo() -> None:
        if w.editing is not None:
            w.editing.undo()

    def redo() -> None:
        if w.editing is not None:
            w.editing.redo()

    def can_undo() -> bool:
        return w.editing is not None and w.editing.document.can_undo

    def can_redo() -> bool:
        return w.editing is not None and w.editing.document.can_redo

    return [
        Action("edit.undo", "Undo", undo, ("Ctrl+Z",), can_undo, icon="undo-2"),
        Action("edit.redo", "Redo", redo, ("Ctrl+Shift+Z", "Ctrl+Y"), can_redo, icon="redo-2"),
        Action(
            "edit.paste",
            "Paste",
            w.filing.paste,
            ("Ctrl+V",),
            has_document(w),
            icon="clipboard-paste",
        ),
    ]


def _runs(w: MainWindow) -> list[Action]:
    has = has_document(w)
    return [
        Action("run.all", "Run all", w.runs.run_all, ("Ctrl+R",), has, "run", icon="play"),
        Action("run.fresh", "Run all anew", w.runs.run_fresh, (), has, "run", icon="refresh-cw"),
        Action("run.plan", "Show the plan", w.runs.show_plan, ("Ctrl+Shift+R",), has,
               icon="list-checks"),
        Action(
            "run.on_change", "Run on change", w.runs.toggle_run_on_change, (), has, "run",
            w.runs.runs_on_change, "zap",
        ),
        Action("run.cancel", "Cancel the job at work", w.runs.cancel_job, ("Ctrl+.",), w.runs.works,
               icon="circle-stop"),
        Action("queue.pause", "Pause the queue", w.runs.toggle_pause, (), checked=w.runs.is_paused,
               icon="pause"),
    ]  # fmt: skip


def _views(w: MainWindow) -> list[Action]:
    has = has_document(w)
    titles = {"board": "Board", "graph": "Graph", "edit": "Edit"}
    pictures = {"board": "clapperboard", "graph": "workflow", "edit": "film"}
    return [
        *(
            Action(
                f"view.{name}", titles[name], _opener(w, name), (f"Ctrl+{number}",), has,
                checked=_asker(w, name), icon=pictures[name],
            )
            for number, name in enumerate(titles, 1)
        ),
        Action("view.start", "Start page", w.pages.show_start, ("Ctrl+Home",), icon="house"),
        Action("view.queue", "Queue", lambda: w.panes.toggle_bottom("queue"), ("Ctrl+J",),
               checked=lambda: w.panes.bottom_shown("queue"), icon="list-video"),
        Action("view.log", "Log", lambda: w.panes.toggle_bottom("log"), ("Ctrl+L",),
               checked=lambda: w.panes.bottom_shown("log"), icon="scroll-text"),
        Action("view.library", "Library", lambda: w.panes.toggle_side("library"), ("Ctrl+B",), has,
               checked=lambda: w.panes.side_shown("library"), icon="panel-left"),
        Action("view.inspector", "Inspector and viewer", lambda: w.panes.toggle_side("side"),
               ("Ctrl+Alt+B",), has, checked=lambda: w.panes.side_shown("side"),
               icon="panel-right"),
        Action("view.theme", "Light theme", w.manners.toggle_theme, (), checked=w.manners.is_light,
               icon="sun-moon"),
        Action("view.full", "Full screen", w.manners.toggle_full_screen, ("F11",),
               checked=w.isFullScreen, icon="maximize"),
        Action("view.palette", "All commands…", w.palette_box.open, ("Ctrl+K", "Ctrl+Shift+P"),
               icon="command"),
        Action("view.next", "Next document", lambda: w.pages.step(1), ("Ctrl+Tab",),
               icon="arrow-right"),
        Action("view.previous", "Previous document", lambda: w.pages.step(-1), ("Ctrl+Shift+Tab",),
               icon="arrow-left"),
    ]  # fmt: skip


def _opener(w: MainWindow, name: str) -> Callable[[], None]:
    return lambda: w.show_workspace(name)


def _asker(w: MainWindow, name: str) -> Callable[[], bool]:
    return lambda: w.page is not None and w.page.workspace == name


def _helps(w: MainWindow) -> list[Action]:
    return [
        Action("help.tour", "Tour", w.manners.start_tour, (), icon="map"),
        Action(
            "help.manual",
            "Manual of the nodes",
            w.manners.open_manual,
            ("Shift+F1",),
            icon="book-open",
        ),
        Action("help.shortcuts", "Shortcuts…", w.manners.open_shortcuts, (), icon="keyboard"),
        Action("help.about", "About AIPROD Studio", w.manners.show_about, (), icon="info"),
    ]

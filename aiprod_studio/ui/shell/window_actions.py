"""The actions of the window itself, as data; what they do is in the window."""

from __future__ import annotations

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
    has = w.has_document
    return [
        Action("file.new", "New workflow", w.new, ("Ctrl+N",), icon="file-plus"),
        Action("file.open", "Open…", w.open, ("Ctrl+O",), icon="folder-open"),
        Action("file.save", "Save", w.save, ("Ctrl+S",), has, icon="save"),
        Action("file.save_as", "Save as…", w.save_as, ("Ctrl+Shift+S",), has, icon="save-all"),
        Action("file.close", "Close", w.close_current, ("Ctrl+W",), has, icon="x"),
        Action("file.import", "Import media…", w.import_media, ("Ctrl+I",), has, icon="import"),
        Action("file.settings", "Settings…", w.open_settings, ("Ctrl+,",), icon="settings"),
        Action("file.quit", "Quit", w.close, ("Ctrl+Q",), icon="log-out"),
    ]


def _edits(w: MainWindow) -> list[Action]:
    return [
        Action("edit.undo", "Undo", w.undo, ("Ctrl+Z",), w.can_undo, icon="undo-2"),
        Action("edit.redo", "Redo", w.redo, ("Ctrl+Shift+Z", "Ctrl+Y"), w.can_redo, icon="redo-2"),
        Action("edit.paste", "Paste", w.paste, ("Ctrl+V",), w.has_document, icon="clipboard-paste"),
    ]


def _runs(w: MainWindow) -> list[Action]:
    has = w.has_document
    return [
        Action("run.all", "Run all", w.run_all, ("Ctrl+R",), has, "run", icon="play"),
        Action("run.fresh", "Run all anew", w.run_fresh, (), has, "run", icon="refresh-cw"),
        Action("run.plan", "Show the plan", w.show_plan, ("Ctrl+Shift+R",), has,
               icon="list-checks"),
        Action(
            "run.on_change", "Run on change", w.toggle_run_on_change, (), has, "run",
            w.runs_on_change, "zap",
        ),
        Action("run.cancel", "Cancel the job at work", w.cancel_job, ("Ctrl+.",), w.works,
               icon="circle-stop"),
        Action("queue.pause", "Pause the queue", w.toggle_pause, (), checked=w.is_paused,
               icon="pause"),
    ]  # fmt: skip


def _views(w: MainWindow) -> list[Action]:
    has = w.has_document
    titles = {"board": "Board", "graph": "Graph", "edit": "Edit"}
    pictures = {"board": "clapperboard", "graph": "workflow", "edit": "film"}
    return [
        *(
            Action(
                f"view.{name}", titles[name], w.workspace_opener(name), (f"Ctrl+{number}",), has,
                checked=w.workspace_asker(name), icon=pictures[name],
            )
            for number, name in enumerate(titles, 1)
        ),
        Action("view.start", "Start page", w.show_start, ("Ctrl+Home",), icon="house"),
        Action("view.queue", "Queue", lambda: w.toggle_bottom("queue"), ("Ctrl+J",),
               checked=lambda: w.bottom_shown("queue"), icon="list-video"),
        Action("view.log", "Log", lambda: w.toggle_bottom("log"), ("Ctrl+L",),
               checked=lambda: w.bottom_shown("log"), icon="scroll-text"),
        Action("view.library", "Library", lambda: w.toggle_side("library"), ("Ctrl+B",), has,
               checked=lambda: w.side_shown("library"), icon="panel-left"),
        Action("view.inspector", "Inspector and viewer", lambda: w.toggle_side("side"),
               ("Ctrl+Alt+B",), has, checked=lambda: w.side_shown("side"), icon="panel-right"),
        Action("view.theme", "Light theme", w.toggle_theme, (), checked=w.is_light,
               icon="sun-moon"),
        Action("view.full", "Full screen", w.toggle_full_screen, ("F11",), checked=w.isFullScreen,
               icon="maximize"),
        Action("view.palette", "All commands…", w.open_palette, ("Ctrl+K", "Ctrl+Shift+P"),
               icon="command"),
        Action("view.next", "Next document", lambda: w.step_tab(1), ("Ctrl+Tab",),
               icon="arrow-right"),
        Action("view.previous", "Previous document", lambda: w.step_tab(-1), ("Ctrl+Shift+Tab",),
               icon="arrow-left"),
    ]  # fmt: skip


def _helps(w: MainWindow) -> list[Action]:
    return [
        Action("help.tour", "Tour", w.start_tour, (), icon="map"),
        Action(
            "help.manual", "Manual of the nodes", w.open_manual, ("Shift+F1",), icon="book-open"
        ),
        Action("help.shortcuts", "Shortcuts…", w.open_shortcuts, (), icon="keyboard"),
        Action("help.about", "About AIPROD Studio", w.show_about, (), icon="info"),
    ]

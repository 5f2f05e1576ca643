"""What can be done in the viewer, as data, and the two menus made from it.

Keys, menus and the palette use the same list; the panel does the work.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeyEvent, QKeySequence

from aiprod_studio.ui.actions import Action
from aiprod_studio.ui.theme import icon
from aiprod_studio.ui.viewer.frame_out import ask_to_save, copy_frame

if TYPE_CHECKING:
    from aiprod_studio.ui.viewer.panel import ViewerPanel

IN_MENU = ("viewer.guides", "viewer.copy", "viewer.save")
MOST_EARLIER = 9
SEEN = ("video", "image", "file")
ZOOMS = (0.5, 1.0, 2.0, 4.0)


def viewer_actions(panel: ViewerPanel) -> tuple[Action, ...]:
    """Return the commands of a viewer; their keys work where it has the focus."""
    player, picture = panel.player, panel.picture

    def some() -> bool:
        return player.count > 0

    rows = (
        ("play", "Play or pause", player.toggle, ("Space",), "play"),
        ("back", "Play backwards", player.backward, ("J",), "rewind"),
        ("on", "Play forwards, faster each time", player.forward, ("L",), "fast-forward"),
        ("in", "Begin the range here", player.mark_in, ("I",), ""),
        ("out", "End the range here", player.mark_out, ("O",), ""),
        ("fit", "Fit the picture", picture.fit, ("F",), "maximize"),
        ("actual", "Picture at 100 %", partial(picture.zoom_to, 1.0), ("Ctrl+0",), ""),
        ("guides", "Thirds and safe area", partial(_toggle_guides, panel), ("G",), "grid-3x3"),
        ("copy", "Copy this frame", partial(copy_frame, panel), ("Ctrl+C",), "copy"),
        ("save", "Save this frame…", partial(ask_to_save, panel), (), "image"),
    )
    return tuple(
        Action(f"viewer.{name}", title, run, keys, some, "viewer", icon=mark, local=True)
        for name, title, run, keys, mark in rows
    )


def press(panel: ViewerPanel, event: QKeyEvent) -> bool:
    """Do what a key stands for; False when it stands for nothing here."""
    key = QKeySequence(event.keyCombination()).toString()
    for action in viewer_actions(panel):
        if action.enabled() and any(QKeySequence(k).toString() == key for k in action.keys):
            action.run()
            return True
    return False


def fill_compare(panel: ViewerPanel) -> None:
    """Fill the menu with all that the shown result can be compared with."""
    menu = panel.bar.compare_menu
    menu.clear()
    count = 0
    for entry in panel.past.before(panel.result)[:MOST_EARLIER] if panel.result else []:
        words = f"{panel.node}, {panel.past.words(entry)}"
        action = menu.addAction(icon("history"), words)
        action.triggered.connect(partial(panel.comparing.begin, entry.result, "wipe"))
        count += 1
    menu.addSeparator()
    for name in panel.editing.document.nodes:
        result = panel.editing.result_of(name)
        if result is not None and result.kind in SEEN and name != panel.node:
            mark = "film" if result.kind == "video" else "image"
            action = menu.addAction(icon(mark), name)
            action.triggered.connect(partial(panel.comparing.begin, result, "wipe"))
            count += 1
    if not count:
        menu.addAction("Nothing else has been rendered yet").setEnabled(False)


def fill_more(panel: ViewerPanel) -> None:
    """Fill the menu of views."""
    menu, picture = panel.bar.more_menu, panel.picture
    menu.clear()
    menu.addAction("Fit").triggered.connect(picture.fit)
    for zoom in ZOOMS:
        menu.addAction(f"{zoom:.0%}").triggered.connect(partial(_zoom, panel, zoom))
    menu.addSeparator()
    for action in viewer_actions(panel):
        if action.id in IN_MENU:
            entry = menu.addAction(icon(action.icon), action.title)
            entry.setEnabled(action.enabled())
            entry.triggered.connect(partial(_do, action))


def _zoom(panel: ViewerPanel, zoom: float, _: bool = False) -> None:
    panel.picture.zoom_to(zoom)


def _do(action: Action, _: bool = False) -> None:
    action.run()


def _toggle_guides(panel: ViewerPanel) -> None:
    panel.picture.set_guides(not panel.picture.guides)

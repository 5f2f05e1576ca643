"""The context menu of the canvas, built from its commands and from what is under the mouse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QMenu

from aiprod_studio.ui.canvas.commands import CanvasCommand
from aiprod_studio.ui.canvas.palette import colour

if TYPE_CHECKING:
    from aiprod_studio.ui.canvas.view import CanvasView

COLOURS: Mapping[str, str] = {
    "Of its kind": "", "Red": "#a34848", "Orange": "#a86a35", "Yellow": "#8a7a2c",
    "Green": "#3f7f4f", "Teal": "#2f7f80", "Blue": "#3f66a8", "Violet": "#6f55a8",
    "Pink": "#9c4a7f", "Grey": "#5b6679",
}  # fmt: skip
ON_EMPTY = ("add", "edit", "arrange", "view")
ON_CHOICE = ("nodes", "clipboard", "groups", "arrange")


def menu_for(view: CanvasView, at: QPointF) -> QMenu:
    """Return the menu for a point of the canvas."""
    menu = QMenu(view)
    item, link = view.viewer.item_at(at), view.viewer.link_under(at)
    if item is None and link is not None:
        found = link.link  # the record; the item may be gone when the menu is used
        menu.addAction("Remove link").triggered.connect(lambda: view.editor.cut([found]))
        if not link.stray:  # a stub has no way to bend
            bend = menu.addAction("Add reroute")
            bend.triggered.connect(lambda: view.editor.add_reroute(found, at))
        return menu
    groups = ON_EMPTY if item is None else ON_CHOICE
    for group in groups:
        for command in view.commands:
            if command.group == group and (item is None or command.enabled()):
                _add(menu, command)
        menu.addSeparator()
    if item is not None:
        _add_colours(view, menu)
    if view.several_chosen():
        align = menu.addMenu("Align")
        for command in (c for c in view.commands if c.group == "align"):
            _add(align, command)
    return menu


def _add(menu: QMenu, command: CanvasCommand) -> None:
    action = menu.addAction(command.title)
    if command.keys:
        action.setText(f"{command.title}\t{command.keys[0]}")
    action.setEnabled(command.enabled())
    action.triggered.connect(lambda: command.run())


def _add_colours(view: CanvasView, menu: QMenu) -> None:
    colours = menu.addMenu("Colour")
    for name, value in COLOURS.items():
        action = colours.addAction(_swatch(value or view.palette_in_use.panel), name)
        action.triggered.connect(lambda _=False, chosen=value: view.editor.paint(chosen))


def _swatch(value: str) -> QIcon:
    picture = QPixmap(32, 32)
    picture.fill(colour("#000000", 0))
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(colour(value))
    painter.drawRoundedRect(5, 5, 22, 22, 6, 6)
    painter.end()
    return QIcon(picture)

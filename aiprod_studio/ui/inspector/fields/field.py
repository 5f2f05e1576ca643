"""What all editors of one value have in common: a value comes in, a wish goes out.

An editor keeps nothing: what it shows is what it was told last, and what the artist does is
`committed` once, when it is meant. It knows no document.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from aiprod_studio.sdk import ParamSpec


class Field(QWidget):
    """An editor of a parameter's JSON value."""

    committed = Signal(object)
    """The artist wants this value; once for a whole drag."""
    tried = Signal(object)
    """The artist is about to want this value: it is typed or dragged and not meant yet."""
    fresh_wanted = Signal(object)
    """The artist wants a new value for each run, or not (seeds)."""

    wide = False
    """Whether the editor stands below its name and takes the whole width."""

    def __init__(self, param: ParamSpec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.param = param
        self.setProperty("keeps_keys", True)
        self.setAccessibleName(param.name.replace("_", " "))

    def show_value(self, value: Any, *, mixed: bool = False) -> None:
        """Show a JSON value; `mixed` where several nodes differ in it."""
        raise NotImplementedError

    def show_problem(self, problem: bool) -> None:
        """Show that the value is not allowed."""

    def finish(self) -> None:
        """Commit what is typed and not meant yet, before the editor goes."""


def words_of(name: str) -> str:
    """Return a parameter's name as a label."""
    found = name.replace("_", " ").strip()
    return found[:1].upper() + found[1:]


def paint_role(widget: QWidget, value: object, name: str = "role") -> None:
    """Set a property that the style sheet reads, and dress the widget anew if it is another."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)

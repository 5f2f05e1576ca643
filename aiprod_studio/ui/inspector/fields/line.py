"""A line of text, such as the name of a file to write."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from aiprod_studio.sdk import ParamSpec
from aiprod_studio.ui.inspector.fields.field import Field, paint_role


class LineField(Field):
    """Edits a short text; Enter or leaving the line means it, Escape takes it back."""

    def __init__(self, param: ParamSpec, parent: QWidget | None = None) -> None:
        super().__init__(param, parent)
        self._value, self._mixed = "", False
        self.hint = ""
        """What an empty line says."""
        self.line = _Line(self)
        self.line.setAccessibleName(self.accessibleName())
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.line)
        self.setFocusProxy(self.line)
        self.line.editingFinished.connect(self.finish)
        self.line.textEdited.connect(lambda text: self.tried.emit(self.meant(text)))

    def show_value(self, value: Any, *, mixed: bool = False) -> None:
        self._value, self._mixed = self.worded(value), mixed
        if not (self.line.hasFocus() and self.line.isModified()):
            self.line.setText("" if mixed else self._value)
        self.line.setPlaceholderText("several" if mixed else self.hint)

    def show_problem(self, problem: bool) -> None:
        paint_role(self.line, problem, "invalid")

    def worded(self, value: Any) -> str:
        """Return a value as text."""
        return str(value)

    def meant(self, text: str) -> Any:
        """Return the value that a text means."""
        return text

    def finish(self) -> None:
        if self.line.isModified():
            self.line.setModified(False)
            if self.line.text() != self._value or self._mixed:
                self.committed.emit(self.meant(self.line.text()))

    def take_back(self) -> None:
        """Show what it was."""
        self.line.setText("" if self._mixed else self._value)
        self.line.setModified(False)
        self.tried.emit(self.meant(self._value))


class _Line(QLineEdit):
    """A line that Escape takes back."""

    def __init__(self, owner: LineField) -> None:
        super().__init__(owner)
        self._owner = owner

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.isModified():
            self._owner.take_back()
        else:
            super().keyPressEvent(event)

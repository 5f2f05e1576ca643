"""A file that belongs to a panel, on one line: its name, and buttons to choose it or let it go."""

from __future__ import annotations

from pathlib import PurePosixPath

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from aiprod_studio.ui.theme import current
from aiprod_studio.ui.theme.pieces import tool_button


class FileLine(QWidget):
    """Shows the name of a file. It opens nothing: whoever owns it does what is wanted."""

    choose_wanted = Signal()
    clear_wanted = Signal()

    def __init__(self, name: str, hint: str, picture: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(current().space(1))
        self.name = QLineEdit(self, placeholderText=hint)
        self.name.setReadOnly(True)
        self.name.setAccessibleName(name)
        self.choose = tool_button(picture, f"Choose the {name.lower()}…", self)
        self.choose.clicked.connect(self.choose_wanted)
        self.clear = tool_button("x", f"No {name.lower()}; the file stays", self)
        self.clear.clicked.connect(self.clear_wanted)
        row.addWidget(self.name, 1)
        row.addWidget(self.choose)
        row.addWidget(self.clear)

    def show_file(self, file: str, *, fixed: bool) -> None:
        """Show a file as the document names it, "" for none; `fixed` keeps it as it is."""
        self.name.setText(PurePosixPath(file).name)
        self.name.setToolTip(file)
        self.name.setCursorPosition(0)
        self.choose.setEnabled(not fixed)
        self.clear.setVisible(bool(file))
        self.clear.setEnabled(not fixed)

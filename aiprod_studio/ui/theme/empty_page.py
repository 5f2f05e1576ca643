"""A quiet page that says what would be here and how to get it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from aiprod_studio.ui.theme.pieces import Mark, dress, label
from aiprod_studio.ui.theme.theme import current


class EmptyPage(QWidget):
    """A quiet page that says what would be here and how to get it."""

    def __init__(self, picture: str, title: str, words: str, *buttons: QWidget) -> None:
        super().__init__()
        theme = current()
        dress(self, "window")
        column = QVBoxLayout(self)
        column.setSpacing(theme.space(2))
        column.addStretch(1)
        art = Mark(picture, "text_faint", theme.px(40))
        about = label(words, "dim")
        about.setWordWrap(True)
        about.setMaximumWidth(theme.px(420))
        about.setAlignment(Qt.AlignmentFlag.AlignCenter)
        centre = Qt.AlignmentFlag.AlignHCenter
        for part in (art, label(title, "heading")):
            column.addWidget(part, 0, centre)
        line = QHBoxLayout()  # as wide as it may be; a centred label would guess a narrow width
        line.addStretch(1)
        line.addWidget(about, 100)
        line.addStretch(1)
        column.addLayout(line)
        if buttons:
            row = QHBoxLayout()
            row.setSpacing(theme.space(2))
            row.addStretch(1)
            for button in buttons:
                row.addWidget(button)
            row.addStretch(1)
            column.addSpacing(theme.space(2))
            column.addLayout(row)
        column.addStretch(2)

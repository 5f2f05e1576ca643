"""The frame of a side panel: a heading with small buttons, and the panel below it."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from aiprod_studio.ui.shell.buttons import dress, label, line
from aiprod_studio.ui.theme import current


class PanelFrame(QWidget):
    """A titled panel."""

    def __init__(self, title: str, content: QWidget, *tools: QWidget) -> None:
        super().__init__()
        theme = current()
        dress(self, "panel")
        self.setAccessibleName(title)
        self.content = content
        head = QWidget(self)
        row = QHBoxLayout(head)
        row.setContentsMargins(theme.space(3), 0, theme.space(1), 0)
        row.setSpacing(theme.space(1))
        self.heading = label(title, "section", head)
        row.addWidget(self.heading)
        row.addStretch(1)
        for tool in tools:
            row.addWidget(tool)
        head.setFixedHeight(theme.px(30))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(line(self))
        column.addWidget(content, 1)
        content.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)


class EmptyPage(QWidget):
    """A quiet page that says what would be here and how to get it."""

    def __init__(self, picture: str, title: str, words: str, *buttons: QWidget) -> None:
        super().__init__()
        from PySide6.QtCore import Qt

        from aiprod_studio.ui.theme import pixmap

        theme = current()
        dress(self, "window")
        column = QVBoxLayout(self)
        column.setSpacing(theme.space(2))
        column.addStretch(1)
        art = label("")
        side = theme.px(40)
        art.setPixmap(pixmap(picture, side, "text_faint", self.devicePixelRatioF()))
        about = label(words, "dim")
        about.setWordWrap(True)
        about.setMaximumWidth(theme.px(420))
        about.setAlignment(Qt.AlignmentFlag.AlignCenter)
        centre = Qt.AlignmentFlag.AlignHCenter
        for part in (art, label(title, "heading"), about):
            column.addWidget(part, 0, centre)
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

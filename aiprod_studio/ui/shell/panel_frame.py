"""The frame of a side panel: a heading with small buttons, and the panel below it."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from aiprod_studio.ui.theme import current
from aiprod_studio.ui.theme.pieces import dress, label, line


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

"""A part of the inspector that folds: a heading with an arrow, and what is below it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QToolButton, QVBoxLayout, QWidget

from aiprod_studio.ui.theme import current, icon


class Section(QWidget):
    """A heading and a column of widgets, which `fill` makes when it is opened first."""

    folded = Signal(bool)

    def __init__(
        self,
        title: str,
        fill: Callable[[Section], None],
        parent: QWidget | None = None,
        *,
        open_now: bool = True,
    ) -> None:
        super().__init__(parent)
        self._fill: Callable[[Section], None] | None = fill
        theme = current()
        self.button = QToolButton(self)
        self.button.setText(title)
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.button.setIconSize(QSize(theme.px(14), theme.px(14)))
        self.button.setFont(theme.font("small", strong=True))
        self.button.setAccessibleName(f"{title}, fold")
        self.body = QWidget(self)
        self.column = QVBoxLayout(self.body)
        self.column.setContentsMargins(0, 0, 0, theme.space(2))
        self.column.setSpacing(theme.space(2))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.space(1))
        layout.addWidget(self.button)
        layout.addWidget(self.body)
        self.is_open = open_now
        self.button.clicked.connect(lambda: self.open(not self.is_open))
        self._show()

    def open(self, opened: bool) -> None:
        """Show what is below, or fold it away."""
        if opened != self.is_open:
            self.is_open = opened
            self._show()
            self.folded.emit(not opened)

    def add(self, widget: QWidget) -> None:
        """Put a widget at the end."""
        self.column.addWidget(widget)

    def _show(self) -> None:
        self.button.setIcon(icon("chevron-down" if self.is_open else "chevron-right", "text_dim"))
        self.button.setAccessibleDescription("open" if self.is_open else "folded")
        fill = self._fill if self.is_open else None
        if fill is not None:
            self._fill = None
            fill(self)
        self.body.setVisible(self.is_open)

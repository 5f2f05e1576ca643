"""The small buttons beside editors: one icon, one size, a name for those who do not see it."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QToolButton, QWidget

from aiprod_studio.ui.theme import current, icon


def tool_button(mark: str, tip: str, parent: QWidget) -> QToolButton:
    """Return a button with a Lucide icon; `tip` is its tooltip and its name."""
    button = QToolButton(parent)
    button.setIcon(icon(mark, "text_dim"))
    button.setIconSize(QSize(current().px(14), current().px(14)))
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    return button

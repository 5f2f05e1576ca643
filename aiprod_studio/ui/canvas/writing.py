"""Writing on the canvas: a name of a node or frame on a line, a note in a box.

Shown over what is written, Enter or a click elsewhere keeps, Escape gives up. What was written goes
up as a signal; nothing is read from here later.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit

from aiprod_studio.ui.canvas.palette import Palette
from aiprod_studio.ui.canvas.viewer import Viewer

RETURNS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
LINE = 34
CORNER = (12, 54)
"""Where the name of the sub-graph is written: below the breadcrumbs."""


class Writing(QPlainTextEdit):
    """An editor for one text at a time."""

    written = Signal(str, str, str)
    """Kind, name, text."""

    def __init__(self, palette: Palette, viewer: Viewer) -> None:
        super().__init__(viewer)
        self._viewer = viewer
        self._kind = self._name = ""
        self.setObjectName("Writing")
        self.setStyleSheet(
            f"#Writing {{ background: {palette.panel}; color: {palette.text};"
            f" border: 1px solid {palette.accent}; border-radius: 6px; padding: 2px 4px;"
            f" font-size: 13px; selection-background-color: {palette.accent}; }}"
        )
        self.setTabChangesFocus(True)
        self.hide()

    def open_on(self, kind: str, name: str, text: str, area: QRectF) -> None:
        """Show the text of something for writing, over an area of the canvas."""
        self._kind, self._name = kind, name
        shown = self._viewer.mapFromScene(area).boundingRect()
        if kind != "note":
            shown.setHeight(LINE)
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        else:
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        shown.setWidth(max(shown.width(), 180))
        shown.setHeight(max(shown.height(), LINE))
        self.setGeometry(shown)
        self.setPlainText(text)
        self.selectAll()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def corner(self) -> QPointF:
        """Return the place of the canvas below the breadcrumbs."""
        return QPointF(self._viewer.mapToScene(*CORNER))

    def keep(self) -> None:
        """Send up what is written, once, and close."""
        if self._kind:
            kind, name, self._kind = self._kind, self._name, ""
            text = self.toPlainText()
            self.hide()
            self.written.emit(kind, name, text if kind == "note" else text.strip())

    def give_up(self) -> None:
        """Close without a change."""
        self._kind = ""
        self.hide()
        self._viewer.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() == Qt.Key.Key_Escape:
            self.give_up()
        elif event.key() in RETURNS and (self._kind != "note" or not plain):
            self.keep()
            self._viewer.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.keep()

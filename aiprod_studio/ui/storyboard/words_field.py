"""Some lines of words on the board, written in place.

They become an edit when the field is left or Ctrl+Enter is pressed; Escape takes back what was
typed.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from aiprod_studio.ui.theme import current


class WordsField(QPlainTextEdit):
    """Some lines of words that become an edit when they are left."""

    left = Signal(str)

    def __init__(self, name: str, hint: str, lines: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._given = ""
        self.setPlaceholderText(hint)
        self.setAccessibleName(name)
        self.setTabChangesFocus(True)
        self.setProperty("surface", "field")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        if lines == 1:
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedHeight(self.fontMetrics().lineSpacing() * lines + current().px(20))

    def show_words(self, words: str) -> None:
        """Show words; what is being typed stays."""
        if words != self._given or not self.hasFocus():
            self._given = words
            if self.toPlainText() != words:
                self.setPlainText(words)

    def commit(self) -> None:
        """Tell what was typed, if it is something else."""
        words = self.toPlainText().strip()
        if words != self._given:
            self._given = words
            self.left.emit(words)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell what was typed."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.commit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Enter tells, Escape takes back."""
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and control:
            self.commit()
        elif event.key() == Qt.Key.Key_Escape:
            self.setPlainText(self._given)
            self.clearFocus()
        else:
            super().keyPressEvent(event)

"""Finding words in a text, and colouring its weights; both belong to the prompt editor."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from aiprod_studio.ui.inspector.weights import spans
from aiprod_studio.ui.theme import current
from aiprod_studio.ui.theme.pieces import tool_button


class FindBar(QWidget):
    """Finds words in a text: Enter for the next place, Shift+Enter for the one before."""

    def __init__(self, text: QPlainTextEdit, parent: QWidget) -> None:
        super().__init__(parent)
        self._text = text
        self.line = _Find(self)
        self.line.setPlaceholderText("Find")
        self.line.setAccessibleName("Find")
        self.places = QLabel(self)
        self.places.setProperty("role", "faint")
        close = tool_button("x", "Close find", self, small=True)
        close.clicked.connect(self.shut)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(current().space(1))
        for part in (self.line, self.places, close):
            row.addWidget(part)
        self.line.textChanged.connect(lambda _: self.look(restart=True))
        self.line.stepped.connect(lambda back: self.look(back=back))
        self.line.shut.connect(self.shut)
        self.hide()

    def open(self) -> None:
        """Show it, looking for what is chosen."""
        chosen = self._text.textCursor().selectedText()
        self.show()
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if chosen:
            self.line.setText(chosen)
        self.line.selectAll()

    def shut(self) -> None:
        """Hide it, and go back to the text."""
        self.hide()
        self._text.setExtraSelections([])
        self._text.setFocus(Qt.FocusReason.OtherFocusReason)

    def look(self, *, back: bool = False, restart: bool = False) -> None:
        """Choose the next place, around the end if need be."""
        words = self.line.text()
        if restart:
            cursor = self._text.textCursor()
            cursor.setPosition(cursor.selectionStart())
            self._text.setTextCursor(cursor)
        way = QTextDocument.FindFlag.FindBackward if back else QTextDocument.FindFlag(0)
        if words and not self._text.find(words, way):
            end = QTextCursor.MoveOperation.End if back else QTextCursor.MoveOperation.Start
            self._text.moveCursor(end)
            self._text.find(words, way)
        self._mark(words)

    def _mark(self, words: str) -> None:
        marks: list[QTextEdit.ExtraSelection] = []
        cursor = QTextCursor(self._text.document())
        while words and not (cursor := self._text.document().find(words, cursor)).isNull():
            mark = QTextEdit.ExtraSelection()
            mark.cursor = cursor
            mark.format.setBackground(current().mixed("field", "warn", 0.35))
            marks.append(mark)
        self._text.setExtraSelections(marks)
        count = "place" if len(marks) == 1 else "places"
        self.places.setText(f"{len(marks)} {count}" if words else "")


class _Find(QLineEdit):
    """The line of the find bar."""

    stepped = Signal(bool)
    shut = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.stepped.emit(bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif event.key() == Qt.Key.Key_Escape:
            self.shut.emit()
        else:
            super().keyPressEvent(event)


class WeightColours(QSyntaxHighlighter):
    """Colours weighted pieces: warm for more, cool for less."""

    def highlightBlock(self, text: str) -> None:
        for start, stop, weight in spans(text):
            look = QTextCharFormat()
            look.setForeground(QColor(current().hex("warn" if weight >= 1 else "accent")))
            self.setFormat(start, stop - start, look)

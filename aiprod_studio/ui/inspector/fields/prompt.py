"""A prompt: several lines, with find, the prompts written before, and weights.

What is typed is meant after a short rest, on leaving, and on Ctrl+Enter; each is one undo step.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QTextCursor
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QPlainTextEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from aiprod_studio.sdk import ParamSpec
from aiprod_studio.ui.inspector.fields.field import Field, paint_role
from aiprod_studio.ui.inspector.find_bar import FindBar, WeightColours
from aiprod_studio.ui.inspector.prompts import PromptHistory
from aiprod_studio.ui.inspector.weights import STEP, weighed
from aiprod_studio.ui.theme import current
from aiprod_studio.ui.theme.pieces import tool_button

REST = 900
"""Milliseconds without a key after which a text is meant."""
ROWS = (4, 14)
OFFERED = 20


class PromptField(Field):
    """Edits a text of several lines."""

    wide = True

    def __init__(
        self,
        param: ParamSpec,
        parent: QWidget | None = None,
        history: PromptHistory | None = None,
    ) -> None:
        super().__init__(param, parent)
        self._value, self._mixed = "", False
        self._history = history or PromptHistory()
        self.text = _Text(self)
        self.text.setAccessibleName(self.accessibleName())
        self._colours = WeightColours(self.text.document())
        self.count = QLabel(self)
        self.count.setProperty("role", "faint")
        self.finder = FindBar(self.text, self)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST)
        self._rest.timeout.connect(self.finish)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(current().space(1))
        layout.addWidget(self.finder)
        layout.addWidget(self.text)
        layout.addLayout(self._tools())
        self.setFocusProxy(self.text)
        self.text.textChanged.connect(self._typed)
        self.text.left.connect(self._left)
        self.text.meant.connect(self.finish)
        self.text.sought.connect(self.finder.open)
        self.text.weighed.connect(self.weigh)

    def _tools(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.count, 1)
        find = self._button("search", "Find (Ctrl+F)")
        find.clicked.connect(lambda: self.finder.open())
        lighter = self._button("minus", "Less weight on what is chosen (Ctrl+Down)")
        lighter.clicked.connect(lambda: self.weigh(-STEP))
        heavier = self._button("plus", "More weight on what is chosen (Ctrl+Up)")
        heavier.clicked.connect(lambda: self.weigh(STEP))
        self.past = self._button("history", "Prompts written before")
        self.past.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.past)
        menu.aboutToShow.connect(lambda: self._offer(menu))
        self.past.setMenu(menu)
        for button in (find, lighter, heavier, self.past):
            row.addWidget(button)
        return row

    def show_value(self, value: Any, *, mixed: bool = False) -> None:
        self._value, self._mixed = str(value), mixed
        self.text.setPlaceholderText("several texts" if mixed else "Say what should be seen")
        shown = "" if mixed else self._value
        if shown == self.text.toPlainText() or self._rest.isActive():
            return
        place = self.text.textCursor().position()
        self.text.blockSignals(True)
        self.text.setPlainText(shown)
        self.text.blockSignals(False)
        cursor = self.text.textCursor()
        cursor.setPosition(min(place, len(shown)))
        self.text.setTextCursor(cursor)
        self._measure()

    def show_problem(self, problem: bool) -> None:
        paint_role(self.text, problem, "invalid")

    def finish(self) -> None:
        if self._rest.isActive() or self.text.toPlainText() != self._value:
            self._rest.stop()
            written = self.text.toPlainText()
            if written != self._value and not (self._mixed and not written):
                self.committed.emit(written)

    def weigh(self, by: float) -> None:
        """Change the weight of what is chosen, or of the word at the cursor."""
        cursor = self.text.textCursor()
        whole = self.text.toPlainText()
        edit = weighed(whole, cursor.selectionStart(), cursor.selectionEnd(), by)
        if edit is None:
            return
        cursor.setPosition(edit.start)
        cursor.setPosition(edit.stop, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(edit.text)
        cursor.setPosition(edit.chosen[0])
        cursor.setPosition(edit.chosen[1], QTextCursor.MoveMode.KeepAnchor)
        self.text.setTextCursor(cursor)

    def _typed(self) -> None:
        self._measure()
        self._rest.start()
        self.tried.emit(self.text.toPlainText())

    def _left(self) -> None:
        self.finish()
        self._history.add(self._value)

    def _measure(self) -> None:
        self.text.fit_rows()
        letters = len(self.text.toPlainText())
        words = len(self.text.toPlainText().split())
        self.count.setText(f"{words} words, {letters} characters" if letters else "")

    def _offer(self, menu: QMenu) -> None:
        menu.clear()
        prompts = [text for text in self._history.prompts() if text != self._value][:OFFERED]
        metrics = self.fontMetrics()
        for text in prompts:
            line = " ".join(text.split()).replace("&", "&&")
            short = metrics.elidedText(line, Qt.TextElideMode.ElideRight, current().px(360))
            action = menu.addAction(short)
            action.setToolTip(text)
            action.triggered.connect(lambda _=False, chosen=text: self._take(chosen))
        if not prompts:
            menu.addAction("Nothing was written before").setEnabled(False)

    def _take(self, text: str) -> None:
        self._history.add(self.text.toPlainText())
        cursor = self.text.textCursor()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)
        self.finish()

    def _button(self, name: str, tip: str) -> QToolButton:
        button = tool_button(name, tip, self, small=True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button


class _Text(QPlainTextEdit):
    """The text, as tall as it needs within limits."""

    left = Signal()
    meant = Signal()
    sought = Signal()
    weighed = Signal(float)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTabChangesFocus(True)
        self.setProperty("surface", "field")
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.fit_rows()

    def fit_rows(self) -> None:
        """Take the height of the text."""
        rows = int(self.document().size().height())
        line = self.fontMetrics().lineSpacing()
        margins = self.contentsMargins()
        around = margins.top() + margins.bottom() + int(self.document().documentMargin() * 2)
        height = max(ROWS[0], min(ROWS[1], rows)) * line + around + current().space(2)
        if height != self.height() or self.minimumHeight() != height:
            self.setFixedHeight(height)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        ctrl = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        key = event.key()
        if ctrl and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.meant.emit()
            event.ignore()  # the window may run on it
        elif ctrl and key == Qt.Key.Key_F:
            self.sought.emit()
        elif ctrl and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.weighed.emit(STEP if key == Qt.Key.Key_Up else -STEP)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.left.emit()

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        self.fit_rows()

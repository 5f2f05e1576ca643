"""The box that finds a node to add, by keyboard alone: a line, a list, Enter.

`CanvasView` opens it with the entries that may be chosen and is told the one that was.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from aiprod_studio.ui.canvas import painting
from aiprod_studio.ui.canvas.palette import Palette, colour, scroll_style
from aiprod_studio.ui.library.fuzzy import Entry, found

WIDTH, HEAD, ROW, MOST_ROWS = 340, 70, 34, 8
ENTRY = Qt.ItemDataRole.UserRole


class SearchBox(QFrame):
    """Finds one of the entries; Escape or a click elsewhere closes it."""

    chosen = Signal(str)
    closed = Signal()

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        super().__init__(parent)
        self._room = parent
        self._entries: Sequence[Entry] = ()
        self.setObjectName("SearchBox")
        self.setStyleSheet(_style(palette))
        self.line = _Line(self)
        self.line.setPlaceholderText("Search for a node to add")
        self.line.setAccessibleName("Search for a node to add")
        self.list = QListWidget(self)
        self.list.setItemDelegate(_Row(palette, self.list))
        self.list.setUniformItemSizes(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.nothing = QLabel("Nothing found. Try fewer letters.", self)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        for part in (self.line, self.list, self.nothing):
            layout.addWidget(part)
        self.line.textChanged.connect(self._fill)
        self.list.itemClicked.connect(lambda _: self._accept())
        self.line.moved.connect(self._step)
        self.line.accepted.connect(self._accept)
        self.line.left.connect(self.close_box)
        self.setFixedSize(WIDTH, HEAD + MOST_ROWS * ROW)
        self.hide()

    def open_at(self, place: QPoint, entries: Sequence[Entry], hint: str) -> None:
        """Show it near a point of the parent, with the entries that may be chosen, in order."""
        self._entries = entries
        self.line.setPlaceholderText(hint)
        self.line.clear()
        self._fill("")
        room = self._room.rect()
        x = max(8, min(place.x() - 24, room.width() - self.width() - 8))
        y = max(8, min(place.y() - 20, room.height() - self.height() - 8))
        self.move(x, y)
        self.show()
        self.raise_()
        self.line.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_box(self) -> None:
        """Close it without choosing."""
        if self.isVisible():
            self.hide()
            self.closed.emit()

    def _fill(self, query: str) -> None:
        self.list.clear()
        for entry in found(self._entries, query) if query.strip() else self._entries:
            row = QListWidgetItem(entry.title)
            row.setData(ENTRY, entry)
            row.setToolTip(entry.about)
            self.list.addItem(row)
        self.list.setCurrentRow(0)
        self.list.setVisible(self.list.count() > 0)
        self.nothing.setVisible(self.list.count() == 0)
        rows = max(1, min(MOST_ROWS, self.list.count()))
        self.setFixedSize(WIDTH, HEAD + rows * ROW)

    def _step(self, by: int) -> None:
        count = self.list.count()
        if count:
            self.list.setCurrentRow((self.list.currentRow() + by) % count)

    def _accept(self) -> None:
        if not self.list.count():
            return
        row = self.list.currentItem()
        self.hide()
        self.chosen.emit(row.data(ENTRY).type)


class _Line(QLineEdit):
    """A line whose arrows move in the list."""

    moved = Signal(int)
    accepted = Signal()
    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 7,
                 Qt.Key.Key_PageUp: -7, Qt.Key.Key_Tab: 1, Qt.Key.Key_Backtab: -1}  # fmt: skip
        key = Qt.Key(event.key())
        if key in steps:
            self.moved.emit(steps[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accepted.emit()
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        return False

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.left.emit()


class _Row(QStyledItemDelegate):
    """Draws a found node: a dot of its category, title, category."""

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        super().__init__(parent)
        self._palette = palette

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(WIDTH - 40, ROW)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        entry: Entry = index.data(ENTRY)
        area = QRectF(option.rect)
        state = option.state
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(painting.NO_PEN)
        if state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            chosen = bool(state & QStyle.StateFlag.State_Selected)
            painter.setBrush(colour(self._palette.accent, 60 if chosen else 25))
            painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), 5, 5)
        painter.setBrush(self._palette.header(entry.category))
        dot = QRectF(area.left() + 10, area.center().y() - 5, 10, 10)
        painter.drawRoundedRect(dot, 3, 3)
        words = area.adjusted(30, 0, -10, 0)
        painter.setFont(painting.font(13))
        painter.setPen(colour(self._palette.text))
        painter.drawText(words, painting.LEFT, painting.elided(entry.title, 190, 13))
        painter.setFont(painting.font(11))
        painter.setPen(colour(self._palette.dim))
        painter.drawText(words, painting.RIGHT, entry.category)


def _style(palette: Palette) -> str:
    return (
        f"#SearchBox {{ background: {palette.panel}; border: 1px solid {palette.panel_edge};"
        f" border-radius: 9px; }}"
        f"#SearchBox QLineEdit {{ background: {palette.inset}; color: {palette.text};"
        f" border: 1px solid {palette.panel_edge}; border-radius: 6px; padding: 7px 9px;"
        f" font-size: 13px; selection-background-color: {palette.accent}; }}"
        f"#SearchBox QLineEdit:focus {{ border-color: {palette.accent}; }}"
        "#SearchBox QListWidget { background: transparent; border: none; outline: none; }"
        f"#SearchBox QLabel {{ color: {palette.dim}; font-size: 12px; }}" + scroll_style(palette)
    )

"""One of several words: a button that opens a list; a long list is filtered by typing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from aiprod_studio.sdk import Choice, ParamSpec
from aiprod_studio.ui.inspector.fields.field import Field
from aiprod_studio.ui.library.fuzzy import score
from aiprod_studio.ui.theme import current, pixmap

FILTERED_FROM = 7
MOST_ROWS = 12


class ChoiceField(Field):
    """Edits a choice."""

    def __init__(self, param: ParamSpec, parent: QWidget | None = None) -> None:
        super().__init__(param, parent)
        self._value, self._mixed, self._bad = "", False, False
        self._list: ChoiceList | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(60)

    def options(self) -> Sequence[tuple[str, str]]:
        """Return what can be chosen: the value, and a few words beside it."""
        hint = self.param.hint
        return [(option, "") for option in hint.options] if isinstance(hint, Choice) else []

    def shown(self) -> str:
        """Return the words on the button."""
        return "several" if self._mixed else self._value

    def show_value(self, value: Any, *, mixed: bool = False) -> None:
        self._value, self._mixed = str(value), mixed
        self.setAccessibleDescription(self.shown())
        self.update()

    def show_problem(self, problem: bool) -> None:
        self._bad = problem
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, current().row)

    def open_list(self, begin: str = "") -> None:
        """Open the list below the button."""
        self._list = ChoiceList(self.options(), "" if self._mixed else self._value, self)
        self._list.chosen.connect(self._choose)
        self._list.open_under(self, begin)

    def _choose(self, value: str) -> None:
        if value != self._value or self._mixed:
            self.show_value(value)
            self.committed.emit(value)

    def _step(self, by: int) -> None:
        values = [value for value, _ in self.options()]
        if values and not self._mixed:
            at = values.index(self._value) if self._value in values else -1
            self._choose(values[max(0, min(len(values) - 1, at + by))])

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.open_list()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space, Qt.Key.Key_F4):
            self.open_list()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._step(1 if key == Qt.Key.Key_Down else -1)
        elif event.text().strip() and event.text().isprintable() and not event.modifiers():
            self.open_list(event.text())
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5)
        lit = "accent" if self.hasFocus() else "line_strong"
        edge = "bad" if self._bad else lit if self.isEnabled() else "line"
        painter.setPen(theme.colour(edge))
        painter.setBrush(theme.colour("field" if self.isEnabled() else "panel"))
        painter.drawRoundedRect(area, theme.radius, theme.radius)
        gap, side = theme.space(2), theme.px(14)
        painter.setFont(theme.font())
        plain = self.isEnabled() and not self._mixed
        painter.setPen(theme.colour("text" if plain else "text_faint"))
        room = self.rect().adjusted(gap, 0, -2 * gap - side, 0)
        words = painter.fontMetrics().elidedText(
            self.shown(), Qt.TextElideMode.ElideMiddle, room.width()
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)
        arrow = pixmap("chevron-down", side, "text_dim", self.devicePixelRatioF())
        painter.drawPixmap(self.width() - gap - side, (self.height() - side) // 2, arrow)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()


class ChoiceList(QFrame):
    """A list that opens below a field; typing filters it."""

    chosen = Signal(str)

    def __init__(self, options: Sequence[tuple[str, str]], value: str, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("surface", "raised")
        self.setFrameShape(QFrame.Shape.Box)
        self._options, self._value = options, value
        self.line = _Filter(self)
        self.line.setPlaceholderText("Filter")
        self.line.setAccessibleName("Filter")
        self.list = QListWidget(self)
        self.list.setAccessibleName(f"Choices of {parent.accessibleName()}")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QVBoxLayout(self)
        gap = current().space(1)
        layout.setContentsMargins(gap, gap, gap, gap)
        layout.setSpacing(gap)
        layout.addWidget(self.line)
        layout.addWidget(self.list)
        self.line.setVisible(len(options) >= FILTERED_FROM)
        self.line.textChanged.connect(self._fill)
        self.list.itemClicked.connect(self._accept)
        self.list.itemActivated.connect(self._accept)
        self._fill("")

    def open_under(self, owner: QWidget, begin: str = "") -> None:
        """Show it below a widget, as wide, and above it where there is no room."""
        rows = min(MOST_ROWS, max(1, len(self._options)))
        height = rows * (self.list.sizeHintForRow(0) + 1) + current().space(4)
        height += self.line.sizeHint().height() + current().space(1) if self._filtered else 0
        self.resize(max(owner.width(), current().px(180)), height)
        below = owner.mapToGlobal(QPoint(0, owner.height() + 2))
        screen = owner.screen().availableGeometry()
        if below.y() + height > screen.bottom():
            below = owner.mapToGlobal(QPoint(0, -height - 2))
        self.move(min(below.x(), screen.right() - self.width()), max(screen.top(), below.y()))
        self.show()
        (self.line if self._filtered else self.list).setFocus(Qt.FocusReason.PopupFocusReason)
        if begin:
            self._begin(begin)

    @property
    def _filtered(self) -> bool:
        return len(self._options) >= FILTERED_FROM

    def _begin(self, letters: str) -> None:
        if self._filtered:
            self.line.setText(letters)
            return
        for row in range(self.list.count()):
            item = self.list.item(row)
            if item is not None and item.text().lower().startswith(letters.lower()):
                self.list.setCurrentRow(row)
                return

    def _fill(self, query: str) -> None:
        self.list.clear()
        found = [(score(query, f"{v} {about}") if query else 1, v, about)
                 for v, about in self._options]  # fmt: skip
        if query:
            found.sort(key=lambda row: -row[0])
        for points, value, about in found:
            if points:
                item = QListWidgetItem(f"{value}   {about}" if about else value, self.list)
                item.setData(Qt.ItemDataRole.UserRole, value)
                if value == self._value and not query:
                    self.list.setCurrentItem(item)
        if self.list.currentRow() < 0:
            self.list.setCurrentRow(0)

    def _accept(self, item: QListWidgetItem) -> None:
        self.chosen.emit(str(item.data(Qt.ItemDataRole.UserRole)))
        self.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        item = self.list.currentItem()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and item is not None:
            self._accept(item)
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            row = self.list.currentRow() + (1 if key == Qt.Key.Key_Down else -1)
            self.list.setCurrentRow(max(0, min(self.list.count() - 1, row)))
        elif key == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)


class _Filter(QLineEdit):
    """The filter; what is no text goes to the list around it."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        passed = (
            Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape,
        )  # fmt: skip
        if Qt.Key(event.key()) in passed:
            event.ignore()
        else:
            super().keyPressEvent(event)

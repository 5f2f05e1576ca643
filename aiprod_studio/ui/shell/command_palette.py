"""The command palette: every action of the window, found by a few letters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from aiprod_studio.ui.actions import Action, ActionRegistry, keys_shown
from aiprod_studio.ui.theme import current, pixmap
from aiprod_studio.ui.theme.pieces import dress

ROWS = 12
Index: TypeAlias = QModelIndex | QPersistentModelIndex
ACTION = Qt.ItemDataRole.UserRole
AREAS = {
    "file": "File", "edit": "Edit", "view": "View", "run": "Run", "queue": "Queue",
    "canvas": "Canvas", "graph": "Graph", "viewer": "Viewer", "help": "Help", "window": "Window",
    "theme": "Theme", "timeline": "Edit", "board": "Board", "player": "Player",
}  # fmt: skip


class CommandPalette(QFrame):
    """A search line over a list of actions, over the middle of the window."""

    closed = Signal()

    def __init__(self, registry: ActionRegistry, parent: QWidget) -> None:
        super().__init__(parent)
        theme = current()
        self._registry = registry
        self._lately: list[str] = []
        self.setObjectName("CommandPalette")
        dress(self, "floating")
        self.line = QLineEdit(self)
        self.line.setPlaceholderText("What do you want to do?")
        self.line.setAccessibleName("Search commands")
        self.list = QListWidget(self)
        self.list.setAccessibleName("Commands")
        self.list.setItemDelegate(_Rows(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.space(2)] * 4)
        column.setSpacing(theme.space(2))
        column.addWidget(self.line)
        column.addWidget(self.list)
        self.line.textChanged.connect(self._fill)
        self.list.itemClicked.connect(lambda item: self._run(item))
        self.line.installEventFilter(self)
        self.hide()

    def open(self) -> None:
        """Show it, empty, and write into it."""
        theme, window = current(), self.window()
        width = min(theme.px(560), window.width() - theme.space(8))
        self.setFixedWidth(width)
        self.move((window.width() - width) // 2, theme.space(16))
        self.line.clear()
        self._fill("")
        self.show()
        self.raise_()
        self.line.setFocus()

    def close_box(self) -> None:
        """Hide it and give the focus back."""
        if self.isVisible():
            self.hide()
            self.closed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move in the list with the arrows; Enter runs, Escape closes."""
        if event.type() == QEvent.Type.FocusOut and watched is self.line:
            self.close_box()
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        key = event.key()
        steps = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_PageDown: 8,
            Qt.Key.Key_PageUp: -8,
        }
        if key in steps:
            last = self.list.count() - 1
            self.list.setCurrentRow(min(last, max(0, self.list.currentRow() + steps[Qt.Key(key)])))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            item = self.list.currentItem()
            if item is not None:
                self._run(item)
        elif key == Qt.Key.Key_Escape:
            self.close_box()
        else:
            return False
        return True

    def _fill(self, query: str) -> None:
        self.list.clear()
        for action in found_actions(self._registry.all(), query, self._lately):
            item = QListWidgetItem(action.title)
            item.setData(ACTION, action)
            words = f"{action.title}, {keys_shown(action.keys)}"
            item.setData(Qt.ItemDataRole.AccessibleTextRole, words)
            if not action.enabled():
                item.setFlags(Qt.ItemFlag.ItemIsSelectable)
            self.list.addItem(item)
        if self.list.count():
            self.list.setCurrentRow(0)
        self._fit()

    def _fit(self) -> None:
        """Be as high as the rows need, within the window."""
        theme = current()
        rows = min(ROWS, max(1, self.list.count()))
        most = self.window().height() - theme.space(20)
        self.setFixedHeight(min(most, theme.px(32 * rows) + theme.row + theme.space(7)))

    def _run(self, item: QListWidgetItem) -> None:
        action = item.data(ACTION)
        if not isinstance(action, Action) or not action.enabled():
            return
        self._lately = [action.id, *(name for name in self._lately if name != action.id)][:8]
        self.close_box()
        action.run()


def found_actions(
    actions: Sequence[Action], query: str, lately: Sequence[str] = ()
) -> list[Action]:
    """Return the actions that a query means, best first; without one, the latest first."""
    words = query.lower().split()
    scored = []
    for place, action in enumerate(actions):
        score = _score(action, words)
        if score is None:
            continue
        recent = lately.index(action.id) if action.id in lately else len(lately) + 1
        scored.append(((not action.enabled(), -score, recent, place), action))
    return [action for _, action in sorted(scored, key=lambda pair: pair[0])]


def area_of(action: Action) -> str:
    """Return where an action belongs, as people call it."""
    return AREAS.get(action.area, action.area.capitalize())


def _score(action: Action, words: Sequence[str]) -> int | None:
    """Return how well an action fits, None when it does not."""
    title = action.title.lower()
    text = f"{title} {area_of(action).lower()}"
    total = 0
    for word in words:
        if title.startswith(word):
            total += 30
        elif f" {word}" in f" {text}":
            total += 20
        elif word in text:
            total += 10
        elif _scattered(word, title):
            total += 1
        else:
            return None
    return total


def _scattered(word: str, text: str) -> bool:
    """Say whether the letters of a word come in a text in this order."""
    letters = iter(text)
    return all(letter in letters for letter in word)


class _Rows(QStyledItemDelegate):
    """Paints an action: icon, title, where it belongs, its shortcut."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the size of a row."""
        return QSize(100, current().px(32))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a row."""
        theme = current()
        action = index.data(ACTION)
        if not isinstance(action, Action):
            return
        area: QRect = option.rect
        state: QStyle.StateFlag = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("selection"))
            painter.drawRoundedRect(area, theme.radius, theme.radius)
        usable = action.enabled()
        pad, side = theme.space(2), theme.icon_size
        ratio = painter.device().devicePixelRatioF()
        art = pixmap(action.icon or "chevron-right", side, "text_dim", ratio)
        painter.drawPixmap(area.left() + pad, area.center().y() - side // 2, art)
        painter.setPen(theme.colour("text" if usable else "text_faint"))
        painter.setFont(theme.font())
        words = area.adjusted(2 * pad + side + theme.space(1), 0, -pad, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(words, middle | Qt.AlignmentFlag.AlignLeft, action.title)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.colour("text_faint"))
        wide = QFontMetrics(theme.font()).horizontalAdvance(action.title) + theme.space(2)
        painter.drawText(
            words.adjusted(wide, 0, 0, 0), middle | Qt.AlignmentFlag.AlignLeft, area_of(action)
        )
        painter.setPen(theme.colour("text_dim"))
        painter.drawText(words, middle | Qt.AlignmentFlag.AlignRight, keys_shown(action.keys))

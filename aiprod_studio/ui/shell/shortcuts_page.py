"""The page of shortcuts: every action with its keys; a key that is taken says by whom."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from aiprod_studio.ui.actions import Action, ActionRegistry, keys_shown, normal_key
from aiprod_studio.ui.shell.command_palette import area_of
from aiprod_studio.ui.theme import current
from aiprod_studio.ui.theme.pieces import label, push_button

ID = Qt.ItemDataRole.UserRole


class ShortcutsPage(QWidget):
    """All actions and their shortcuts."""

    def __init__(self, registry: ActionRegistry) -> None:
        super().__init__()
        theme = current()
        self._registry = registry
        self._keys: dict[str, tuple[str, ...]] = {
            name: tuple(keys) for name, keys in registry.own_keys.items()
        }
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search actions")
        self.search.setAccessibleName("Search actions")
        self.search.textChanged.connect(self._filter)
        self.tree = QTreeWidget()
        self.tree.setHeaderLabels(["Action", "Shortcut"])
        self.tree.setRootIsDecorated(True)
        self.tree.setAccessibleName("Actions and their shortcuts")
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.tree.currentItemChanged.connect(self._show)
        self.edit = QKeySequenceEdit()
        self.edit.setMaximumSequenceLength(1)
        self.edit.setAccessibleName("New shortcut")
        self.edit.editingFinished.connect(self._take)
        self.words = label("", "warning")
        clear, reset = push_button("No shortcut"), push_button("Back to the default")
        clear.clicked.connect(lambda: self.set_keys(self._chosen(), ()))
        reset.clicked.connect(self._reset)
        row = QHBoxLayout()
        row.setSpacing(theme.space(2))
        row.addWidget(label("New shortcut", "dim"))
        row.addWidget(self.edit, 1)
        row.addWidget(clear)
        row.addWidget(reset)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.space(2))
        for part in (self.search, self.tree):
            column.addWidget(part)
        column.addLayout(row)
        column.addWidget(self.words)
        self._items: dict[str, QTreeWidgetItem] = {}
        self._fill()

    def keys(self) -> dict[str, list[str]]:
        """Return the artist's own shortcuts by action."""
        return {name: list(keys) for name, keys in self._keys.items()}

    def set_keys(self, action_id: str, keys: tuple[str, ...]) -> None:
        """Give an action other shortcuts; another action that had one loses it."""
        if not action_id:
            return
        self.words.setText("")
        for key in map(normal_key, keys):
            clash = self._registry.why_not(action_id, key)
            if clash is not None and key in map(normal_key, self._now(clash.one)):
                rest = tuple(k for k in self._now(clash.one) if normal_key(k) != key)
                self._keys[clash.one.id] = rest
                self._items[clash.one.id].setText(1, keys_shown(rest))
                self.words.setText(f"It was taken from “{clash.one.title}”.")
        self._keys[action_id] = keys
        self._items[action_id].setText(1, keys_shown(keys))

    def _now(self, action: Action) -> tuple[str, ...]:
        return self._keys.get(action.id, action.keys)

    def _fill(self) -> None:
        areas: dict[str, QTreeWidgetItem] = {}
        for action in self._registry.all():
            area = area_of(action)
            if area not in areas:
                areas[area] = QTreeWidgetItem(self.tree, [area])
                areas[area].setFlags(Qt.ItemFlag.ItemIsEnabled)
                areas[area].setExpanded(True)
            item = QTreeWidgetItem(areas[area], [action.title, keys_shown(self._now(action))])
            item.setData(0, ID, action.id)
            self._items[action.id] = item

    def _filter(self, text: str) -> None:
        words = text.lower()
        for item in self._items.values():
            item.setHidden(words not in f"{item.text(0)} {item.text(1)}".lower())

    def _chosen(self) -> str:
        item = self.tree.currentItem()
        return str(item.data(0, ID) or "") if item is not None else ""

    def _show(self) -> None:
        action = self._registry.get(self._chosen())
        keys = self._now(action) if action is not None else ()
        self.edit.setKeySequence(QKeySequence(keys[0]) if keys else QKeySequence())
        self.edit.setEnabled(action is not None)
        self.words.setText("")

    def _take(self) -> None:
        key = self.edit.keySequence().toString(QKeySequence.SequenceFormat.PortableText)
        if key:
            self.set_keys(self._chosen(), (key,))

    def _reset(self) -> None:
        name = self._chosen()
        if name:
            self._keys.pop(name, None)
            self._items[name].setText(1, keys_shown(self._registry.default_keys(name)))

"""All node types by category, searched by a few letters, dragged to the canvas.

A page of the library. It changes no document: a double click or Enter asks for a node, a
drag carries the type. Favourites stay at the top and are told to whoever keeps settings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from PySide6.QtCore import QByteArray, QMimeData, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import (
    QLabel,
    QLineEdit,
    QMenu,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from aiprod_studio.sdk import NodeSpec
from aiprod_studio.ui.canvas.palette import DARK, Palette
from aiprod_studio.ui.library.fuzzy import Entry, entry_of, found
from aiprod_studio.ui.library.node_rows import CATEGORY, ENTRY, NodeRows
from aiprod_studio.ui.theme import current, icon

NODE_MIME = "application/x-aiprod-node"
FAVOURITES = "favourites"


class NodesPage(QWidget):
    """Node types by category, with a search line above."""

    asked_to_add = Signal(str)
    favourites_changed = Signal(list)

    def __init__(
        self,
        specs: Mapping[str, NodeSpec],
        parent: QWidget | None = None,
        *,
        palette: Palette = DARK,
        favourites: Iterable[str] = (),
    ) -> None:
        super().__init__(parent)
        self._entries = [entry_of(spec) for spec in specs.values()]
        self._favourites = [name for name in favourites if name in specs]
        self._folded: set[str] = set()
        self.setObjectName("NodesPage")
        self.line = SearchLine(self)
        self.line.setPlaceholderText("Search nodes")
        self.line.setAccessibleName("Search nodes")
        self.line.setClearButtonEnabled(True)
        self.tree = _Tree(self)
        self.tree.setItemDelegate(NodeRows(palette, self.tree))
        self.nothing = QLabel("No node matches.\nTry fewer letters.", self)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.setProperty("role", "faint")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(current().space(2))
        for part in (self.line, self.tree, self.nothing):
            layout.addWidget(part)
        self.line.textChanged.connect(self._fill)
        self.line.stepped.connect(self._step)
        self.line.accepted.connect(self._accept)
        self.tree.itemActivated.connect(self._activate)
        self.tree.itemClicked.connect(self._toggle)
        self.tree.starred.connect(self.toggle_favourite)
        self.tree.is_starred = lambda node_type: node_type in self._favourites
        self._fill("")

    @property
    def favourites(self) -> list[str]:
        """The types that stand at the top."""
        return list(self._favourites)

    def toggle_favourite(self, node_type: str) -> None:
        """Put a type at the top, or take it away from there."""
        if node_type in self._favourites:
            self._favourites.remove(node_type)
        else:
            self._favourites.append(node_type)
        self._fill(self.line.text())
        self.favourites_changed.emit(self.favourites)

    def set_specs(self, specs: Mapping[str, NodeSpec]) -> None:
        """Show other node types, after packs were switched on or off."""
        self._entries = [entry_of(spec) for spec in specs.values()]
        self._fill(self.line.text())

    def _fill(self, query: str) -> None:
        entries = found(self._entries, query)
        self.tree.clear()
        if query:
            self._add_rows(None, entries)
        else:
            self._add_categories(entries)
        first = self.tree.topLevelItem(0)
        if query and first is not None:
            self.tree.setCurrentItem(first)
        self.tree.setVisible(bool(entries))
        self.nothing.setVisible(not entries)

    def _add_categories(self, entries: list[Entry]) -> None:
        groups: dict[str, list[Entry]] = {}
        known = {entry.type: entry for entry in entries}
        liked = [known[name] for name in self._favourites if name in known]
        if liked:
            groups[FAVOURITES] = liked
        for entry in entries:
            groups.setdefault(entry.category, []).append(entry)
        for category, members in groups.items():
            top = QTreeWidgetItem(self.tree, [category.capitalize()])
            top.setData(0, CATEGORY, category)
            top.setFlags(Qt.ItemFlag.ItemIsEnabled)
            self._add_rows(top, members)
            top.setExpanded(category not in self._folded)

    def _add_rows(self, parent: QTreeWidgetItem | None, entries: list[Entry]) -> None:
        for entry in entries:
            row = QTreeWidgetItem(parent or self.tree, [entry.title])
            row.setData(0, ENTRY, entry)
            row.setToolTip(0, entry.about)

    def _toggle(self, item: QTreeWidgetItem) -> None:
        """Fold or unfold a category, and remember it for when the tree is filled again."""
        category = item.data(0, CATEGORY)
        if category:
            item.setExpanded(not item.isExpanded())
            (self._folded.discard if item.isExpanded() else self._folded.add)(category)

    def _step(self, by: int) -> None:
        item = self.tree.currentItem()
        next_one = self.tree.itemBelow(item) if by > 0 else self.tree.itemAbove(item)
        if next_one is not None:
            self.tree.setCurrentItem(next_one)

    def _accept(self) -> None:
        item = self.tree.currentItem()
        if item is not None:
            self._activate(item)

    def _activate(self, item: QTreeWidgetItem) -> None:
        entry = item.data(0, ENTRY)
        if isinstance(entry, Entry):
            self.asked_to_add.emit(entry.type)


class SearchLine(QLineEdit):
    """A search line whose arrows move in the tree."""

    stepped = Signal(int)
    accepted = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        key = Qt.Key(event.key())
        if key in steps:
            self.stepped.emit(steps[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accepted.emit()
        elif key == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)


class _Tree(QTreeWidget):
    """The tree; a drag carries the type of a node."""

    starred = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.is_starred: Callable[[str], bool] = lambda _: False
        self.setHeaderHidden(True)
        self.setIndentation(0)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(False)
        self.setDragEnabled(True)
        self.setDragDropMode(QTreeWidget.DragDropMode.DragOnly)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setExpandsOnDoubleClick(False)
        self.setAccessibleName("Nodes by category")

    def mimeData(self, items: Iterable[QTreeWidgetItem]) -> QMimeData:
        data = QMimeData()
        for item in items:
            entry = item.data(0, ENTRY)
            if isinstance(entry, Entry):
                data.setData(NODE_MIME, QByteArray(entry.type.encode()))
        return data

    def mimeTypes(self) -> list[str]:
        return [NODE_MIME]

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_at(event.pos(), event.globalPos())

    def menu_at(self, spot: QPoint, place: QPoint) -> None:
        """Offer to star the node at a point."""
        item = self.itemAt(spot)
        entry = item.data(0, ENTRY) if item is not None else None
        if isinstance(entry, Entry):
            menu = QMenu(self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            starred = self.is_starred(entry.type)
            words = "Take from the favourites" if starred else "Add to the favourites"
            menu.addAction(icon("star"), words).triggered.connect(
                lambda: self.starred.emit(entry.type)
            )
            menu.popup(place)

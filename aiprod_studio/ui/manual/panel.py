"""The manual in the window: all nodes at the left, the page of one at the right.

F1 on a node opens its page. It changes nothing; a page can ask for its node to be added.
"""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSplitter,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from aiprod_studio.sdk import NodeSpec
from aiprod_studio.ui.library.fuzzy import entry_of, found
from aiprod_studio.ui.manual.pages import SCHEME, page
from aiprod_studio.ui.theme import current, icon, watch


class ManualPanel(QWidget):
    """Pages of all nodes, with a search."""

    asked_to_add = Signal(str)

    def __init__(self, specs: Mapping[str, NodeSpec], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme = current()
        self._specs = dict(specs)
        self._entries = [entry_of(spec) for spec in specs.values()]
        self._shown = ""
        self.setProperty("surface", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle("Manual")
        self.line = QLineEdit(self)
        self.line.setPlaceholderText("Search the manual")
        self.line.setAccessibleName("Search the manual")
        self.line.setClearButtonEnabled(True)
        self.list = QListWidget(self)
        self.list.setAccessibleName("Pages")
        self.view = QTextBrowser(self)
        self.view.setOpenLinks(False)
        self.view.setAccessibleName("Page")
        self.view.document().setDocumentMargin(theme.space(4))
        self.add = QPushButton(icon("plus"), "Add this node", self)
        self.nothing = QLabel("No page matches.", self)
        self.nothing.setProperty("role", "faint")
        self._lay_out()
        self.line.textChanged.connect(self._fill)
        self.line.returnPressed.connect(lambda: self.list.setFocus())
        self.list.currentItemChanged.connect(self._choose)
        self.view.anchorClicked.connect(self._follow)
        self.add.clicked.connect(lambda: self.asked_to_add.emit(self._shown))
        watch().changed.connect(self._show)
        self._fill("")
        self.show_node(next(iter(sorted(specs)), ""))

    def _lay_out(self) -> None:
        gap = current().space(2)
        left = QWidget(self)
        column = QVBoxLayout(left)
        column.setContentsMargins(gap, gap, gap, gap)
        column.setSpacing(gap)
        for part in (self.line, self.list, self.nothing):
            column.addWidget(part)
        right = QWidget(self)
        pages = QVBoxLayout(right)
        pages.setContentsMargins(0, gap, gap, gap)
        pages.addWidget(self.view)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.add)
        pages.addLayout(foot)
        split = QSplitter(Qt.Orientation.Horizontal, self)
        split.addWidget(left)
        split.addWidget(right)
        split.setStretchFactor(1, 1)
        split.setSizes([current().px(240), current().px(560)])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(split)

    @property
    def shown(self) -> str:
        """The node type whose page is seen."""
        return self._shown

    def set_specs(self, specs: Mapping[str, NodeSpec]) -> None:
        """Have pages of other nodes, after packs were switched on or off."""
        self._specs = dict(specs)
        self._entries = [entry_of(spec) for spec in specs.values()]
        self._fill(self.line.text())

    def show_node(self, node_type: str) -> None:
        """Show the page of a node type; unknown ones are said to be so."""
        self._shown = node_type
        for row in range(self.list.count()):
            item = self.list.item(row)
            if item is not None and item.data(Qt.ItemDataRole.UserRole) == node_type:
                self.list.setCurrentItem(item)
        self._show()

    def _show(self) -> None:
        spec = self._specs.get(self._shown)
        self.add.setEnabled(spec is not None)
        words = f"<p>There is no node {self._shown!r}. Its pack may be off.</p>"
        self.view.setHtml(page(spec, self._specs) if spec else words)

    def _fill(self, query: str) -> None:
        self.list.blockSignals(True)
        self.list.clear()
        for entry in found(self._entries, query):
            item = QListWidgetItem(entry.title, self.list)
            item.setData(Qt.ItemDataRole.UserRole, entry.type)
            item.setToolTip(entry.about)
            if entry.type == self._shown:
                self.list.setCurrentItem(item)
        self.list.blockSignals(False)
        self.nothing.setVisible(self.list.count() == 0)
        if query and self.list.currentRow() < 0:
            self.list.setCurrentRow(0)

    def _choose(self, item: QListWidgetItem | None, _: object = None) -> None:
        if item is not None:
            self._shown = str(item.data(Qt.ItemDataRole.UserRole))
            self._show()

    def _follow(self, url: QUrl) -> None:
        address = url.toString()
        if address.startswith(SCHEME):
            self.show_node(address.removeprefix(SCHEME))

"""What the pages of models, media and templates have in common: a search, a list, what to do.

A page fills `rows`; files are dragged as files, so the canvas takes them like those of the desktop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from aiprod_studio.ui.library.file_rows import DETAIL, HEADING, ICON, IMAGE, TONE, VALUE, FileRows
from aiprod_studio.ui.library.fuzzy import score
from aiprod_studio.ui.library.nodes_page import NODE_MIME, SearchLine
from aiprod_studio.ui.theme import current
from aiprod_studio.ui.theme.pieces import tool_button


@dataclass(frozen=True)
class ListRow:
    """A row: `value` is what it stands for; `path` is dragged, or `node` (a node type) is."""

    title: str
    value: object = None
    detail: str = ""
    tone: str = "text_faint"
    mark: str = "file"
    path: str = ""
    node: str = ""
    tip: str = ""
    heading: bool = False


class ListPage(QWidget):
    """A searched list."""

    activated = Signal(object)
    """The artist wants what a row stands for."""

    def __init__(self, kind: str, empty: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: Sequence[ListRow] = ()
        self._empty = empty
        self.line = SearchLine(self)
        self.line.setPlaceholderText(f"Search {kind}")
        self.line.setAccessibleName(f"Search {kind}")
        self.line.setClearButtonEnabled(True)
        self.list = FileList(self)
        self.list.setAccessibleName(kind.capitalize())
        self.nothing = QLabel(self)
        self.nothing.setWordWrap(True)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.setProperty("role", "faint")
        self.tools = QHBoxLayout()
        self.tools.setSpacing(current().space(1))
        self.tools.addWidget(self.line, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(current().space(2))
        layout.addLayout(self.tools)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.nothing, 1)
        self.line.textChanged.connect(lambda _: self._fill())
        self.line.stepped.connect(self._step)
        self.line.accepted.connect(self._accept)
        self.list.itemActivated.connect(self._activate)
        self._fill()

    def show_rows(self, rows: Sequence[ListRow]) -> None:
        """Show rows; headings without rows that match are left out."""
        self._rows = rows
        self._fill()

    def show_picture(self, value: object, image: QImage | None, detail: str | None = None) -> None:
        """Give the row of a value its picture, and other facts."""
        for number in range(self.list.count()):
            item = self.list.item(number)
            if item is not None and item.data(VALUE) == value:
                item.setData(IMAGE, image)
                if detail is not None:
                    item.setData(DETAIL, detail)

    def add_tool(self, mark: str, tip: str, run: Callable[[], None]) -> QToolButton:
        """Put a button beside the search."""
        button = tool_button(mark, tip, self, small=True)
        button.clicked.connect(lambda: run())
        self.tools.addWidget(button)
        return button

    def filled(self) -> None:
        """Called after the list was filled; a page may ask for pictures then."""

    def values(self) -> list[object]:
        """Return what the rows stand for that are seen."""
        items = (self.list.item(number) for number in range(self.list.count()))
        return [i.data(VALUE) for i in items if i is not None and not i.data(HEADING)]

    def _fill(self) -> None:
        query = self.line.text().strip()
        self.list.clear()
        heading: ListRow | None = None
        for row in self._rows:
            if row.heading:
                heading = row
                continue
            if query and not score(query, f"{row.title} {row.detail}"):
                continue
            if heading is not None:
                self._add(heading)
                heading = None
            self._add(row)
        some = self.list.count() > 0
        self.list.setVisible(some)
        self.nothing.setVisible(not some)
        self.nothing.setText("Nothing matches.\nTry fewer letters." if query else self._empty)
        if query and some:
            self._step(1)
        self.filled()

    def _add(self, row: ListRow) -> None:
        item = QListWidgetItem(row.title, self.list)
        for role, value in (
            (DETAIL, row.detail), (TONE, row.tone), (ICON, row.mark), (HEADING, row.heading),
            (VALUE, row.value),
        ):  # fmt: skip
            item.setData(role, value)
        item.setData(PATH, row.path)
        item.setData(NODE, row.node)
        item.setToolTip(row.tip or row.title)
        if row.heading:
            item.setFlags(Qt.ItemFlag.ItemIsEnabled)

    def _step(self, by: int) -> None:
        number = self.list.currentRow() + by
        while 0 <= number < self.list.count():
            item = self.list.item(number)
            if item is not None and not item.data(HEADING):
                self.list.setCurrentRow(number)
                return
            number += by

    def _accept(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self._activate(item)

    def _activate(self, item: QListWidgetItem) -> None:
        if not item.data(HEADING):
            self.activated.emit(item.data(VALUE))


PATH, NODE = VALUE + 1, VALUE + 2


class FileList(QListWidget):
    """A list whose rows are dragged as files, or as nodes."""

    menu_wanted = Signal(object, QPoint)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setItemDelegate(FileRows(self))
        self.setMouseTracking(True)
        self.setDragEnabled(True)
        self.setDragDropMode(QListWidget.DragDropMode.DragOnly)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setIconSize(QSize(36, 36))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._menu)

    def mimeData(self, items: Iterable[QListWidgetItem]) -> QMimeData:
        data = QMimeData()
        urls = []
        for item in items:
            if item.data(NODE):
                data.setData(NODE_MIME, str(item.data(NODE)).encode())
            elif item.data(PATH):
                urls.append(QUrl.fromLocalFile(str(Path(item.data(PATH)))))
        if urls:
            data.setUrls(urls)
        return data

    def mimeTypes(self) -> list[str]:
        return [NODE_MIME, "text/uri-list"]

    def _menu(self, spot: QPoint) -> None:
        item = self.itemAt(spot)
        if item is not None and not item.data(HEADING):
            self.menu_wanted.emit(item.data(VALUE), self.viewport().mapToGlobal(spot))

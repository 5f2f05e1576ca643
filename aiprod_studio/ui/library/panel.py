"""The library at the left: nodes, models, media and templates, each on a page of its own.

The window puts it beside the canvas. It changes no document: it asks for nodes, files and
templates by signals, and everything in it can be dragged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from aiprod_studio.sdk import NodeSpec
from aiprod_studio.ui.canvas.palette import DARK, Palette
from aiprod_studio.ui.editing import Editing
from aiprod_studio.ui.library.list_page import ListPage
from aiprod_studio.ui.library.media_page import MediaPage
from aiprod_studio.ui.library.models_page import ModelsPage
from aiprod_studio.ui.library.nodes_page import NodesPage
from aiprod_studio.ui.library.shelf import ShelfItem
from aiprod_studio.ui.library.templates_page import TemplatesPage
from aiprod_studio.ui.theme import current, icon

TABS = (
    ("nodes", "workflow", "Nodes"), ("models", "boxes", "Models"), ("media", "images", "Media"),
    ("templates", "layout-template", "Templates"),
)  # fmt: skip


class LibraryPanel(QWidget):
    """Pages to take things from; without a document there are only nodes."""

    asked_to_add = Signal(str)
    """A node of this type is wanted."""
    favourites_changed = Signal(list)
    files_wanted = Signal(list)
    """These files should become nodes, as if they had been dropped: paths."""
    template_wanted = Signal(object)
    """A template should be opened: `app.session.templates.Template`."""
    show_wanted = Signal(object)
    """A media file should be shown in the viewer: its path."""

    def __init__(
        self,
        specs: Mapping[str, NodeSpec],
        parent: QWidget | None = None,
        *,
        palette: Palette = DARK,
        favourites: Iterable[str] = (),
        editing: Editing | None = None,
    ) -> None:
        super().__init__(parent)
        theme = current()
        self.setProperty("surface", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Library")
        self._editing = editing
        self.nodes = NodesPage(specs, self, palette=palette, favourites=favourites)
        self.pages: dict[str, QWidget] = {"nodes": self.nodes}
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.nodes)
        self.tabs = QButtonGroup(self)
        self.tabs.setExclusive(True)
        layout = QVBoxLayout(self)
        gap = theme.space(2)
        layout.setContentsMargins(gap, gap, gap, gap)
        layout.setSpacing(gap)
        if editing is not None:
            layout.addLayout(self._tab_row())
            self.tabs.idClicked.connect(lambda number: self.show_page(TABS[number][0]))
        layout.addWidget(self.stack)
        self.nodes.asked_to_add.connect(self.asked_to_add)
        self.nodes.favourites_changed.connect(self.favourites_changed)

    def _tab_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(current().space(1))
        for number, (_, mark, title) in enumerate(TABS):
            button = QToolButton(self)
            button.setIcon(icon(mark, "text_dim", "text"))
            button.setIconSize(QSize(current().icon_size, current().icon_size))
            button.setCheckable(True)
            button.setToolTip(title)
            button.setAccessibleName(title)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            self.tabs.addButton(button, number)
            row.addWidget(button)
        self.tabs.button(0).setChecked(True)
        return row

    # The nodes.

    @property
    def favourites(self) -> list[str]:
        """The types that stand at the top."""
        return self.nodes.favourites

    def set_specs(self, specs: Mapping[str, NodeSpec]) -> None:
        """Show other node types, after packs were switched on or off."""
        self.nodes.set_specs(specs)

    def focus_search(self) -> None:
        """Put the keyboard into the search of the page that is seen."""
        page = self.stack.currentWidget()
        if isinstance(page, NodesPage | ListPage):
            page.line.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # The pages.

    @property
    def shown(self) -> str:
        """The page that is seen: nodes, models, media or templates."""
        return next(n for n, page in self.pages.items() if page is self.stack.currentWidget())

    def show_page(self, name: str) -> None:
        """Show a page; it is made when it is seen first."""
        page = self.pages.get(name) or self._make(name)
        if page is None:
            return
        self.stack.setCurrentWidget(page)
        number = next(n for n, tab in enumerate(TABS) if tab[0] == name)
        button = self.tabs.button(number)
        if button is not None:
            button.setChecked(True)

    def close(self) -> bool:
        """Stop following the document."""
        media = self.pages.get("media")
        if media is not None:
            media.close()
        return super().close()

    def _make(self, name: str) -> QWidget | None:
        editing = self._editing
        if editing is None:
            return None
        if name == "models":
            models = ModelsPage(editing, self)
            models.shelf.ensure()
            models.activated.connect(self._want_model)
            self.pages[name] = models
        elif name == "media":
            media = MediaPage(editing, self)
            media.show_wanted.connect(self.show_wanted)
            self.pages[name] = media
        else:
            templates = TemplatesPage(editing, self)
            templates.activated.connect(self.template_wanted)
            self.pages[name] = templates
        self.stack.addWidget(self.pages[name])
        return self.pages[name]

    def _want_model(self, item: object) -> None:
        if not isinstance(item, ShelfItem):
            return
        if item.name == "starter":
            self.asked_to_add.emit("models.load")
        elif item.kind != "broken":
            self.files_wanted.emit([Path(item.path)])

"""The settings: looks, memory budgets, folders, packs, shortcuts; one page each.

Changes hold when the artist presses Save; the window works by them at once, but for the scale.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from aiprod_studio.ui.actions import ActionRegistry
from aiprod_studio.ui.shell.folders_page import FoldersPage
from aiprod_studio.ui.shell.memory_keeper import MemoryKeeper
from aiprod_studio.ui.shell.packs_page import PacksPage
from aiprod_studio.ui.shell.settings_pages import LooksPage, MemoryPage
from aiprod_studio.ui.shell.shortcuts_page import ShortcutsPage
from aiprod_studio.ui.studio import Studio
from aiprod_studio.ui.theme import current, icon
from aiprod_studio.ui.theme.pieces import label, push_button

PAGES = (
    ("looks", "Looks", "palette"), ("memory", "Memory", "memory-stick"),
    ("folders", "Folders", "folder"), ("packs", "Packs", "package"),
    ("shortcuts", "Shortcuts", "keyboard"),
)  # fmt: skip


class SettingsDialog(QDialog):
    """All settings."""

    theme_wanted = Signal(str)
    restart_wanted = Signal()

    def __init__(
        self, studio: Studio, keeper: MemoryKeeper, registry: ActionRegistry, parent: QWidget
    ) -> None:
        super().__init__(parent)
        theme = current()
        self._studio, self._keeper, self._registry = studio, keeper, registry
        self.setWindowTitle("Settings")
        self.resize(theme.px(780), theme.px(540))
        self.pages = QListWidget(self)
        self.pages.setFixedWidth(theme.px(170))
        self.pages.setAccessibleName("Pages")
        self.stack = QStackedWidget(self)
        self.looks = LooksPage(keeper)
        self.memory = MemoryPage(studio)
        self.folders = FoldersPage(studio)
        self.packs = PacksPage(studio)
        self.shortcuts = ShortcutsPage(registry)
        for (_, title, picture), page in zip(
            PAGES, (self.looks, self.memory, self.folders, self.packs, self.shortcuts), strict=True
        ):
            self.pages.addItem(title)
            self.pages.item(self.pages.count() - 1).setIcon(icon(picture, "text_dim"))
            self.stack.addWidget(_scrolled(page) if page is not self.shortcuts else page)
        self.pages.currentRowChanged.connect(self.stack.setCurrentIndex)
        self.trouble = label("", "error", self)
        self.trouble.setWordWrap(True)
        cancel, self.save = push_button("Cancel"), push_button("Save", kind="primary")
        cancel.clicked.connect(self.reject)
        self.save.clicked.connect(self._save)
        self.save.setDefault(True)
        bottom = QHBoxLayout()
        bottom.addWidget(self.trouble, 1)
        bottom.addWidget(cancel)
        bottom.addWidget(self.save)
        middle = QHBoxLayout()
        middle.setSpacing(theme.space(4))
        middle.addWidget(self.pages)
        middle.addWidget(self.stack, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.space(4)] * 4)
        column.setSpacing(theme.space(4))
        column.addLayout(middle, 1)
        column.addLayout(bottom)
        self.show_page("looks")

    def show_page(self, name: str) -> None:
        """Go to a page."""
        self.pages.setCurrentRow([page for page, _, _ in PAGES].index(name))

    def _save(self) -> None:
        problem = self.memory.problem()
        if problem:
            self.show_page("memory")
            self.trouble.setText(problem)
            return
        settings = replace(
            self._studio.settings,
            vram=self.memory.vram.text().strip(),
            ram=self.memory.ram.text().strip(),
            model_folders=self.folders.models.folders(),
            folders=self.folders.media.folders(),
            packs=self.packs.allowed(),
        )
        before = self._keeper.memory
        self._keeper.update(keys=self.shortcuts.keys(), **self.looks.values())
        self._registry.bind(self._keeper.memory.keys)
        if before.theme != self._keeper.memory.theme:
            self.theme_wanted.emit(self._keeper.memory.theme)
        self._studio.decide(settings)
        self.accept()
        if before.scale != self._keeper.memory.scale:
            self.restart_wanted.emit()


def _scrolled(page: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(page)
    return area

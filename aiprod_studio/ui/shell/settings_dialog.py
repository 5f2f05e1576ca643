"""The settings: looks, memory budgets, folders, packs, shortcuts; one page each.

Changes hold when the artist presses Save; the window works by them at once, but for the scale.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from aiprod_studio.app.packs import Pack
from aiprod_studio.memory.budgets import measure_ram, parse_size, show_size
from aiprod_studio.sdk import Refusal
from aiprod_studio.ui.actions import ActionRegistry
from aiprod_studio.ui.shell.asking import folder_to_use
from aiprod_studio.ui.shell.buttons import dress, label, push_button, set_role, tool_button
from aiprod_studio.ui.shell.memory_keeper import MemoryKeeper
from aiprod_studio.ui.shell.shortcuts_page import ShortcutsPage
from aiprod_studio.ui.studio import Studio
from aiprod_studio.ui.theme import current, icon

PAGES = (
    ("looks", "Looks", "palette"), ("memory", "Memory", "memory-stick"),
    ("folders", "Folders", "folder"), ("packs", "Packs", "package"),
    ("shortcuts", "Shortcuts", "keyboard"),
)  # fmt: skip
SCALES = (100, 125, 150, 175, 200)


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


class LooksPage(QWidget):
    """Theme, scale, and what is shown when."""

    def __init__(self, keeper: MemoryKeeper) -> None:
        super().__init__()
        memory = keeper.memory
        self.theme = QComboBox()
        self.theme.addItems(["Dark", "Light"])
        self.theme.setCurrentIndex(1 if memory.theme == "light" else 0)
        self.scale = QComboBox()
        for percent in SCALES:
            self.scale.addItem(f"{percent} %", percent)
        self.scale.setCurrentIndex(
            min(range(len(SCALES)), key=lambda i: abs(SCALES[i] - memory.scale))
        )
        self.plan = QCheckBox("Show the plan before each run")
        self.plan.setChecked(memory.show_plan)
        self.notify = QCheckBox("Tell when a job ends while I look elsewhere")
        self.notify.setChecked(memory.notify)
        form = _form(self)
        form.addRow("Theme", self.theme)
        form.addRow("Size of everything", self.scale)
        form.addRow("", label("The size changes when the program starts again.", "faint"))
        form.addRow("Running", self.plan)
        form.addRow("", self.notify)
        for box, name in ((self.theme, "Theme"), (self.scale, "Size of everything")):
            box.setAccessibleName(name)

    def values(self) -> dict[str, object]:
        """Return what is chosen, by the names of the window's memory."""
        return {
            "theme": "light" if self.theme.currentIndex() else "dark",
            "scale": int(self.scale.currentData()),
            "show_plan": self.plan.isChecked(),
            "notify": self.notify.isChecked(),
        }


class MemoryPage(QWidget):
    """The budgets."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self.vram, self.ram = QLineEdit(studio.settings.vram), QLineEdit(studio.settings.ram)
        total, free = measure_ram()
        self.vram.setPlaceholderText("what is free at the start")
        self.ram.setPlaceholderText(f"what is free ({show_size(free)} of {show_size(total)})")
        form = _form(self)
        about = label(
            "A plan that does not fit these budgets is refused before it runs, with what would "
            "make it fit. Leave them empty to use what is free.", "dim",
        )  # fmt: skip
        about.setWordWrap(True)
        form.addRow(about)
        form.addRow("Graphics memory", self.vram)
        form.addRow("Main memory", self.ram)
        form.addRow("", label("Write a size such as 8GB or 7.5GB.", "faint"))
        for field, name in ((self.vram, "Graphics memory"), (self.ram, "Main memory")):
            field.setAccessibleName(name)
            field.textChanged.connect(self._mark)

    def problem(self) -> str:
        """Return why the budgets cannot be used, "" when they can."""
        for field, name in ((self.vram, "Graphics memory"), (self.ram, "Main memory")):
            try:
                if field.text().strip():
                    parse_size(field.text(), where=name)
            except Refusal as refusal:
                return str(refusal)
        return ""

    def _mark(self) -> None:
        for field in (self.vram, self.ram):
            text = field.text().strip()
            try:
                if text:
                    parse_size(text)
                set_role(field, "invalid", False)
            except Refusal:
                set_role(field, "invalid", True)


class FolderList(QWidget):
    """A list of folders that can grow and shrink."""

    def __init__(self, title: str, folders: tuple[str, ...]) -> None:
        super().__init__()
        theme = current()
        self._title = title
        self.list = QListWidget()
        dress(self.list, "field")
        self.list.setAccessibleName(title)
        self.list.addItems(list(folders))
        self.list.setMinimumHeight(theme.px(96))
        add = push_button("Add folder…", picture="folder-plus")
        add.clicked.connect(self._ask)
        remove = tool_button("trash-2", "Take the chosen folder out")
        remove.clicked.connect(self._remove)
        row = QHBoxLayout()
        row.addWidget(add)
        row.addWidget(remove)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.space(2))
        column.addWidget(self.list)
        column.addLayout(row)

    def folders(self) -> tuple[str, ...]:
        """Return the folders."""
        return tuple(self.list.item(row).text() for row in range(self.list.count()))

    def add(self, folder: str) -> None:
        """Add a folder that is not there yet."""
        if folder not in self.folders():
            self.list.addItem(folder)

    def _ask(self) -> None:
        folder = folder_to_use(self, self._title, "")
        if folder is not None:
            self.add(str(folder))

    def _remove(self) -> None:
        for item in self.list.selectedItems():
            self.list.takeItem(self.list.row(item))


class FoldersPage(QWidget):
    """Where models lie, and what workflows may read."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        settings = studio.settings
        self.models = FolderList("Model folders", settings.model_folders)
        self.media = FolderList("Folders that workflows may read", settings.folders)
        column = QVBoxLayout(self)
        column.setSpacing(current().space(2))
        column.addWidget(label("Model folders", "strong"))
        words = "Searched for models and LoRAs, sub-folders included; ComfyUI's models folder fits."
        column.addWidget(label(words, "faint"))
        column.addWidget(self.models)
        column.addSpacing(current().space(3))
        column.addWidget(label("Folders that workflows may read", "strong"))
        words = "A workflow reads files beside it, and in these folders. Nothing else."
        column.addWidget(label(words, "faint"))
        column.addWidget(self.media)
        column.addStretch(1)


class PacksPage(QWidget):
    """Packs of third parties: what they are, what they ask for, on or off."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self._boxes: list[tuple[Pack, QCheckBox]] = []
        theme = current()
        column = QVBoxLayout(self)
        column.setSpacing(theme.space(3))
        words = (
            "A pack is a program: it can do whatever you can. Switch on only packs whose author "
            "you trust. A pack whose files change is off again."
        )
        about = label(words, "dim")
        about.setWordWrap(True)
        column.addWidget(about)
        foreign = [pack for pack in studio.registry.packs if not pack.own]
        for pack in foreign:
            column.addWidget(self._card(pack))
        if not foreign:
            column.addWidget(label(f"No packs lie in {studio.places.packs}.", "faint"))
        column.addStretch(1)

    def allowed(self) -> dict[str, str]:
        """Return the digests of the packs that are switched on, by name."""
        known = {pack.name for pack, _ in self._boxes}
        kept = {n: d for n, d in self._studio.settings.packs.items() if n not in known}
        return kept | {pack.name: pack.digest for pack, box in self._boxes if box.isChecked()}

    def _card(self, pack: Pack) -> QWidget:
        theme = current()
        card = QWidget()
        dress(card, "card")
        column = QVBoxLayout(card)
        column.setContentsMargins(*[theme.space(3)] * 4)
        box = QCheckBox(f"{pack.name} {pack.version}".strip())
        box.setChecked(pack.allowed)
        self._boxes.append((pack, box))
        column.addWidget(box)
        parts = (
            pack.about, f"By {pack.author}" if pack.author else "By an unnamed author",
            f"Asks for: {', '.join(pack.asks)}" if pack.asks else "Does not say what it asks for",
        )  # fmt: skip
        for words in filter(None, parts):
            found = label(words, "dim")
            found.setWordWrap(True)
            column.addWidget(found)
        return card


def _form(page: QWidget) -> QFormLayout:
    theme = current()
    form = QFormLayout(page)
    form.setContentsMargins(0, 0, theme.space(2), 0)
    form.setHorizontalSpacing(theme.space(6))
    form.setVerticalSpacing(theme.space(3))
    form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
    return form


def _scrolled(page: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(page)
    return area

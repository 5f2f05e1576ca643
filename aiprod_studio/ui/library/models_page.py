"""The models on this machine: what each is, how large it is, and whether it fits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QWidget

from aiprod_studio.ui.editing import Editing
from aiprod_studio.ui.library.list_page import ListPage, ListRow
from aiprod_studio.ui.library.shelf import ShelfItem, ShelfKind, shelf_of
from aiprod_studio.ui.library.sizes import size_shown
from aiprod_studio.ui.theme import icon

HEADINGS: tuple[tuple[ShelfKind, str], ...] = (
    ("model", "Models"), ("lora", "LoRAs"), ("part", "Parts of models"),
    ("broken", "Cannot be used"),
)  # fmt: skip
MARKS = {"model": "boxes", "lora": "layers-2", "part": "puzzle", "broken": "file-warning"}
TONES = {"fits": "good", "streams": "warn", "too large": "bad", "": "text_faint"}
EMPTY = "No models were found.\nAdd the folder that your models are in."


class ModelsPage(ListPage):
    """The models of the shelf."""

    def __init__(self, editing: Editing, parent: QWidget | None = None) -> None:
        super().__init__("models", EMPTY, parent)
        self._editing = editing
        self.shelf = shelf_of(editing.studio)
        self.add_tool("refresh-cw", "Look again", self.shelf.refresh)
        self.add_tool("folder-plus", "Add a folder with models", self.ask_folder)
        self.shelf.changed.connect(self._show)
        self.list.menu_wanted.connect(self._menu)
        if self.shelf.looked:
            self._show()

    def ask_folder(self) -> None:
        """Ask for a folder to look into."""
        dialog = QFileDialog(self, "Add a folder with models")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self.add_folder)
        dialog.open()

    def add_folder(self, folder: str) -> None:
        """Look into another folder from now on."""
        settings = self._editing.settings
        known = dict.fromkeys((*settings.model_folders, folder))
        self._editing.studio.decide(replace(settings, model_folders=tuple(known)))

    def _show(self) -> None:
        if self.shelf.problem is not None:
            self.show_rows([])
            self.nothing.setText(str(self.shelf.problem))
            return
        rows: list[ListRow] = []
        for kind, title in HEADINGS:
            rows.append(ListRow(title, heading=True))
            rows += [_row(item) for item in self.shelf.items if item.kind == kind]
        self.show_rows(rows)

    def _menu(self, item: object, place: QPoint) -> None:
        if not isinstance(item, ShelfItem):
            return
        menu = QMenu(self)
        copy = menu.addAction(icon("copy"), "Copy name")
        copy.triggered.connect(lambda: QApplication.clipboard().setText(item.name))
        folder, show_folder = Path(item.path).parent, self._editing.studio.show_folder
        show = menu.addAction(icon("folder-open"), "Open its folder")
        show.triggered.connect(lambda: show_folder(folder))
        menu.popup(place)


def _row(item: ShelfItem) -> ListRow:
    facts = ", ".join(part for part in (item.family, size_shown(item.size), item.fit) if part)
    tip = "\n".join(
        part for part in (item.path, item.storage, ", ".join(item.parts), item.held) if part
    )
    broken = item.kind == "broken"
    detail = item.problem if broken else facts
    tone = "bad" if broken else TONES[item.fit]
    node = "models.load" if item.name == "starter" else ""
    return ListRow(item.name, item, detail, tone, MARKS[item.kind], item.path, node, tip)

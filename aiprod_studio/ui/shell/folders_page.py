"""The page of the settings where folders are named: of models, and of what workflows may read."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QListWidget, QVBoxLayout, QWidget

from aiprod_studio.ui.shell.asking import folder_to_use
from aiprod_studio.ui.studio import Studio
from aiprod_studio.ui.theme import current
from aiprod_studio.ui.theme.pieces import dress, label, push_button, tool_button


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
        column.addWidget(
            _words(
                "Searched for models and LoRAs, sub-folders included, after "
                f"{studio.places.models}, which always is. ComfyUI's models folder fits."
            )
        )
        column.addWidget(self.models)
        column.addSpacing(current().space(3))
        column.addWidget(label("Folders that workflows may read", "strong"))
        column.addWidget(_words("A workflow reads files beside it, and in these. Nothing else."))
        column.addWidget(self.media)
        column.addStretch(1)


def _words(text: str) -> QLabel:
    found = label(text, "faint")
    found.setWordWrap(True)
    return found

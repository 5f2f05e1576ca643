"""A model: one of those found on the disk, with family, size and whether it fits, or a path."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from aiprod_studio.sdk import ModelName, ParamSpec
from aiprod_studio.ui.editing import Editing
from aiprod_studio.ui.inspector.bringing import named_from
from aiprod_studio.ui.inspector.fields.choice import ChoiceField
from aiprod_studio.ui.inspector.fields.field import Field, paint_role
from aiprod_studio.ui.library.shelf import ShelfItem, shelf_of
from aiprod_studio.ui.library.sizes import size_shown
from aiprod_studio.ui.theme import current
from aiprod_studio.ui.theme.pieces import tool_button

TONES = {"fits": "good", "streams": "warning", "too large": "error", "": "faint"}


class ModelField(Field):
    """Edits the name of a model."""

    wide = True

    def __init__(self, param: ParamSpec, editing: Editing, parent: QWidget | None = None) -> None:
        super().__init__(param, parent)
        self._editing, self._value = editing, ""
        self.shelf = shelf_of(editing.studio)
        self.choice = _Models(param, self)
        self.choice.committed.connect(self._choose)
        self.about = QLabel(self)
        self.about.setWordWrap(True)
        browse = tool_button(
            "folder-open", "Choose a model file of the workflow's folders", self, small=True
        )
        browse.clicked.connect(self.browse)
        row = QHBoxLayout()
        row.setSpacing(current().space(1))
        row.addWidget(self.choice, 1)
        row.addWidget(browse)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(current().space(1))
        layout.addLayout(row)
        layout.addWidget(self.about)
        self.setFocusProxy(self.choice)
        self.shelf.changed.connect(self._tell)
        self.shelf.ensure()

    def show_value(self, value: Any, *, mixed: bool = False) -> None:
        self._value = "" if mixed else str(value)
        self.choice.show_value(value, mixed=mixed)
        self._tell()

    def show_problem(self, problem: bool) -> None:
        self.choice.show_problem(problem)

    def browse(self) -> None:
        """Open the dialog."""
        kinds = "Models (*.safetensors *.gguf *.sft);;All files (*)"
        start = str(self._editing.folder)
        dialog = QFileDialog(self, "Choose a model", start, kinds)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.take(Path(name)))
        dialog.open()

    def take(self, path: Path) -> None:
        """Use a model file by the name that the library or the workflow has for it."""
        known = next((i for i in self.shelf.items if Path(i.path) == path.resolve()), None)
        if known is not None:
            self.committed.emit(known.name)
            return
        name = named_from(path, self._editing.folder, self._editing.settings.folders)
        if name is None:
            self.about.setText(
                f"{path.parent} is no model folder. Add it to the model folders in the settings."
            )
            self._tone("error")
            return
        self.committed.emit(name)

    def _choose(self, value: object) -> None:
        self.committed.emit(value)

    def _item(self) -> ShelfItem | None:
        items = self.shelf.items
        return next((i for i in items if self._value in (i.name, Path(i.path).name)), None)

    def _tell(self) -> None:
        item = self._item()
        if item is not None:
            parts = (item.family, size_shown(item.size), item.held or item.problem)
            self.about.setText(", ".join(part for part in parts if part))
            self._tone("error" if item.problem else TONES[item.fit])
        elif self.shelf.looking or not self._value:
            self.about.setText("Looking for models…" if self.shelf.looking else "")
            self._tone("faint")
        else:
            beside = (self._editing.folder / self._value).exists()
            words = "a file beside the workflow" if beside else (
                "It is not in the model folders. Choose another, or add its folder in the settings."
            )  # fmt: skip
            self.about.setText(words)
            self._tone("faint" if beside else "error")

    def _tone(self, role: str) -> None:
        paint_role(self.about, role)


class _Models(ChoiceField):
    """The models of the shelf that have what the parameter needs."""

    def options(self) -> Sequence[tuple[str, str]]:
        owner = self.parent()
        items = owner.shelf.models() if isinstance(owner, ModelField) else []
        hint = self.param.hint
        needed = hint.components if isinstance(hint, ModelName) else ()
        fitting = [item for item in items if _has(item, needed)]
        return [(item.name, _words(item)) for item in fitting]


def _has(item: ShelfItem, needed: tuple[str, ...]) -> bool:
    if not needed:
        return item.kind == "model"
    if "lora" in needed:
        return item.kind == "lora"
    return item.name == "starter" or any(part in item.parts for part in needed)


def _words(item: ShelfItem) -> str:
    parts = (item.family, size_shown(item.size), item.fit)
    return ", ".join(part for part in parts if part)

"""The few questions that the window asks first: which file, and what of unsaved work."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, TypeAlias

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

Answer: TypeAlias = Literal["save", "discard", "cancel"]
WORKFLOWS = "Workflows (*.json)"
OPENABLE = (
    "All that opens (*.json *.png *.jpg *.jpeg *.webp *.gif *.mp4 *.mov *.mkv *.webm);;"
    f"{WORKFLOWS};;All files (*)"
)


def files_to_open(parent: QWidget, folder: str) -> list[Path]:
    """Ask which files to open; none when the artist changed their mind."""
    names, _ = QFileDialog.getOpenFileNames(parent, "Open", folder, OPENABLE)
    return [Path(name) for name in names]


def file_to_save(parent: QWidget, proposed: Path) -> Path | None:
    """Ask where to save."""
    name, _ = QFileDialog.getSaveFileName(parent, "Save as", str(proposed), WORKFLOWS)
    if not name:
        return None
    path = Path(name)
    return path if path.suffix else path.with_suffix(".json")


def folder_to_use(parent: QWidget, title: str, folder: str) -> Path | None:
    """Ask for a folder."""
    name = QFileDialog.getExistingDirectory(parent, title, folder)
    return Path(name) if name else None


def keep_changes(parent: QWidget, title: str) -> Answer:
    """Ask what becomes of unsaved changes."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.NoIcon)
    box.setWindowTitle("Unsaved changes")
    box.setText(f"Save the changes in “{title}”?")
    box.setInformativeText("Without saving they are lost.")
    kinds = QMessageBox.StandardButton
    box.setStandardButtons(kinds.Save | kinds.Discard | kinds.Cancel)
    box.setDefaultButton(kinds.Save)
    answers: dict[int, Answer] = {kinds.Save.value: "save", kinds.Discard.value: "discard"}
    return answers.get(box.exec(), "cancel")

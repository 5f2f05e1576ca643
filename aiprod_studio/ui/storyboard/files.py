"""Files and pictures that come onto the board: imported, dropped, pasted, chosen for a panel.

Reading and copying happen in threads; what comes of it is one undo step, and what cannot be read is
told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from aiprod_studio.app.session.board_files import (
    BOARDS,
    CUTS,
    PANELS,
    SOUNDS,
    Brought,
    bring,
    kept_image,
    kept_sound,
    next_version,
)
from aiprod_studio.sdk import Invalid, Refusal
from aiprod_studio.story.board import Panel
from aiprod_studio.story.interchange.pictures import ENDINGS, relative
from aiprod_studio.ui.editing import Editing
from aiprod_studio.ui.storyboard.acts import Acts
from aiprod_studio.ui.storyboard.cards import files_in
from aiprod_studio.ui.storyboard.clipboard import unpacked
from aiprod_studio.ui.storyboard.importing import take
from aiprod_studio.ui.storyboard.model.layout import Box, Drop

KINDS = {"image": ("Images", sorted(ENDINGS)), "sound": ("Sounds", list(SOUNDS))}
NOWHERE = Box(0, 0, 0, 0)


class Files(QObject):
    """Brings files onto the board of a document."""

    def __init__(self, editing: Editing, acts: Acts, window: QWidget) -> None:
        super().__init__(window)
        self.editing, self.acts, self._window = editing, acts, window

    def import_files(self) -> None:
        """Choose images or a board to bring in."""
        kinds = _pattern((*sorted(ENDINGS), *BOARDS, *CUTS, *SOUNDS))
        names, _ = QFileDialog.getOpenFileNames(
            self._window, "Import images or a board", str(self.editing.folder),
            f"Images, boards and sounds ({kinds});;All files (*)",
        )  # fmt: skip
        self.bring([Path(name) for name in names], None)

    def import_folder(self) -> None:
        """Choose a folder whose images become shots."""
        name = QFileDialog.getExistingDirectory(
            self._window, "Import a folder of images", str(self.editing.folder)
        )
        if name:
            self.bring([Path(name)], None)

    def choose(self, kind: str) -> None:
        """Choose an image or a sound for the chosen panel."""
        title, endings = KINDS[kind]
        panel = self.acts.cards.at
        name, _ = QFileDialog.getOpenFileName(
            self._window, f"Choose the {kind} of the panel", str(self.editing.folder),
            f"{title} ({_pattern(endings)})",
        )  # fmt: skip
        if name and panel:
            self.give(panel, kind, Path(name))

    def give(self, panel: str, kind: str, file: Path) -> None:
        """Give a panel an image or a sound."""
        folder, assets = self.editing.folder, self.editing.assets
        keep = kept_image if kind == "image" else kept_sound
        self.editing.studio.later(
            lambda: keep(file, folder, assets),
            lambda kept: self.acts.set_panel(panel, kind, kept),
            self.editing.refused.emit,
            owner=self,
        )

    def bring(self, files: list[Path], drop: Drop | None) -> None:
        """Bring files onto the board; what cannot be read is told."""
        if not files:
            return
        editing, rate = self.editing, self.editing.board().rate
        folder, assets = editing.folder, editing.assets
        editing.studio.later(
            lambda: bring(files, folder, assets, rate),
            lambda brought: self._brought(brought, drop),
            editing.refused.emit,
            owner=self,
        )

    def _brought(self, brought: Brought, drop: Drop | None) -> None:
        before = self.acts.names()
        take(self.editing, brought, "Import", drop)
        self.acts.choose_new(before)

    # The clipboard.

    def can_paste(self) -> bool:
        """Say whether there is anything for the board on the clipboard."""
        data = QApplication.clipboard().mimeData()
        return bool(unpacked(data).panels or files_in(data) or data.hasImage())

    def paste(self) -> None:
        """Put panels, files or a picture from the clipboard behind the chosen panel."""
        data = QApplication.clipboard().mimeData()
        packed = unpacked(data)
        if packed.panels:
            self._paste_panels(packed.panels, packed.folder)
        elif files_in(data):
            self.bring(files_in(data), self.place())
        elif data.hasImage():
            self._paste_picture(QImage(data.imageData()))

    def _paste_panels(self, panels: Sequence[Panel], home: Path) -> None:
        folder, assets = self.editing.folder, self.editing.assets
        if home == folder.resolve():
            self.acts.put(panels)
            return
        self.editing.studio.later(
            lambda: [_moved(panel, home, folder, assets) for panel in panels],
            self.acts.put,
            self.editing.refused.emit,
            owner=self,
        )

    def _paste_picture(self, picture: QImage) -> None:
        folder = self.editing.assets / PANELS
        file = next_version(Path("pasted.png"), folder)
        folder.mkdir(parents=True, exist_ok=True)
        if not picture.save(str(file)):
            why = "the picture cannot be kept in the folder of the document"
            self.editing.refused.emit(Invalid("clipboard", why, "Make room on the disk."))
            return
        found = Brought((relative(file, self.editing.folder),))
        self._brought(found, self.place())

    def place(self) -> Drop | None:
        """Return the place of the chosen panel: onto it while it has no image, else behind it."""
        at, shot = self.acts.cards.at, self.acts.shot_at()
        if shot is None:
            return None
        names = [panel.name for panel in shot.panels]
        after = names[names.index(at) + 1 :]
        onto = "" if self.acts.cards.panel(at).image else at
        return Drop(shot.name, after[0] if after else "", NOWHERE, onto=onto)


def _pattern(endings: Sequence[str]) -> str:
    return " ".join(f"*{ending}" for ending in endings)


def _moved(panel: Panel, home: Path, folder: Path, assets: Path) -> Panel:
    """Return a panel of another document with its files brought along; missing ones stay named."""

    def along(name: str, keep: Callable[[Path, Path, Path], str]) -> str:
        try:
            return keep(home / name, folder, assets) if name else ""
        except Refusal:
            return name

    image, sound = along(panel.image, kept_image), along(panel.sound, kept_sound)
    return replace(panel, image=image, sound=sound)

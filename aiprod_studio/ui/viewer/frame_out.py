"""A frame taken out of the viewer: onto the clipboard, or into a PNG.

The viewer's commands call it; the file is written in a thread.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from aiprod_studio.sdk import Image
from aiprod_studio.ui.viewer.pictures import image_of

if TYPE_CHECKING:
    from aiprod_studio.sdk.values import UInt8Array
    from aiprod_studio.ui.viewer.panel import ViewerPanel


def copy_frame(panel: ViewerPanel) -> None:
    """Put the frame on the clipboard."""
    image = image_of(panel.picture.frame)
    if image is not None:
        QGuiApplication.clipboard().setImage(image)
        panel.editing.said.emit("The frame is on the clipboard.")


def ask_to_save(panel: ViewerPanel) -> None:
    """Ask where to, and write the frame as a PNG."""
    frame = panel.picture.frame
    if frame is None:
        return
    name = f"{panel.node or 'frame'}-{max(0, panel.player.index):04d}.png".replace("/", "-")
    dialog = QFileDialog(panel, "Save this frame", str(panel.editing.folder / name))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("png")
    dialog.setNameFilter("PNG pictures (*.png)")
    dialog.selectFile(name)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(lambda path: write_frame(panel, frame, Path(path)))
    dialog.open()


def write_frame(panel: ViewerPanel, frame: UInt8Array, path: Path) -> None:
    """Write a frame, uint8 (height, width, 3), as a picture, in a thread."""
    panel.editing.studio.later(
        lambda: _save(frame, path),
        lambda _: panel.editing.said.emit(f"Saved {path.name}."),
        panel.editing.refused.emit,
        owner=panel,
    )


def _save(frame: UInt8Array, path: Path) -> None:
    from aiprod_studio.media import save_image  # here, so that the window never loads it itself

    save_image(Image(frame), path)

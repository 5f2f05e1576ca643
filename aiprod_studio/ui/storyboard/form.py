"""How the forms at the side of the board are laid out: names at the left, equally wide."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QLabel, QSpinBox, QWidget

from aiprod_studio.ui.theme import current
from aiprod_studio.ui.theme.pieces import label


class Form(QFormLayout):
    """Rows of a name and a field that stand in line with those of other forms."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        theme = current()
        self.setContentsMargins(0, 0, 0, 0)
        self.setHorizontalSpacing(theme.space(3))
        self.setVerticalSpacing(theme.space(2))
        self.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        self.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)


def name_of(words: str) -> QLabel:
    """Return the name of a field; all are equally wide, so that the fields stand in line."""
    found = label(words, "dim")
    found.setFixedWidth(current().px(64))
    return found


def frames_box(least: int, most: int, name: str) -> QSpinBox:
    """Return a field for a number of frames; it tells when the number is left, not while typed."""
    box = QSpinBox()
    box.setRange(least, most)
    box.setProperty("least", least)
    box.setSuffix(" frames")
    box.setKeyboardTracking(False)
    box.setAccessibleName(name)
    box.lineEdit().setTextMargins(current().space(2), 0, 0, 0)
    return box


def show_frames(box: QSpinBox, frames: int, *, fixed: bool = False) -> None:
    """Show a number of frames without telling it; `fixed` keeps it from being changed.

    What a file says is shown even where the artist could not have said it, such as no frame at all.
    """
    box.blockSignals(True)
    box.setMinimum(min(frames, box.property("least")))
    box.setValue(frames)
    box.setReadOnly(fixed)
    box.blockSignals(False)

"""The fields of a shot: its state, title and prompt, seed and handles.

It shows what it is told and tells edits by `wanted`.
"""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from aiprod_studio.story.board import Shot
from aiprod_studio.story.edits import SetShot
from aiprod_studio.ui.footage.looks import ShotLook
from aiprod_studio.ui.footage.marking import TIPS
from aiprod_studio.ui.storyboard.form import Form, frames_box, name_of, show_frames
from aiprod_studio.ui.storyboard.words_field import WordsField
from aiprod_studio.ui.theme.pieces import label

MOST_HANDLES = 240


class ShotForm(QWidget):
    """The fields of one shot."""

    wanted = Signal(object, str)
    """Edits, and what to call them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shot: Shot | None = None
        self.state = label("", "dim")
        self.title = QLineEdit(placeholderText="Name of the shot")
        self.title.setAccessibleName("Title of the shot")
        self.title.editingFinished.connect(lambda: self._set("title", self.title.text()))
        self.prompt = WordsField("Prompt", "What the model shall show", 3)
        self.prompt.left.connect(lambda words: self._set("prompt", words))
        self.seed = QLineEdit(placeholderText="Automatic")
        self.seed.setAccessibleName("Seed of the shot")
        self.seed.editingFinished.connect(self._set_seed)
        self.handles = frames_box(0, MOST_HANDLES, "Handles")
        self.handles.setToolTip("Spare frames rendered before and after, for transitions and trims")
        self.handles.valueChanged.connect(lambda value: self._set("handles", value))
        form = Form(self)
        for name, field in (
            ("State", self.state), ("Title", self.title), ("Prompt", self.prompt),
            ("Seed", self.seed), ("Handles", self.handles),
        ):  # fmt: skip
            form.addRow(name_of(name), field)

    def show_shot(self, shot: Shot, look: ShotLook | None) -> None:
        """Show a shot and what is known of its take; its fields are fixed while it is locked."""
        self.shot = shot
        self.state.setText(_state(look))
        seed = "" if shot.seed is None else str(shot.seed)
        for line, text in ((self.title, shot.title), (self.seed, seed)):
            if line.text() != text and not line.hasFocus():
                line.setText(text)
            line.setReadOnly(shot.locked)
        self.prompt.show_words(shot.prompt)
        self.prompt.setReadOnly(shot.locked)
        show_frames(self.handles, shot.handles, fixed=shot.locked)

    def show_nothing(self) -> None:
        """Show no shot."""
        self.shot = None
        self.prompt.show_words("")
        self.title.clear()
        self.seed.clear()
        self.state.clear()

    def commit(self) -> None:
        """Tell what was typed."""
        self.prompt.commit()

    def _set(self, key: str, value: str | int | None) -> None:
        if self.shot is not None and getattr(self.shot, key) != value:
            self.wanted.emit((SetShot(self.shot.name, {key: value}),), f"Change {key}")

    def _set_seed(self) -> None:
        words = self.seed.text().strip()
        if not words or words.isdecimal():
            self._set("seed", int(words) if words else None)
        elif self.shot is not None:
            self.seed.setText("" if self.shot.seed is None else str(self.shot.seed))


def _state(look: ShotLook | None) -> str:
    if look is None:
        return ""
    if look.progress is not None:
        return f"Rendering: {look.note or f'{round(look.progress * 100)} %'}"
    return TIPS[look.state]

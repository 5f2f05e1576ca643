"""The fields of a panel: how long it lasts, what is said, done and noted, its image and sound.

It shows what it is told and tells edits by `wanted`; whoever hears `file_wanted` chooses files.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from aiprod_studio.story.board import Panel
from aiprod_studio.story.edits import SetPanel
from aiprod_studio.story.timing import spoken_frames
from aiprod_studio.ui.storyboard.file_line import FileLine
from aiprod_studio.ui.storyboard.form import Form, frames_box, name_of, show_frames
from aiprod_studio.ui.storyboard.painting import seconds_words
from aiprod_studio.ui.storyboard.words_field import WordsField
from aiprod_studio.ui.theme import current
from aiprod_studio.ui.theme.pieces import label, push_button

LONGEST = 24 * 3600 * 10
WORDS = (
    ("dialogue", "Dialogue", "What is said", 3),
    ("action", "Action", "What happens", 2),
    ("camera", "Camera", "Pan left, close up…", 1),
    ("notes", "Notes", "For the artist; never rendered", 2),
)
FILES = (
    ("image", "Image", "None: drop one here", "image-plus"),
    ("sound", "Sound", "Scratch sound of the animatic", "music"),
)


class PanelForm(QWidget):
    """The fields of one panel; a duration goes to all panels that are chosen."""

    wanted = Signal(object, str)
    """Edits, and what to call them."""
    fit_wanted = Signal()
    """The panel shall last as long as its dialogue."""
    file_wanted = Signal(str)
    """A file shall be chosen: "image" or "sound"."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.panel: Panel | None = None
        self._chosen: tuple[str, ...] = ()
        self.fields = {key: WordsField(name, hint, lines) for key, name, hint, lines in WORDS}
        self.files = {key: FileLine(name, hint, icon) for key, name, hint, icon in FILES}
        form = Form(self)
        form.addRow(name_of("Duration"), self._duration_row())
        for key, name, _, _ in WORDS:
            self.fields[key].left.connect(self._setter(key))
            form.addRow(name_of(name), self.fields[key])
        for key, name, _, _ in FILES:
            self.files[key].choose_wanted.connect(self._chooser(key))
            self.files[key].clear_wanted.connect(self._clearer(key))
            form.addRow(name_of(name), self.files[key])

    def _duration_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(current().space(2))
        self.frames = frames_box(1, LONGEST, "Duration in frames")
        self.frames.valueChanged.connect(self._set_frames)
        self.seconds = label("", "dim")
        self.fit = push_button("", kind="link", tip="Let it last as long as its dialogue takes")
        self.fit.clicked.connect(self.fit_wanted)
        row.addWidget(self.frames)
        row.addWidget(self.seconds)
        row.addStretch(1)
        row.addWidget(self.fit)
        return row

    # What it shows.

    def show_panel(
        self, panel: Panel, rate: Fraction, *, locked: bool, chosen: tuple[str, ...] = ()
    ) -> None:
        """Show a panel; its fields are fixed while its shot is locked."""
        self.panel, self._chosen = panel, chosen
        for key, field in self.fields.items():
            field.show_words(getattr(panel, key))
            field.setReadOnly(locked)
        for key, line in self.files.items():
            line.show_file(getattr(panel, key), fixed=locked)
        show_frames(self.frames, panel.frames, fixed=locked)
        many = f" · changes all {len(chosen)}" if len(chosen) > 1 else ""
        self.seconds.setText(seconds_words(panel.frames, rate) + many)
        needed = spoken_frames(panel.dialogue, rate)
        self.fit.setVisible(needed > panel.frames)
        self.fit.setText(f"Dialogue takes {seconds_words(needed, rate)}")

    def show_nothing(self) -> None:
        """Show no panel."""
        self.panel, self._chosen = None, ()
        for field in self.fields.values():
            field.show_words("")
        for line in self.files.values():
            line.show_file("", fixed=True)
        self.seconds.clear()
        self.fit.hide()

    def write(self, field: str) -> None:
        """Begin to write."""
        self.fields[field].setFocus(Qt.FocusReason.OtherFocusReason)
        self.fields[field].selectAll()

    def commit(self) -> None:
        """Tell what was typed."""
        for field in self.fields.values():
            field.commit()

    # What it tells.

    def _setter(self, key: str) -> Callable[[str], None]:
        return lambda words: self._set(key, words)

    def _chooser(self, key: str) -> Callable[[], None]:
        return lambda: self.file_wanted.emit(key)

    def _clearer(self, key: str) -> Callable[[], None]:
        return lambda: self._set(key, "")

    def _set(self, key: str, value: str) -> None:
        if self.panel is not None:
            self.wanted.emit((SetPanel(self.panel.name, {key: value}),), f"Change {key}")

    def _set_frames(self, frames: int) -> None:
        if self.panel is None or frames == self.panel.frames:
            return
        names = self._chosen if self.panel.name in self._chosen else (self.panel.name,)
        edits = tuple(SetPanel(name, {"frames": frames}) for name in names)
        self.wanted.emit(edits, "Change duration")

"""What is said, done and noted on the chosen panel, and how its shot is rendered: written in place.

A field becomes an edit when it is left or Ctrl+Enter is pressed; Escape takes back what was typed.
It shows what it is told and tells edits by `wanted`.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from aiprod_studio.sdk import Problem
from aiprod_studio.story.board import Board, Panel, Shot
from aiprod_studio.story.edits import BoardEdit, SetPanel, SetShot
from aiprod_studio.story.timing import spoken_frames
from aiprod_studio.ui.footage.errands import Errands
from aiprod_studio.ui.footage.looks import ShotLook
from aiprod_studio.ui.footage.marking import TIPS
from aiprod_studio.ui.shell.buttons import label, push_button
from aiprod_studio.ui.storyboard.painting import seconds_words
from aiprod_studio.ui.storyboard.takes_strip import TakesStrip
from aiprod_studio.ui.theme import current

LONGEST = 24 * 3600 * 10
WORDS = (
    ("dialogue", "Dialogue", "What is said", 3),
    ("action", "Action", "What happens", 2),
    ("camera", "Camera", "Pan left, close up…", 1),
    ("notes", "Notes", "For the artist; never rendered", 2),
)


class WordsField(QPlainTextEdit):
    """Some lines of words that become an edit when they are left."""

    left = Signal(str)

    def __init__(self, name: str, hint: str, lines: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._given = ""
        self.setPlaceholderText(hint)
        self.setAccessibleName(name)
        self.setTabChangesFocus(True)
        self.setProperty("surface", "field")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        if lines == 1:
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedHeight(self.fontMetrics().lineSpacing() * lines + current().px(20))

    def show_words(self, words: str) -> None:
        """Show words; what is being typed stays."""
        if words != self._given or not self.hasFocus():
            self._given = words
            if self.toPlainText() != words:
                self.setPlainText(words)

    def commit(self) -> None:
        """Tell what was typed, if it is something else."""
        words = self.toPlainText().strip()
        if words != self._given:
            self._given = words
            self.left.emit(words)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell what was typed."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.commit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Enter tells, Escape takes back."""
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and control:
            self.commit()
        elif event.key() == Qt.Key.Key_Escape:
            self.setPlainText(self._given)
            self.clearFocus()
        else:
            super().keyPressEvent(event)


class Details(QScrollArea):
    """The fields of a panel and of its shot."""

    wanted = Signal(object, str)
    """Edits, and what to call them."""
    fit_wanted = Signal(str)
    """A panel shall last as long as its dialogue."""
    render_wanted = Signal(str)
    outside_wanted = Signal(str)
    graph_wanted = Signal(str)

    def __init__(self, errands: Errands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme = current()
        self.panel: Panel | None = None
        self.shot: Shot | None = None
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._page = QWidget()
        self._page.setProperty("surface", "panel")
        column = QVBoxLayout(self._page)
        column.setContentsMargins(theme.space(3), theme.space(3), theme.space(3), theme.space(3))
        column.setSpacing(theme.space(3))
        self.fields = {key: WordsField(name, hint, lines) for key, name, hint, lines in WORDS}
        column.addWidget(label("Panel", "section"))
        column.addLayout(self._panel_form())
        column.addWidget(label("Shot", "section"))
        column.addLayout(self._shot_form())
        self.problems = label("", "warning")
        self.problems.setWordWrap(True)
        column.addWidget(self.problems)
        column.addLayout(self._shot_buttons())
        self.takes_title = label("Takes", "section")
        column.addWidget(self.takes_title)
        self.takes = TakesStrip(errands)
        self.takes.wanted.connect(lambda edit: self.wanted.emit((edit,), ""))
        column.addWidget(self.takes)
        column.addStretch(1)
        self.setWidget(self._page)
        self.setEnabled(False)

    # How it is built.

    def _panel_form(self) -> QFormLayout:
        form = _form()
        form.addRow(_name("Duration"), self._duration_row())
        for key, name, _, _ in WORDS:
            self.fields[key].left.connect(self._setter(key))
            form.addRow(_name(name), self.fields[key])
        return form

    def _duration_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(current().space(2))
        self.frames = QSpinBox()
        self.frames.setRange(1, LONGEST)
        self.frames.setSuffix(" frames")
        self.frames.setKeyboardTracking(False)
        self.frames.setAccessibleName("Duration in frames")
        self.frames.lineEdit().setTextMargins(current().space(2), 0, 0, 0)
        self.frames.valueChanged.connect(self._set_frames)
        self.seconds = label("", "dim")
        self.fit = push_button("", kind="link", tip="Let it last as long as its dialogue takes")
        self.fit.clicked.connect(self._teller(self.fit_wanted, of_panel=True))
        row.addWidget(self.frames)
        row.addWidget(self.seconds)
        row.addStretch(1)
        row.addWidget(self.fit)
        return row

    def _shot_form(self) -> QFormLayout:
        form = _form()
        self.state = label("", "dim")
        self.title = QLineEdit(placeholderText="Name of the shot")
        self.title.setAccessibleName("Title of the shot")
        self.title.editingFinished.connect(lambda: self._set_shot("title", self.title.text()))
        self.prompt = WordsField("Prompt", "What the model shall show", 3)
        self.prompt.left.connect(lambda words: self._set_shot("prompt", words))
        self.seed = QLineEdit(placeholderText="Automatic")
        self.seed.setAccessibleName("Seed of the shot")
        self.seed.editingFinished.connect(self._set_seed)
        self.handles = QSpinBox()
        self.handles.setRange(0, 240)
        self.handles.setSuffix(" frames")
        self.handles.setKeyboardTracking(False)
        self.handles.setAccessibleName("Handles")
        self.handles.lineEdit().setTextMargins(current().space(2), 0, 0, 0)
        self.handles.setToolTip("Spare frames rendered before and after, for transitions and trims")
        self.handles.valueChanged.connect(lambda value: self._set_shot("handles", value))
        for name, field in (
            ("State", self.state), ("Title", self.title), ("Prompt", self.prompt),
            ("Seed", self.seed), ("Handles", self.handles),
        ):  # fmt: skip
            form.addRow(_name(name), field)
        return form

    def _shot_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.render_button = push_button("Render shot", kind="primary", picture="clapperboard")
        self.outside = push_button("Draw…", tip="Open the panel in the system's editor")
        self.graph = push_button("Open in graph", tip="See and change the graph that renders it")
        for button, signal, of_panel in (
            (self.render_button, self.render_wanted, False),
            (self.outside, self.outside_wanted, True),
            (self.graph, self.graph_wanted, False),
        ):
            button.clicked.connect(self._teller(signal, of_panel))
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _teller(self, signal: SignalInstance[tuple[str]], of_panel: bool) -> Callable[[], None]:
        def tell() -> None:
            found = self.panel if of_panel else self.shot
            if found is not None:
                signal.emit(found.name)

        return tell

    # What it shows.

    def show_panel(
        self, board: Board, panel: str, look: ShotLook | None, problems: tuple[Problem, ...]
    ) -> None:
        """Show a panel of a board and its shot; "" for none."""
        known = panel and panel in {each.name for _, each in board.panels()}
        if not known:
            self._show_nothing()
            return
        shot, found = board.find_panel(panel)
        if self.panel is not None and self.panel.name != panel:
            self._commit()
            shot, found = board.find_panel(panel)
        self.panel, self.shot = found, shot
        self.setEnabled(True)
        for key, field in self.fields.items():
            field.show_words(getattr(found, key))
            field.setReadOnly(shot.locked)
        self._show_duration(board, found, shot)
        self._show_shot(shot, look, problems)

    def write(self, field: str = "dialogue") -> None:
        """Begin to write."""
        self.fields[field].setFocus(Qt.FocusReason.OtherFocusReason)
        self.fields[field].selectAll()

    def _commit(self) -> None:
        for field in (*self.fields.values(), self.prompt):
            field.commit()

    def _show_nothing(self) -> None:
        self.panel = self.shot = None
        self.setEnabled(False)
        for field in (*self.fields.values(), self.prompt):
            field.show_words("")
        for line in (self.title, self.seed):
            line.clear()
        for words in (self.seconds, self.problems, self.state):
            words.clear()
        self.fit.hide()
        self.problems.hide()
        self.takes_title.hide()
        self.takes.show_shot(None)

    def _show_duration(self, board: Board, panel: Panel, shot: Shot) -> None:
        self.frames.blockSignals(True)
        self.frames.setValue(max(panel.frames, 1))
        self.frames.setReadOnly(shot.locked)
        self.frames.blockSignals(False)
        self.seconds.setText(seconds_words(panel.frames, board.rate))
        needed = spoken_frames(panel.dialogue, board.rate)
        self.fit.setVisible(needed > panel.frames)
        self.fit.setText(f"Dialogue takes {seconds_words(needed, board.rate)}")

    def _show_shot(self, shot: Shot, look: ShotLook | None, problems: tuple[Problem, ...]) -> None:
        words = TIPS[look.state] if look is not None else ""
        if look is not None and look.progress is not None:
            words = f"Rendering: {look.note or round(look.progress * 100)}"
        self.state.setText(words)
        for line, text in (
            (self.title, shot.title), (self.seed, "" if shot.seed is None else str(shot.seed)),
        ):  # fmt: skip
            if line.text() != text and not line.hasFocus():
                line.setText(text)
            line.setReadOnly(shot.locked)
        self.prompt.show_words(shot.prompt)
        self.prompt.setReadOnly(shot.locked)
        self.handles.blockSignals(True)
        self.handles.setValue(shot.handles)
        self.handles.blockSignals(False)
        self.render_button.setEnabled(not shot.locked and (look is None or look.progress is None))
        self.problems.setText("\n".join(map(str, problems)))
        self.problems.setVisible(bool(problems))
        self.takes_title.setVisible(bool(shot.takes))
        self.takes.show_shot(shot)

    # What it tells.

    def _setter(self, key: str) -> Callable[[str], None]:
        def set_words(words: str) -> None:
            if self.panel is not None:
                self._tell(SetPanel(self.panel.name, {key: words}), f"Change {key}")

        return set_words

    def _set_frames(self, frames: int) -> None:
        if self.panel is not None and frames != self.panel.frames:
            self._tell(SetPanel(self.panel.name, {"frames": frames}), "Change duration")

    def _set_shot(self, key: str, value: str | int | None) -> None:
        if self.shot is not None and getattr(self.shot, key) != value:
            self._tell(SetShot(self.shot.name, {key: value}), f"Change {key}")

    def _set_seed(self) -> None:
        words = self.seed.text().strip()
        if not words or words.isdigit():
            self._set_shot("seed", int(words) if words else None)
        elif self.shot is not None:
            self.seed.setText("" if self.shot.seed is None else str(self.shot.seed))

    def _tell(self, edit: BoardEdit, title: str) -> None:
        self.wanted.emit((edit,), title)


def _name(words: str) -> QLabel:
    """Return the name of a field; all are equally wide, so that the fields stand in line."""
    found = label(words, "dim")
    found.setFixedWidth(current().px(64))
    return found


def _form() -> QFormLayout:
    theme = current()
    form = QFormLayout()
    form.setContentsMargins(0, 0, 0, 0)
    form.setHorizontalSpacing(theme.space(3))
    form.setVerticalSpacing(theme.space(2))
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
    form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
    return form

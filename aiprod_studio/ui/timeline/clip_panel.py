"""What is chosen, beside the viewer: a clip with its takes and values, a gap, or the film itself.

Values become edits when they are done being typed. It decides nothing: `wanted` asks for edits, the
other signals for what the workspace does.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import get_args

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from aiprod_studio.sdk import Problem
from aiprod_studio.story.board import Shot
from aiprod_studio.story.cut import FASTEST, SLOWEST, Clip, Cut, Place, Track
from aiprod_studio.story.edits import SetGain, SetOpacity, SetSpeed, SetTitle
from aiprod_studio.story.time import timecode
from aiprod_studio.ui.footage.errands import Errands
from aiprod_studio.ui.footage.looks import ShotLook, clip_words
from aiprod_studio.ui.theme import current
from aiprod_studio.ui.timeline.shot_box import ShotBox
from aiprod_studio.ui.timeline.state import State
from aiprod_studio.ui.timeline.takes_list import TakesList

PLACES = {"centre": "Card", "lower": "Lower third", "bottom": "Subtitle"}


@dataclass(frozen=True)
class Chosen:
    """What the panel shows."""

    track: Track
    clip: Clip
    shot: Shot | None = None
    look: ShotLook | None = None
    problems: tuple[Problem, ...] = ()


class TitleText(QPlainTextEdit):
    """The text of a title; `left` is told when the keyboard goes elsewhere."""

    left = Signal()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell it."""
        super().focusOutEvent(event)
        self.left.emit()


class ClipPanel(QScrollArea):
    """Shows what is chosen on a timeline."""

    wanted = Signal(object)
    """An edit, or several as a tuple."""
    compared = Signal(str)
    render_wanted = Signal(str, bool)
    """Render a shot; as one more take by another seed, or as it is."""
    stop_wanted = Signal(str)
    graph_wanted = Signal(str)
    """Open the graph of a shot."""
    fill_wanted = Signal()
    close_gap_wanted = Signal()

    def __init__(self, state: State, errands: Errands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.state = state
        self.chosen: Chosen | None = None
        self._showing = False
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("What is chosen")
        inside = QWidget(self)
        inside.setProperty("surface", "panel")
        self.setWidget(inside)
        theme = current()
        column = QVBoxLayout(inside)
        column.setContentsMargins(theme.space(3), theme.space(3), theme.space(3), theme.space(3))
        column.setSpacing(theme.space(2))
        self.heading = _label(inside, "heading")
        self.facts = _label(inside, "dim")
        column.addWidget(self.heading)
        column.addWidget(self.facts)
        self._add_shot(column, inside)
        self._add_values(column, inside)
        self.takes = TakesList(errands, inside)
        self.takes.wanted.connect(self.wanted)
        self.takes.compared.connect(self.compared)
        self.takes_title = _label(inside, "section")
        column.addWidget(self.takes_title)
        column.addWidget(self.takes)
        self._add_gap(column, inside)
        column.addStretch(1)

    def _add_shot(self, column: QVBoxLayout, inside: QWidget) -> None:
        self.shot = ShotBox(inside)
        self.shot.render_wanted.connect(self._render)
        self.shot.stop_wanted.connect(self._stop)
        self.shot.graph_wanted.connect(self._open_graph)
        column.addWidget(self.shot)

    def _add_values(self, column: QVBoxLayout, inside: QWidget) -> None:
        self.values = QWidget(inside)
        form = QFormLayout(self.values)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(current().space(3))
        form.setVerticalSpacing(current().space(2))
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self.speed = _number(float(SLOWEST * 100), float(FASTEST * 100), " %", 10)
        self.speed.editingFinished.connect(self._set_speed)
        self.opacity = _number(0, 100, " %", 5)
        self.opacity.editingFinished.connect(self._set_opacity)
        self.gain = _number(0, 800, " %", 10)
        self.gain.editingFinished.connect(self._set_gain)
        self.text = TitleText(inside)
        self.text.setMaximumHeight(current().px(84))
        self.text.setAccessibleName("Title text")
        self.text.left.connect(self._set_title)
        self.place = QComboBox(inside)
        for name in get_args(Place):
            self.place.addItem(PLACES.get(name, name), name)
        self.place.activated.connect(self._set_title)
        self.form = form
        for words, field in (
            ("Text", self.text), ("Place", self.place), ("Speed", self.speed),
            ("Opacity", self.opacity), ("Gain", self.gain),
        ):  # fmt: skip
            field.setAccessibleName(words)
            form.addRow(words, field)
        column.addWidget(self.values)

    def _add_gap(self, column: QVBoxLayout, inside: QWidget) -> None:
        self.gap_box = QWidget(inside)
        row = QHBoxLayout(self.gap_box)
        row.setContentsMargins(0, 0, 0, 0)
        fill = QPushButton("Fill with a new shot", inside)
        fill.setProperty("kind", "primary")
        fill.setToolTip("A shot generated between its neighbours' last and first frames")
        fill.clicked.connect(self.fill_wanted)
        close = QPushButton("Close gap", inside)
        close.clicked.connect(self.close_gap_wanted)
        row.addWidget(fill)
        row.addWidget(close)
        row.addStretch(1)
        column.addWidget(self.gap_box)

    # What it shows.

    def show_chosen(self, chosen: Chosen | None) -> None:
        """Show a clip, else the chosen gap, else the film."""
        self.chosen, self._showing = chosen, True
        cut, gap = self.state.cut, self.state.gap
        shot = chosen.shot if chosen else None
        self.values.setVisible(chosen is not None)
        self.shot.setVisible(shot is not None)
        self.gap_box.setVisible(chosen is None and gap is not None)
        self.takes.show_takes(chosen.clip if chosen else None, shot)
        takes = len(shot.takes) if shot else 0
        self.takes_title.setVisible(bool(takes))
        self.takes_title.setText(f"TAKES  {takes}")
        if chosen is not None:
            self._show_clip(chosen, cut)
        elif gap is not None:
            self.heading.setText("Gap")
            self.facts.setText(f"{timecode(gap[2] - gap[1], cut.rate)} on {gap[0]}")
        else:
            self._show_film(cut)
        self._showing = False

    def _show_film(self, cut: Cut) -> None:
        several = len(self.state.chosen)
        self.heading.setText(f"{several} clips chosen" if several else "Film")
        clips = sum(1 for _ in cut.clips())
        length = timecode(cut.frames, cut.rate)
        rate = f"{float(cut.rate):g}"
        self.facts.setText(f"{length}  ·  {clips} clips  ·  {rate} frames a second")

    def _show_clip(self, chosen: Chosen, cut: Cut) -> None:
        clip, rate = chosen.clip, cut.rate
        self.heading.setText(clip_words(clip, self.state.shots) or clip.name)
        times = f"{timecode(clip.at, rate)} to {timecode(clip.stop, rate)}"
        self.facts.setText(f"{times}  ·  {clip.frames} frames on {chosen.track.name}")
        self.speed.setValue(float(clip.speed * 100))
        self.opacity.setValue(clip.opacity * 100)
        self.gain.setValue(clip.gain * 100)
        is_title = clip.source.kind == "title"
        if is_title and self.text.toPlainText() != clip.source.name:
            self.text.setPlainText(clip.source.name)
        self.place.setCurrentIndex(max(self.place.findData(clip.source.place), 0))
        self.form.setRowVisible(self.text, is_title)
        self.form.setRowVisible(self.place, is_title)
        self.form.setRowVisible(self.speed, not is_title)
        self.form.setRowVisible(self.opacity, chosen.track.kind != "audio")
        self.form.setRowVisible(self.gain, chosen.track.kind == "audio")
        self.values.setEnabled(not (clip.locked or chosen.track.locked))
        if chosen.shot is not None and chosen.look is not None:
            self.shot.show_shot(chosen.look, chosen.problems)

    # What it asks.

    def _clip(self) -> Clip | None:
        return self.chosen.clip if self.chosen is not None and not self._showing else None

    def _set_speed(self) -> None:
        clip = self._clip()
        speed = Fraction(round(self.speed.value() * 100), 10_000)
        if clip is not None and abs(speed - clip.speed) > Fraction(1, 20_000):
            self.wanted.emit(SetSpeed(clip.name, speed))

    def _set_opacity(self) -> None:
        clip = self._clip()
        if clip is not None and abs(self.opacity.value() / 100 - clip.opacity) > 1e-6:
            self.wanted.emit(SetOpacity(clip.name, self.opacity.value() / 100))

    def _set_gain(self) -> None:
        clip = self._clip()
        if clip is not None and abs(self.gain.value() / 100 - clip.gain) > 1e-6:
            self.wanted.emit(SetGain(clip.name, self.gain.value() / 100))

    def _set_title(self, *_: object) -> None:
        clip = self._clip()
        if clip is None or clip.source.kind != "title":
            return
        text, place = self.text.toPlainText(), self.place.currentData()
        if (text, place) != (clip.source.name, clip.source.place):
            self.wanted.emit(SetTitle(clip.name, text, place))

    def _render(self, another: bool) -> None:
        if self.chosen is not None and self.chosen.shot is not None:
            self.render_wanted.emit(self.chosen.shot.name, another)

    def _stop(self) -> None:
        if self.chosen is not None and self.chosen.shot is not None:
            self.stop_wanted.emit(self.chosen.shot.name)

    def _open_graph(self) -> None:
        if self.chosen is not None and self.chosen.shot is not None:
            self.graph_wanted.emit(self.chosen.shot.name)


def _label(parent: QWidget, role: str) -> QLabel:
    label = QLabel(parent)
    label.setWordWrap(True)
    label.setProperty("role", role)
    return label


def _number(low: float, high: float, suffix: str, step: float) -> QDoubleSpinBox:
    field = QDoubleSpinBox()
    field.setRange(low, high)
    field.setDecimals(1)
    field.setSingleStep(step)
    field.setSuffix(suffix)
    field.setKeyboardTracking(False)
    field.setMinimumWidth(current().px(72))
    field.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    return field

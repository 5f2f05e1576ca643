"""The values of a clip as fields: text and place of a title, speed, opacity, gain.

They become edits when they are done being typed; the panel beside the viewer holds them.
"""

from __future__ import annotations

from fractions import Fraction
from typing import get_args

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QPlainTextEdit,
    QSizePolicy,
    QWidget,
)

from aiprod_studio.story.cut import FASTEST, SLOWEST, Clip, Place, Track
from aiprod_studio.story.edits import CutEdit, SetGain, SetOpacity, SetSpeed, SetTitle
from aiprod_studio.ui.theme import current

PLACES = {"centre": "Card", "lower": "Lower third", "bottom": "Subtitle"}


class TitleText(QPlainTextEdit):
    """The text of a title; `left` is told when the keyboard goes elsewhere."""

    left = Signal()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell it."""
        super().focusOutEvent(event)
        self.left.emit()


class ClipValues(QWidget):
    """Fields for one clip at a time."""

    wanted = Signal(object)
    """An edit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: Clip | None = None
        self._track: Track | None = None
        self._showing = False
        form = QFormLayout(self)
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
        self.text = TitleText(self)
        self.text.setMaximumHeight(current().px(84))
        self.text.setAccessibleName("Title text")
        self.text.left.connect(self._set_title)
        self.place = QComboBox(self)
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

    def show_clip(self, clip: Clip, track: Track) -> None:
        """Show the values of a clip; what is typed stays while the clip is the same."""
        if (clip, track) != (self._shown, self._track):
            self._show(clip, track)

    def _show(self, clip: Clip, track: Track) -> None:
        self._shown, self._track, self._showing = clip, track, True
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
        self.form.setRowVisible(self.opacity, track.kind != "audio")
        self.form.setRowVisible(self.gain, track.kind == "audio")
        self.setEnabled(not (clip.locked or track.locked))
        self._showing = False

    def _clip(self) -> Clip | None:
        return self._shown if not self._showing else None

    def _ask(self, edit: CutEdit) -> None:
        """Want an edit, and show what came of it: what was refused is as it was."""
        self.wanted.emit(edit)
        if self._shown is not None and self._track is not None:
            self._show(self._shown, self._track)

    def _set_speed(self) -> None:
        clip = self._clip()
        speed = Fraction(round(self.speed.value() * 100), 10_000)
        if clip is not None and abs(speed - clip.speed) > Fraction(1, 20_000):
            self._ask(SetSpeed(clip.name, speed))

    def _set_opacity(self) -> None:
        clip = self._clip()
        if clip is not None and abs(self.opacity.value() / 100 - clip.opacity) > 1e-6:
            self._ask(SetOpacity(clip.name, self.opacity.value() / 100))

    def _set_gain(self) -> None:
        clip = self._clip()
        if clip is not None and abs(self.gain.value() / 100 - clip.gain) > 1e-6:
            self._ask(SetGain(clip.name, self.gain.value() / 100))

    def _set_title(self, *_: object) -> None:
        clip = self._clip()
        if clip is None or clip.source.kind != "title":
            return
        text, place = self.text.toPlainText(), self.place.currentData()
        if (text, place) != (clip.source.name, clip.source.place):
            self._ask(SetTitle(clip.name, text, place))


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

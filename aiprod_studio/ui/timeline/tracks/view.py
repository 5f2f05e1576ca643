"""The timeline as one widget: corner, ruler, heads, tracks and the bars to scroll by.

The workspace puts it below the viewer. It only lays out; `state` is what its parts share.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QScrollBar, QWidget

from aiprod_studio.story.time import timecode
from aiprod_studio.ui.footage.errands import Errands
from aiprod_studio.ui.theme import current, watch
from aiprod_studio.ui.timeline.model.ruling import read_timecode
from aiprod_studio.ui.timeline.state import State
from aiprod_studio.ui.timeline.tracks.heads import WIDTH, Heads
from aiprod_studio.ui.timeline.tracks.ruler import Ruler
from aiprod_studio.ui.timeline.tracks.tracks import Tracks

BEHIND = 1.25
"""One can scroll over the end of the film by a quarter of its length."""


class TimelineView(QWidget):
    """Shows a `State` and lets the hand work on it."""

    left = Signal()
    """The keyboard shall go back to where it was."""

    def __init__(
        self, state: State, errands: Errands | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.state = state
        self.setProperty("surface", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.time = TimeField(state, self)
        self.ruler = Ruler(state, self)
        self.heads = Heads(state, self)
        self.tracks = Tracks(state, errands, self)
        self.across = QScrollBar(Qt.Orientation.Horizontal, self)
        self.down = QScrollBar(Qt.Orientation.Vertical, self)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addWidget(self.time, 0, 0)
        grid.addWidget(self.ruler, 0, 1)
        grid.addWidget(self.heads, 1, 0)
        grid.addWidget(self.tracks, 1, 1)
        grid.addWidget(self.down, 1, 2)
        grid.addWidget(self.across, 2, 1)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(1, 1)
        self.across.valueChanged.connect(self._scrolled)
        self.down.valueChanged.connect(lambda value: state.scroll_to(float(value)))
        for signal in (state.film_changed, state.view_changed):
            signal.connect(self._measure)
        watch().changed.connect(state.relayout)
        self._measure()

    def _measure(self) -> None:
        """Set the scroll bars to what there is to see."""
        state = self.state
        whole = round(state.scale.width(max(state.cut.frames * BEHIND, 24 * 10)))
        first = round(state.scale.width(state.scale.first))
        page = max(self.tracks.width(), 1)
        for bar, most, step, value in (
            (self.across, max(whole - page, first), page, first),
            (self.down, self.tracks.overflow(), max(self.tracks.height(), 1), round(state.top)),
        ):
            bar.blockSignals(True)
            bar.setPageStep(step)
            bar.setSingleStep(24)
            bar.setRange(0, min(most, 2**31 - 1))
            bar.setValue(value)
            bar.blockSignals(False)
        self.down.setVisible(self.tracks.overflow() > 0)

    def _scrolled(self, value: int) -> None:
        scale = self.state.scale
        self.state.look(scale.moved(value - scale.width(scale.first)))

    def changeEvent(self, event: QEvent) -> None:
        """Measure again when letters change their size."""
        if event.type() == QEvent.Type.StyleChange:
            self.state.relayout()
        super().changeEvent(event)


class TimeField(QLineEdit):
    """The playhead as timecode; typing one goes there (`215`, `+12`, `1:00`)."""

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.state = state
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFont(current().font("large", numbers=True))
        self.setFixedWidth(current().px(WIDTH))
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName("Playhead timecode")
        self.setToolTip("Type a time to go there: 215 is 00:00:02:15, +12 is twelve frames on")
        self.returnPressed.connect(self._go)
        self.editingFinished.connect(self._show)
        state.playhead_changed.connect(self._moved)
        state.film_changed.connect(self._moved)
        self._show()

    def _moved(self, *_: object) -> None:
        if not self.hasFocus():
            self._show()

    def _show(self) -> None:
        self.setText(timecode(self.state.playhead, self.state.cut.rate))

    def _go(self) -> None:
        frame = read_timecode(self.text(), self.state.cut.rate, self.state.playhead)
        if frame is not None:
            self.state.seek(frame)
        self._show()
        self.clearFocus()

"""What is chosen, beside the viewer: a clip with its takes and values, a gap, or the film itself.

Values become edits when they are done being typed. It decides nothing: `wanted` asks for edits, the
other signals for what the workspace does.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from aiprod_studio.sdk import Problem
from aiprod_studio.story.board import Shot
from aiprod_studio.story.cut import Clip, Cut, Track
from aiprod_studio.story.time import timecode
from aiprod_studio.ui.footage.errands import Errands
from aiprod_studio.ui.footage.looks import ShotLook, clip_words
from aiprod_studio.ui.theme import current
from aiprod_studio.ui.timeline.panels.clip_values import ClipValues
from aiprod_studio.ui.timeline.panels.rate_box import RateBox, rate_words
from aiprod_studio.ui.timeline.panels.shot_box import ShotBox
from aiprod_studio.ui.timeline.panels.takes_list import TakesList
from aiprod_studio.ui.timeline.panels.trouble_box import TroubleBox
from aiprod_studio.ui.timeline.state import State


@dataclass(frozen=True)
class Chosen:
    """What the panel shows."""

    track: Track
    clip: Clip
    shot: Shot | None = None
    look: ShotLook | None = None
    problems: tuple[Problem, ...] = ()


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
    find_wanted = Signal(str)
    """The artist wants to show where a clip's file is; the clip's name."""
    left = Signal()
    """The keyboard shall go back to the timeline."""

    def __init__(self, state: State, errands: Errands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.state = state
        self.errands = errands
        self.chosen: Chosen | None = None
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
        self.trouble = TroubleBox(inside)
        self.trouble.find_wanted.connect(self._find)
        column.addWidget(self.trouble)
        self._add_film(column, inside)
        self._add_shot(column, inside)
        self.values = ClipValues(inside)
        self.values.wanted.connect(self.wanted)
        column.addWidget(self.values)
        self.takes = TakesList(errands, inside)
        self.takes.wanted.connect(self.wanted)
        self.takes.compared.connect(self.compared)
        self.takes_title = _label(inside, "section")
        column.addWidget(self.takes_title)
        column.addWidget(self.takes)
        self._add_gap(column, inside)
        column.addStretch(1)

    def _add_film(self, column: QVBoxLayout, inside: QWidget) -> None:
        self.film = QWidget(inside)
        form = QFormLayout(self.film)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(current().space(3))
        self.rate = RateBox(self.state, self.film)
        self.rate.wanted.connect(self.wanted)
        form.addRow("Frame rate", self.rate)
        column.addWidget(self.film)

    def _add_shot(self, column: QVBoxLayout, inside: QWidget) -> None:
        self.shot = ShotBox(inside)
        self.shot.render_wanted.connect(self._render)
        self.shot.stop_wanted.connect(self._stop)
        self.shot.graph_wanted.connect(self._open_graph)
        column.addWidget(self.shot)

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

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape ends typing: the keys are the timeline's again."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    # What it shows.

    def show_chosen(self, chosen: Chosen | None) -> None:
        """Show a clip, else the chosen gap, else the film."""
        self.chosen = chosen
        cut, gap = self.state.cut, self.state.gap
        shot = chosen.shot if chosen else None
        self.values.setVisible(chosen is not None)
        self.film.setVisible(chosen is None and gap is None and not self.state.chosen)
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
        self._show_trouble()

    def _show_trouble(self) -> None:
        """Say why the file of the chosen clip cannot be read."""
        chosen, state = self.chosen, self.state
        name = ""
        if chosen is not None:
            name = state.strips.file(chosen.clip, chosen.track.kind, state.cut.rate)
        problem = self.errands.why_not(name)
        can_be_found = chosen is not None and chosen.clip.source.kind == "file"
        self.trouble.show_problem(problem, can_be_found)

    def _find(self) -> None:
        if self.chosen is not None:
            self.find_wanted.emit(self.chosen.clip.name)

    def _show_film(self, cut: Cut) -> None:
        several = len(self.state.chosen)
        self.heading.setText(f"{several} clips chosen" if several else "Film")
        clips = sum(1 for _ in cut.clips())
        length = timecode(cut.frames, cut.rate)
        self.rate.refresh()
        self.facts.setText(f"{length}  ·  {clips} clips  ·  {rate_words(cut.rate)} frames a second")

    def _show_clip(self, chosen: Chosen, cut: Cut) -> None:
        clip, rate = chosen.clip, cut.rate
        self.heading.setText(clip_words(clip, self.state.shots) or clip.name)
        times = f"{timecode(clip.at, rate)} to {timecode(clip.stop, rate)}"
        self.facts.setText(f"{times}  ·  {clip.frames} frames on {chosen.track.name}")
        self.values.show_clip(chosen.clip, chosen.track)
        if chosen.shot is not None and chosen.look is not None:
            self.shot.show_shot(chosen.look, chosen.problems)

    # What it asks.

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

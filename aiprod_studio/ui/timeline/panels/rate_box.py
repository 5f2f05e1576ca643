"""The frame rate of the film as a field: usual rates to choose from, others typed.

The panel shows it while no clip is chosen. It asks for an edit, and refuses what is no rate.
"""

from __future__ import annotations

from fractions import Fraction

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

from aiprod_studio.sdk import Refusal
from aiprod_studio.story.edits import SetCutRate
from aiprod_studio.story.time import NTSC, rate_of
from aiprod_studio.ui.timeline.state import State

RATES = (24 * NTSC, Fraction(24), Fraction(25), 30 * NTSC, Fraction(30), Fraction(48),
         Fraction(50), 60 * NTSC, Fraction(60))  # fmt: skip


def rate_words(rate: Fraction) -> str:
    """Return a rate as editors say it: 24, 23.976, 29.97."""
    return f"{float(rate):.3f}".rstrip("0").rstrip(".")


class RateBox(QComboBox):
    """Shows the rate of the cut and asks for another."""

    wanted = Signal(object)

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.state = state
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setAccessibleName("Frame rate")
        self.setToolTip(
            "Frames a second of the film. Clips keep their times, to the nearest frame;\n"
            "shots are rendered at the rate of the board."
        )
        for rate in RATES:
            self.addItem(rate_words(rate), str(rate))
        self.activated.connect(lambda _: self._ask())
        edit = self.lineEdit()
        assert edit is not None
        edit.editingFinished.connect(self._ask)
        self.refresh()

    def refresh(self) -> None:
        """Show the rate as it is."""
        self.setEditText(rate_words(self.state.cut.rate))

    def _ask(self) -> None:
        text = self.currentText().strip()
        if text == rate_words(self.state.cut.rate):
            return
        try:
            rate = rate_of(text, "timeline")
        except Refusal as refusal:
            self.state.refused.emit(refusal.problems[0])
            self.refresh()
            return
        self.wanted.emit(SetCutRate(rate))
        self.refresh()

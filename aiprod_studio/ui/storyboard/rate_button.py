"""The frame rate of the board, on a button with the usual rates in its menu.

Panels keep their durations when another is chosen, rounded to whole frames.
"""

from __future__ import annotations

from fractions import Fraction

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from aiprod_studio.story.edits import SetRate
from aiprod_studio.story.time import NTSC

RATES = (Fraction(8), Fraction(12), Fraction(15), 24 * NTSC, Fraction(24), Fraction(25), 30 * NTSC,
         Fraction(30), Fraction(48), Fraction(50), Fraction(60))  # fmt: skip


class RateButton(QToolButton):
    """Shows the rate of the board and asks for another."""

    wanted = Signal(object, str)
    """Edits, and what to call them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rate = Fraction(24)
        self.setAccessibleName("Frame rate of the board")
        self.setToolTip("Frames a second of the board: panels keep their durations")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        menu.aboutToShow.connect(self._fill)
        self.setMenu(menu)
        self.show_rate(self.rate)

    def show_rate(self, rate: Fraction) -> None:
        """Show the rate as it is."""
        self.rate = rate
        self.setText(f"{_said(rate)} fps")

    def _fill(self) -> None:
        menu = self.menu()
        menu.clear()
        for rate in sorted({*RATES, self.rate}):
            entry = menu.addAction(f"{_said(rate)} fps")
            entry.setCheckable(True)
            entry.setChecked(rate == self.rate)
            entry.triggered.connect(lambda _=False, rate=rate: self._choose(rate))

    def _choose(self, rate: Fraction) -> None:
        if rate != self.rate:
            self.wanted.emit((SetRate(rate),), "Change frame rate")


def _said(rate: Fraction) -> str:
    return f"{float(rate):.3f}".rstrip("0").rstrip(".")

"""The bar above the picture: what is shown, with what it is compared, and the pixel's value."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from aiprod_studio.ui.theme import current, icon

WAYS = (
    ("wipe", "square-split-horizontal", "Wipe between the two"),
    ("side", "columns-2", "Side by side"),
    ("difference", "contrast", "Difference"),
)


LEAST = 72
"""A name or fact is shortened to this width at most."""


class Bar(QWidget):
    """Title, comparison and pixel value."""

    comparison_wanted = Signal(str)
    compare_ended = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme = current()
        self.title = _Elided(self)
        self.title.setProperty("role", "strong")
        self.note = QLabel(self)
        self.note.setProperty("role", "warning")
        self.facts = _Elided(self)
        self.facts.setProperty("role", "faint")
        self.compare_button, self.compare_menu = self._menu("git-compare", "Compare with")
        self.more_button, self.more_menu = self._menu("ellipsis-vertical", "View")
        self.more_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        top = self._row(theme.space(3))
        for part in (self.title, self.note, self.facts):
            top.addWidget(part)
        top.addStretch(1)
        top.addWidget(self.compare_button)
        top.addWidget(self.more_button)
        self.second = QWidget(self)
        self.other = _Elided(self.second)
        self.other.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        below = self._row(theme.space(3))
        below.addWidget(QLabel("with", self.second))
        below.addWidget(self.other, 1)
        self.ways: dict[str, QToolButton] = {}
        for way, mark, tip in WAYS:
            button = self._button(mark, tip)
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, w=way: self.comparison_wanted.emit(w))
            self.ways[way] = button
            below.addWidget(button)
        close = self._button("x", "End the comparison")
        close.clicked.connect(self.compare_ended)
        below.addWidget(close)
        self.second.setLayout(below)
        self.second.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self.second)
        self._facts = self._other = ""

    def show_title(self, title: str, facts: str | None = None, note: str = "") -> None:
        """Show what is seen; `note` is one word of warning."""
        self.title.show_text(title)
        self.note.setText(note)
        self.note.setVisible(bool(note))
        if facts is not None:
            self.show_facts(facts)

    def show_facts(self, facts: str) -> None:
        """Show the facts of what is seen, where no pixel is under the mouse."""
        self._facts = facts
        self.facts.show_text(facts)

    def show_zoom(self, words: str) -> None:
        """Show how large the picture is."""
        self.more_button.setText(words)

    def show_comparison(self, other: str, way: str) -> None:
        """Show with what and how it is compared, "" for nothing."""
        self.second.setVisible(bool(other))
        self._other = other
        self.other.show_text(other)
        for name, button in self.ways.items():
            button.setChecked(name == way)

    def show_pixel(self, found: object) -> None:
        """Show a pixel's place and value, and the other's beside its name; None ends it."""
        if not isinstance(found, tuple):
            self.facts.show_text(self._facts)
            self.other.show_text(self._other)
            return
        x, y, rgb, other = found
        place = f"{x}, {y}   {_numbers(rgb)}"
        self.facts.show_text(f"{place}  {_hex(rgb)}", place)
        if other:
            place = f"{self._other}   {_numbers(other)}"
            self.other.show_text(f"{place}  {_hex(other)}", place)

    def _row(self, left: int) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(left, current().space(0.5), current().space(1), current().space(0.5))
        row.setSpacing(current().space(2))
        return row

    def _menu(self, mark: str, tip: str) -> tuple[QToolButton, QMenu]:
        button = self._button(mark, tip)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        button.setMenu(menu)
        return button, menu

    def _button(self, mark: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(mark, "text_dim"))
        button.setIconSize(QSize(current().px(14), current().px(14)))
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        return button


class _Elided(QLabel):
    """A label that gives way."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._text = self._short = ""
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(0)

    def show_text(self, text: str, short: str = "") -> None:
        """Show a text; `short` where there is no room for it, elided if need be."""
        if (text, short) != (self._text, self._short):
            self._text, self._short = text, short
            self.setToolTip(text)
            self.updateGeometry()
            self._fit()

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self._text) + 4, current().row)

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), current().px(LEAST)), current().row)

    def resizeEvent(self, event: object) -> None:
        self._fit()

    def _fit(self) -> None:
        metrics, room = self.fontMetrics(), max(0, self.width())
        fits = metrics.horizontalAdvance(self._text) <= room
        text = self._text if fits or not self._short else self._short
        self.setText(metrics.elidedText(text, Qt.TextElideMode.ElideRight, room))


def _numbers(rgb: Sequence[int]) -> str:
    return " ".join(str(value) for value in rgb[:3])


def _hex(rgb: Sequence[int]) -> str:
    return "#" + "".join(f"{value:02x}" for value in rgb[:3])

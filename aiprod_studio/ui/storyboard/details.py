"""What stands at the side of the board: the chosen panel, its shot and the shot's takes.

It shows what it is told and tells edits by `wanted`; it changes nothing itself.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from aiprod_studio.sdk import Problem
from aiprod_studio.story.board import Board, Panel, Shot
from aiprod_studio.ui.footage.errands import Errands
from aiprod_studio.ui.footage.looks import ShotLook
from aiprod_studio.ui.storyboard.panel_form import PanelForm
from aiprod_studio.ui.storyboard.shot_form import ShotForm
from aiprod_studio.ui.storyboard.takes_strip import TakesStrip
from aiprod_studio.ui.theme import current
from aiprod_studio.ui.theme.pieces import label, push_button


class Details(QScrollArea):
    """The fields of a panel and of its shot, its takes, and what can be done with them."""

    wanted = Signal(object, str)
    """Edits, and what to call them."""
    fit_wanted = Signal(str)
    """A panel shall last as long as its dialogue."""
    file_wanted = Signal(str)
    """A file of the panel shall be chosen: "image" or "sound"."""
    render_wanted = Signal(str)
    outside_wanted = Signal(str)
    graph_wanted = Signal(str)

    def __init__(self, errands: Errands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.panel: Panel | None = None
        self.shot: Shot | None = None
        self.of_panel, self.of_shot = PanelForm(), ShotForm()
        self.problems = label("", "warning")
        self.problems.setWordWrap(True)
        self.takes_title = label("Takes", "section")
        self.takes = TakesStrip(errands)
        self._compose()
        self.of_panel.wanted.connect(self.wanted)
        self.of_panel.fit_wanted.connect(self._teller(self.fit_wanted, of_panel=True))
        self.of_panel.file_wanted.connect(self.file_wanted)
        self.of_shot.wanted.connect(self.wanted)
        self.takes.wanted.connect(lambda edit: self.wanted.emit((edit,), ""))
        self.setEnabled(False)

    def _compose(self) -> None:
        theme = current()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        page = QWidget()
        page.setProperty("surface", "panel")
        column = QVBoxLayout(page)
        column.setContentsMargins(theme.space(3), theme.space(3), theme.space(3), theme.space(3))
        column.setSpacing(theme.space(3))
        for part in (
            label("Panel", "section"), self.of_panel, label("Shot", "section"), self.of_shot,
            self.problems,
        ):  # fmt: skip
            column.addWidget(part)
        column.addLayout(self._buttons())
        column.addWidget(self.takes_title)
        column.addWidget(self.takes)
        column.addStretch(1)
        self.setWidget(page)

    def _buttons(self) -> QHBoxLayout:
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
        self, board: Board, panel: str, look: ShotLook | None, problems: tuple[Problem, ...],
        chosen: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        """Show a panel of a board and its shot, "" for none; `chosen` are all that are chosen."""
        if self.panel is not None and self.panel.name != panel:
            self.commit()
        found = next(((s, p) for s, p in board.panels() if p.name == panel), None)
        if found is None:
            self._show_nothing()
            return
        self.shot, self.panel = found
        self.setEnabled(True)
        self.of_panel.show_panel(self.panel, board.rate, locked=self.shot.locked, chosen=chosen)
        self.of_shot.show_shot(self.shot, look)
        rendering = look is not None and look.progress is not None
        self.render_button.setEnabled(not self.shot.locked and not rendering)
        self.outside.setEnabled(not self.shot.locked)
        self.problems.setText("\n".join(map(str, problems)))
        self.problems.setVisible(bool(problems))
        self.takes_title.setVisible(bool(self.shot.takes))
        self.takes.show_shot(self.shot)

    def write(self, field: str = "dialogue") -> None:
        """Begin to write."""
        self.of_panel.write(field)

    def commit(self) -> None:
        """Tell what was typed and not left yet."""
        self.of_panel.commit()
        self.of_shot.commit()

    def _show_nothing(self) -> None:
        self.panel = self.shot = None
        self.setEnabled(False)
        self.of_panel.show_nothing()
        self.of_shot.show_nothing()
        self.problems.clear()
        self.problems.hide()
        self.takes_title.hide()
        self.takes.show_shot(None)

"""The plan before a run: steps, models, peaks against budgets, time; and what would make it fit.

Enter runs. What cannot run is said with its remedy, and one click goes to the node.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from aiprod_studio.app.jobs.messages import Planned, Sheet
from aiprod_studio.app.session.states import named_node
from aiprod_studio.memory.budgets import show_size
from aiprod_studio.sdk import Problem
from aiprod_studio.ui.queue.gauge import Gauge
from aiprod_studio.ui.queue.plan_words import peak_rows, row_words, summary
from aiprod_studio.ui.theme import current
from aiprod_studio.ui.theme.pieces import dress, label, push_button

HEADINGS = ("Node", "Does", "State", "Models and how they are held", "Memory", "Time")
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter

WAITS = {"compute": "the processor or the card", "bus": "the bus to the card", "disk": "the disk"}


class PlanDialog(QDialog):
    """Shows a plan and asks whether to run it."""

    asked_for_node = Signal(str)

    def __init__(
        self, title: str, parent: QWidget | None = None, *, ask_again: bool = True
    ) -> None:
        super().__init__(parent)
        theme = current()
        self.setWindowTitle(f"Run {title}")
        self.resize(theme.px(760), theme.px(520))
        self.headline = label("Planning…", "title", self)
        self.words = label("", "dim", self)
        self.words.setWordWrap(True)
        self._gauges = QHBoxLayout()
        self._gauges.setSpacing(theme.space(6))
        self._problems = QVBoxLayout()
        self._problems.setSpacing(theme.space(2))
        self.table = self._new_table()
        self.ask_box = QCheckBox("Show the plan before each run", self)
        self.ask_box.setChecked(ask_again)
        self.run_button = push_button("Run", self, kind="primary", picture="play")
        self.run_button.clicked.connect(self.accept)
        self.run_button.setDefault(True)
        self.run_button.setEnabled(False)
        close = push_button("Close", self)
        close.clicked.connect(self.reject)
        bottom = QHBoxLayout()
        bottom.addWidget(self.ask_box)
        bottom.addStretch(1)
        bottom.addWidget(close)
        bottom.addWidget(self.run_button)
        column = QVBoxLayout(self)
        edge = theme.space(5)
        column.setContentsMargins(edge, edge, edge, edge)
        column.setSpacing(theme.space(3))
        column.addWidget(self.headline)
        column.addWidget(self.words)
        column.addLayout(self._gauges)
        column.addLayout(self._problems)
        column.addWidget(self.table, 1)
        column.addLayout(bottom)

    def show_planned(self, planned: Planned) -> None:
        """Show the answer of the worker."""
        if planned.refused:
            self.show_sheet(Sheet(problems=planned.refused))
        else:
            self.show_sheet(planned.sheet)

    def show_sheet(self, sheet: Sheet) -> None:
        """Show a plan."""
        self.headline.setText(summary(sheet))
        self.words.setText(_about(sheet))
        self.words.setVisible(bool(self.words.text()))
        for name, peak, budget in peak_rows(sheet):
            gauge = Gauge(name, self)
            gauge.show_plan(peak, budget)
            self._gauges.addWidget(gauge, 1)
        for problem in (*sheet.problems, *sheet.short):
            self._problems.addWidget(self._problem(problem))
        self._fill(sheet)
        self.table.setVisible(bool(sheet.rows))
        self.run_button.setEnabled(sheet.fits and bool(sheet.rows))
        self.run_button.setText("Run" if sheet.count("run") else "Run anyway")
        if sheet.fits:
            self.run_button.setFocus()

    def _problem(self, problem: Problem) -> QWidget:
        theme = current()
        card = QWidget(self)
        dress(card, "card")
        row = QHBoxLayout(card)
        row.setContentsMargins(theme.space(3), theme.space(2), theme.space(3), theme.space(2))
        text = QVBoxLayout()
        head = f"{problem.where}: {problem.why}" if problem.where else problem.why
        for words, role in ((head, "error"), (problem.remedy, "dim")):
            if words:
                found = label(words, role, card)
                found.setWordWrap(True)
                found.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                text.addWidget(found)
        row.addLayout(text, 1)
        node = named_node(problem)
        if node:
            button = push_button("Go there", card, picture="crosshair")
            button.clicked.connect(self._goer(node))
            row.addWidget(button)
        return card

    def _goer(self, node: str) -> Callable[[], None]:
        def go() -> None:
            self.asked_for_node.emit(node)
            self.reject()

        return go

    def _new_table(self) -> QTreeWidget:
        table = QTreeWidget(self)
        table.setHeaderLabels(list(HEADINGS))
        table.setRootIsDecorated(False)
        table.setUniformRowHeights(True)
        table.setAccessibleName("Steps of the plan")
        header = table.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(3, QHeaderView.ResizeMode.Stretch)
        header.setStretchLastSection(False)
        return table

    def _fill(self, sheet: Sheet) -> None:
        theme = current()
        dim = theme.colour("text_faint")
        for row in sheet.rows:
            item = QTreeWidgetItem(self.table, list(row_words(row, sheet.view)))
            item.setToolTip(3, item.text(3))
            for column in (4, 5):
                item.setTextAlignment(column, RIGHT)
            if row.state != "run":
                for column in range(len(HEADINGS)):
                    item.setForeground(column, dim)
            tones = {"run": "text", "cached": "good", "blocked": "bad", "unneeded": "text_faint"}
            item.setForeground(2, QColor(theme.hex(tones[row.state])))


def _about(sheet: Sheet) -> str:
    if sheet.problems or not sheet.rows:
        return ""
    where = "on the processor" if sheet.device == "cpu" else f"on {sheet.device}"
    host = show_size(sheet.budgets.host)
    unknown = "  ·  the time of steps that never ran here is not known yet" if sheet.unknown else ""
    limit = getattr(sheet.view, "limit", "")
    waits = f"  ·  most of the time it waits for {WAITS[limit]}" if limit in WAITS else ""
    return f"Runs {where} with a RAM budget of {host}{waits}{unknown}"

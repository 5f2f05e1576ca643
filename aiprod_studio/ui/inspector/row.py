"""One parameter in the inspector: its name, editor, marks, and what is wrong with it.

The row asks the subject how the parameter stands and shows it; what the artist does goes out as
commands.
"""

from __future__ import annotations

import json
from typing import Any

from PySide6.QtCore import QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QApplication,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from aiprod_studio.app.session import seeds
from aiprod_studio.sdk import ParamSpec, Problem, Seed, plain
from aiprod_studio.ui.editing import Editing
from aiprod_studio.ui.inspector.fields import Field, SeedField, field_for, paint_role, words_of
from aiprod_studio.ui.inspector.prompts import PromptHistory
from aiprod_studio.ui.inspector.subject import Subject
from aiprod_studio.ui.theme import current, icon
from aiprod_studio.ui.theme.pieces import tool_button

MARK = 6


class Row(QWidget):
    """A parameter; `show_subject` shows how it stands now."""

    node_wanted = Signal(str)
    """The artist wants to see the node that drives it."""

    def __init__(
        self,
        param: ParamSpec,
        editing: Editing,
        history: PromptHistory,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.param = param
        self._editing = editing
        self._subject = Subject(editing.document, ())
        self._changed = False
        self.label = QLabel(words_of(param.name), self)
        self.label.setToolTip(tip_of(param))
        self.label.setProperty("role", "dim")
        self.field: Field = field_for(param, editing, history, self)
        self.field.setToolTip(tip_of(param))
        self.field.setAccessibleDescription(param.doc)
        self.label.setBuddy(self.field)
        self.reset: QToolButton | None = None
        self.link: _Driven | None = None
        self.wrong: QLabel | None = None
        self._lay_out()
        self.field.committed.connect(self.set_value)
        self.field.tried.connect(self._try)
        self.field.fresh_wanted.connect(self._free)

    def _lay_out(self) -> None:
        theme = current()
        self._column = QVBoxLayout()
        self._column.setSpacing(theme.space(1))
        self._column.addWidget(self.field)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(theme.space(3), 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.space(2))
        self._grid.setVerticalSpacing(theme.space(1))
        self._grid.setColumnStretch(0 if self.field.wide else 1, 1)
        self._grid.setColumnMinimumWidth(1 if self.field.wide else 2, theme.px(24))
        self.label.setFixedHeight(theme.px(24) if self.field.wide else theme.row)
        self._grid.addWidget(self.label, 0, 0, Qt.AlignmentFlag.AlignTop)
        if self.field.wide:
            self._grid.addLayout(self._column, 1, 0, 1, 2)
        else:
            self.label.setFixedWidth(theme.px(104))
            self._grid.addLayout(self._column, 0, 1)

    def _show_reset(self, shown: bool) -> None:
        if shown and self.reset is None:
            words = f"Back to the default, {_shown(self.param)}"
            self.reset = tool_button("rotate-ccw", words, self, small=True)
            self.reset.setFixedSize(current().px(24), current().px(24))
            self.reset.clicked.connect(self.reset_value)
            column = 1 if self.field.wide else 2
            self._grid.addWidget(self.reset, 0, column, Qt.AlignmentFlag.AlignTop)
        if self.reset is not None:
            self.reset.setVisible(shown)

    def _show_link(self, source: str) -> None:
        if source and self.link is None:
            link = self.link = _Driven(self)
            link.followed.connect(lambda: self.node_wanted.emit(link.source))
            link.cut.connect(lambda: self._editing.do(*self._subject.release(self.param)))
            self._column.insertWidget(1, link)
        if self.link is not None:
            self.link.show_source(source)
        if self.field.isHidden() != bool(source):
            self.field.setVisible(not source)

    # How it stands.

    def show_subject(self, subject: Subject) -> None:
        """Show how the parameter stands in these nodes."""
        self._subject = subject
        value, mixed = subject.value(self.param)
        source = subject.driven(self.param)
        self._show_link(source)
        self.field.show_value(value, mixed=mixed)
        if isinstance(self.field, SeedField):
            self.field.show_fresh(self._is_free())
        self._changed = subject.changed(self.param)
        self._show_reset(self._changed and not source)
        paint_role(self.label, "" if self._changed else "dim")
        self._say(None if mixed or source else subject.problem(self.param, value))
        self.update()

    @property
    def is_changed(self) -> bool:
        """Whether it differs from its default."""
        return self._changed

    def _say(self, problem: Problem | None) -> None:
        if problem is None and self.wrong is None:
            return
        if self.wrong is None:
            self.wrong = QLabel(self)
            self.wrong.setProperty("role", "error")
            self.wrong.setWordWrap(True)
            self._column.addWidget(self.wrong)
        self.field.show_problem(problem is not None)
        self.wrong.setVisible(problem is not None)
        if problem is not None:
            why = problem.why[:1].upper() + problem.why[1:]
            self.wrong.setText(f"{why.rstrip('.')}. {problem.remedy}".strip())

    # What is done to it.

    def set_value(self, value: Any) -> None:
        """Give it a value in all nodes; a refusal is shown here."""
        problem = self._subject.problem(self.param, value)
        if problem is not None:
            self._say(problem)
            return
        if value == plain(self.param.default) and not self._changed:
            self.show_subject(self._subject)
            return
        title = f"Set {words_of(self.param.name).lower()}"
        self._editing.do(*self._subject.set(self.param, value), title=title)

    def reset_value(self) -> None:
        """Go back to the default."""
        commands = self._subject.reset(self.param)
        if commands:
            self._editing.do(*commands, title=f"Reset {words_of(self.param.name).lower()}")

    def _try(self, value: Any) -> None:
        self._say(self._subject.problem(self.param, value))

    def _is_free(self) -> bool:
        subject = self._subject
        return any(
            seeds.is_free(subject.document, subject.within, name, self.param.name)
            for name in subject.names
        )

    def _free(self, free: object) -> None:
        subject = self._subject
        wanted = [(subject.within, name, self.param.name) for name in subject.names]
        words = "New seed for each run" if free else "Keep the seed"
        self._editing.do(seeds.set_free(subject.document, wanted, bool(free)), title=words)

    # The menu.

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.open_menu(event.globalPos())

    def open_menu(self, place: QPoint) -> None:
        """Offer what can be done to the parameter."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        reset = menu.addAction(icon("rotate-ccw"), "Back to the default")
        reset.setEnabled(self._changed)
        reset.triggered.connect(self.reset_value)
        menu.addAction(icon("copy"), "Copy value").triggered.connect(self.copy)
        menu.addAction(icon("clipboard-paste"), "Paste value").triggered.connect(self.paste)
        if self._subject.within:
            shown = bool(self._subject.promoted_as(self.param))
            words = "Show on the sub-graph no longer" if shown else "Show on the sub-graph"
            action = menu.addAction(icon("pin-off" if shown else "pin"), words)
            action.triggered.connect(lambda: self.promote(not shown))
        menu.popup(place)

    def copy(self) -> None:
        """Put the value on the clipboard."""
        value, _ = self._subject.value(self.param)
        text = value if isinstance(value, str) else json.dumps(value)
        QApplication.clipboard().setText(text)

    def paste(self) -> None:
        """Take the value from the clipboard, if it is one."""
        text = QApplication.clipboard().text()
        if self.param.kind not in ("text", "file", "model", "rate"):
            try:
                self.set_value(json.loads(text))
            except ValueError:
                self._say(self._subject.problem(self.param, text))
            return
        self.set_value(text)

    def promote(self, shown: bool) -> None:
        """Show the parameter on the sub-graph around, or no longer."""
        self._editing.do(*self._subject.promote(self.param, shown))

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._changed:
            return
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("accent"))
        middle = self.label.geometry().center().y() + 0.5
        painter.drawEllipse(QPointF(theme.px(MARK), middle), theme.px(2.5), theme.px(2.5))


class _Driven(QWidget):
    """Stands for the editor while a link gives the value."""

    followed = Signal()
    cut = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.source = ""
        self._words = tool_button("link", "Go to the node that gives the value", self, small=True)
        self._words.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._cut = tool_button(
            "unlink", "Remove the link and use the value typed here", self, small=True
        )
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(current().space(1))
        layout.addWidget(self._words, 1)
        layout.addWidget(self._cut)
        self._words.clicked.connect(self.followed)
        self._cut.clicked.connect(self.cut)
        self.hide()

    def show_source(self, source: str) -> None:
        """Show where the value comes from; hide for ""."""
        self.source = source.partition(".")[0]
        self._words.setText(f" {source}")
        self._words.setAccessibleName(f"Given by {source}")
        self.setVisible(bool(source))


def tip_of(param: ParamSpec) -> str:
    """Return what a parameter is for, its range and its default."""
    parts = [param.doc[:1].upper() + param.doc[1:] + "." if param.doc else ""]
    hint = param.hint
    least, most = getattr(hint, "least", None), getattr(hint, "most", None)
    if least is not None and most is not None and not isinstance(hint, Seed):
        unit = getattr(hint, "unit", "")
        parts.append(f"{least:g} to {most:g} {unit}".strip() + ".")
    parts.append(f"Default: {_shown(param)}.")
    return " ".join(part for part in parts if part)


def _shown(param: ParamSpec) -> str:
    value = plain(param.default)
    word = getattr(param.hint, "zero", "")
    if word and value == 0:
        return str(word)
    if isinstance(value, dict) or value in ("", "."):
        return "empty"
    return {True: "on", False: "off"}.get(value, str(value)) if isinstance(value, bool) else (
        f"{value:g}" if isinstance(value, float) else str(value)
    )  # fmt: skip

"""The inspector: what is chosen on the canvas, with an editor for each of its parameters.

The window puts it at the right. It changes the document by commands through `Editing` and reads it
back after each; it keeps nothing but what is folded.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from aiprod_studio.graph import facts as told
from aiprod_studio.graph.facts import Fact, NodeRenamed, ParamReset, ParamSet
from aiprod_studio.ui.editing import Editing
from aiprod_studio.ui.inspector.form import Form
from aiprod_studio.ui.inspector.header import Header
from aiprod_studio.ui.inspector.prompts import PromptHistory
from aiprod_studio.ui.inspector.subject import Subject
from aiprod_studio.ui.theme import current, pixmap, watch

KEPT = 8
"""Forms that are kept, so that going back and forth between nodes costs nothing."""


NOT_SHOWN = (
    told.ViewSet, told.FrameAdded, told.FrameChanged, told.FrameRemoved, told.NoteAdded,
    told.NoteChanged, told.NoteRemoved, told.Saved,
)  # fmt: skip


class InspectorPanel(QWidget):
    """Shows and edits the parameters of nodes."""

    node_wanted = Signal(str)
    """The artist wants to go to this node."""
    manual_wanted = Signal(str)
    look_wanted = Signal(str)
    """The artist wants to see the result of this node."""

    def __init__(self, editing: Editing, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.editing = editing
        self._subject = Subject(editing.document, ())
        self._history = PromptHistory(editing.places.data / "prompts.json")
        self._folds: dict[str, bool] = {}
        self._forms: OrderedDict[object, QScrollArea] = OrderedDict()
        self._closed = False
        self.form: Form | None = None
        self.setProperty("surface", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Inspector")
        self.header = Header(editing, self)
        self.nothing = _Nothing(self)
        self.stack = QStackedWidget(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for part in (self.header, self.stack, self.nothing):
            layout.addWidget(part)
        self.header.manual_wanted.connect(self.manual_wanted)
        self.header.look_wanted.connect(self.look_wanted)
        editing.changed.connect(self._follow)
        editing.node_looks_changed.connect(self._follow_looks)
        editing.settling.connect(self._finish)
        editing.studio.specs_changed.connect(self._renew)
        watch().changed.connect(self._renew)
        self.show_node(None)

    @property
    def names(self) -> tuple[str, ...]:
        """The nodes that are shown."""
        return self._subject.names

    def show_node(self, name: str | None, within: str = "") -> None:
        """Show a node of a graph, None for nothing."""
        self.show_nodes((name,) if name else (), within)

    def show_nodes(self, names: Iterable[str], within: str = "") -> None:
        """Show one node, or what several have in common."""
        wanted = Subject(self.editing.document, tuple(names), within)
        if (wanted.names, within) != (self._subject.names, self._subject.within):
            self._finish()
        self._subject = wanted
        self._show()

    def focus_first(self) -> None:
        """Put the keyboard into the first editor."""
        if self.form is not None:
            row = next((row for row in self.form.rows.values() if not row.isHidden()), None)
            if row is not None:
                row.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def close(self) -> bool:
        """Commit what is typed and stop following the document."""
        if not self._closed:
            self._finish()
            self._closed = True
            self.editing.changed.disconnect(self._follow)
            self.editing.node_looks_changed.disconnect(self._follow_looks)
            self.editing.settling.disconnect(self._finish)
            self.editing.studio.specs_changed.disconnect(self._renew)
            watch().changed.disconnect(self._renew)
        return super().close()

    def _show(self) -> None:
        subject = Subject(self.editing.document, self._subject.names, self._subject.within)
        self._subject = subject
        nodes = subject.nodes()
        self.header.setVisible(bool(nodes))
        self.stack.setVisible(bool(nodes))
        self.nothing.setVisible(not nodes)
        if not nodes:
            self.form = None
            return
        self.header.show_subject(subject)
        self._show_look()
        shape = (len(nodes) == 1, tuple(node.type for node in nodes), subject.params())
        page = self._forms.get(shape)
        if page is not None:
            self._forms.move_to_end(shape)
            self.form = cast("Form", page.widget())
            self.form.show_subject(subject)
        else:
            page = self._make(subject)
            self._forms[shape] = page
        self.stack.setCurrentWidget(page)
        while len(self._forms) > KEPT:
            self._drop(next(iter(self._forms)))

    def _make(self, subject: Subject) -> QScrollArea:
        """Make a form for nodes of another shape than those seen before."""
        page = QScrollArea(self.stack)
        page.setWidgetResizable(True)
        page.setFrameShape(QFrame.Shape.NoFrame)
        page.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        page.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.form = Form(subject, self.editing, self._history, self._folds, page)
        self.form.node_wanted.connect(self.node_wanted)
        self.form.manual_wanted.connect(self.manual_wanted)
        page.setWidget(self.form)
        self.stack.addWidget(page)
        return page

    def _drop(self, shape: object) -> None:
        page = self._forms.pop(shape)
        self.stack.removeWidget(page)
        page.deleteLater()

    def _finish(self) -> None:
        if self.form is not None and self._subject.nodes():
            self.form.finish()

    def _follow(self, facts: list[Fact]) -> None:
        for fact in facts:
            if isinstance(fact, NodeRenamed) and fact.within == self._subject.within:
                names = tuple(fact.new if n == fact.old else n for n in self._subject.names)
                self._subject = Subject(self.editing.document, names, fact.within)
        if any(self._matters(fact) for fact in facts):
            self._show()

    def _matters(self, fact: Fact) -> bool:
        """Say whether a fact may change what is shown; moving nodes about does not."""
        if isinstance(fact, NOT_SHOWN):
            return False
        if isinstance(fact, ParamSet | ParamReset) and fact.within == self._subject.within:
            return fact.node in self._subject.names
        return True

    def _follow_looks(self, names: list[str]) -> None:
        if not self._subject.within and set(names) & set(self._subject.names):
            self._show_look()

    def _show_look(self) -> None:
        one = len(self._subject.names) == 1 and not self._subject.within
        looks = self.editing.node_looks
        self.header.show_look(looks.of(self._subject.names[0]) if one else None)

    def _renew(self) -> None:
        """Make all forms anew, because specs or colours are others."""
        self._finish()
        self.form = None
        for shape in list(self._forms):
            self._drop(shape)
        self._show()


class _Nothing(QWidget):
    """What the inspector says while nothing is chosen."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        theme = current()
        mark = QLabel(self)
        mark.setPixmap(pixmap("sliders-horizontal", theme.px(28), "text_faint"))
        mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        words = QLabel("Choose a node to see its parameters", self)
        words.setProperty("role", "faint")
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        words.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.space(4), 0, theme.space(4), 0)
        layout.setSpacing(theme.space(2))
        layout.addStretch(2)
        layout.addWidget(mark)
        layout.addWidget(words)
        layout.addStretch(3)

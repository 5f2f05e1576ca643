"""The form of one kind of node: rows in groups, advanced ones folded, and its links and manual.

The panel makes one for each selection that has other parameters than the one before.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, QUrl, Signal
from PySide6.QtWidgets import QLabel, QSizePolicy, QTextBrowser, QVBoxLayout, QWidget

from aiprod_studio.sdk import NodeSpec, ParamSpec
from aiprod_studio.ui.editing import Editing
from aiprod_studio.ui.inspector.prompts import PromptHistory
from aiprod_studio.ui.inspector.row import Row
from aiprod_studio.ui.inspector.section import Section
from aiprod_studio.ui.inspector.subject import Subject, grouped, written
from aiprod_studio.ui.inspector.wires import Wires
from aiprod_studio.ui.manual.pages import SCHEME, page
from aiprod_studio.ui.theme import current

ADVANCED, LINKS, MANUAL = "Advanced", "Links", "Manual"
FOLDED_AT_FIRST = (ADVANCED, MANUAL)


class Form(QWidget):
    """Rows of parameters; `show_subject` shows how they stand now."""

    node_wanted = Signal(str)
    manual_wanted = Signal(str)

    def __init__(
        self,
        subject: Subject,
        editing: Editing,
        history: PromptHistory,
        folds: dict[str, bool],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._editing, self._history, self._folds = editing, history, folds
        self._subject = subject
        self.rows: dict[str, Row] = {}
        self.sections: dict[str, Section] = {}
        self.wires: Wires | None = None
        self._groups: dict[str, list[ParamSpec]] = {}
        theme = current()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, theme.space(2), theme.space(2), theme.space(3))
        self._column.setSpacing(theme.space(2))
        self._build(subject)
        self._column.addStretch(1)
        self.show_subject(subject)

    def _build(self, subject: Subject) -> None:
        for name, advanced, params in grouped(subject.params()):
            self._add_group(name, advanced, params)
        spec, nodes = subject.spec(), subject.nodes()
        one = len(nodes) == 1
        if spec is None and one:
            self._add_ghost(subject)
        if not subject.params() and not one:
            self._say("These nodes have no parameter in common.", "faint")
        if one:
            self._section(LINKS, self._fill_links)
        if spec is not None and spec.doc and not spec.type.startswith("subgraph."):
            self._section(MANUAL, lambda section: self._fill_manual(section, spec))

    def show_subject(self, subject: Subject) -> None:
        """Show how the parameters stand in these nodes."""
        self._subject = subject
        applying = {param.name for param in subject.params() if subject.applies(param)}
        for name, row in self.rows.items():
            row.show_subject(subject)
            if row.isHidden() == (name in applying):
                row.setVisible(name in applying)
        if self.wires is not None:
            self.wires.show_subject(subject)
        for title, params in self._groups.items():
            changed = sum(subject.changed(param) for param in params)
            section = self.sections[title]
            section.button.setText(f"{title}  ({changed} changed)" if changed else title)
            section.setVisible(any(param.name in applying for param in params))

    def finish(self) -> None:
        """Commit what is typed and not meant yet."""
        for row in self.rows.values():
            row.field.finish()

    def _add_group(self, name: str, advanced: bool, params: list[ParamSpec]) -> None:
        title = name[:1].upper() + name[1:] or (ADVANCED if advanced else "")
        if name and advanced:
            title = f"{title}, advanced"
        if not title:
            for param in params:
                self._column.addWidget(self._row(param))
            return
        self._groups[title] = params
        self._section(title, lambda section: self._fill_group(section, params), folded=advanced)

    def _row(self, param: ParamSpec) -> Row:
        row = Row(param, self._editing, self._history, self)
        row.node_wanted.connect(self.node_wanted)
        self.rows[param.name] = row
        return row

    def _section(self, title: str, fill: Callable[[Section], None], folded: bool = False) -> None:
        """Add a section; what is in it is made when it is opened first."""
        opened = self._folds.get(title, not (folded or title in FOLDED_AT_FIRST))
        section = Section(title, fill, self, open_now=opened)
        section.folded.connect(lambda away: self._folds.__setitem__(title, not away))
        self.sections[title] = section
        self._column.addWidget(section)

    def _fill_group(self, section: Section, params: list[ParamSpec]) -> None:
        for param in params:
            row = self._row(param)
            section.add(row)
            row.show_subject(self._subject)
            row.setVisible(self._subject.applies(param))

    def _fill_links(self, section: Section) -> None:
        self.wires = Wires(section)
        self.wires.node_wanted.connect(self.node_wanted)
        section.add(self.wires)
        self.wires.show_subject(self._subject)

    def _fill_manual(self, section: Section, spec: NodeSpec) -> None:
        text = _Page(section)
        text.setHtml(page(spec, short=True))
        text.anchorClicked.connect(self._follow)
        section.add(text)

    def _say(self, words: str, role: str) -> None:
        label = QLabel(words, self)
        label.setProperty("role", role)
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        label.setContentsMargins(current().space(3), 0, 0, 0)
        self._column.addWidget(label)

    def _add_ghost(self, subject: Subject) -> None:
        node = subject.nodes()[0]
        words = (
            f"The node type {node.type!r} is not installed. Install or allow its pack; until then "
            "the node is kept as it is."
        )
        self._say(words, "warning")
        if node.params:
            self._say(written(node.params), "dim")

    def _follow(self, url: QUrl) -> None:
        self.manual_wanted.emit(url.toString().removeprefix(SCHEME))


class _Page(QTextBrowser):
    """A page as tall as its text, so that the inspector scrolls and the page does not."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setOpenLinks(False)
        self.setAccessibleName("Manual")
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(current().space(3))
        self.document().documentLayout().documentSizeChanged.connect(
            lambda size: self.setFixedHeight(int(size.height()) + 2)
        )

    def sizeHint(self) -> QSize:
        return QSize(200, int(self.document().size().height()) + 2)

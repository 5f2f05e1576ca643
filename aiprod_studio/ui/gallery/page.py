"""The start page: templates that run at once, recent files, and unsaved work offered again.

It opens nothing itself; the window does. Pictures come from the templates' shipped thumbnails and
from the last results beside recent files, read in threads.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QMenu, QScrollArea, QVBoxLayout, QWidget

from aiprod_studio.app.session.recent import RecentFile, RecentFiles
from aiprod_studio.app.session.recovery import Leftover
from aiprod_studio.app.session.templates import Template, templates
from aiprod_studio.ui.gallery.card import Card
from aiprod_studio.ui.gallery.flow import FlowGrid
from aiprod_studio.ui.node_looks import qimage
from aiprod_studio.ui.studio import Studio
from aiprod_studio.ui.theme import current
from aiprod_studio.ui.theme.pieces import dress, label, push_button

WIDEST = 1240


class GalleryPage(QWidget):
    """The start page."""

    template_chosen = Signal(object)
    file_chosen = Signal(object)
    new_wanted = Signal()
    open_wanted = Signal()
    recover_wanted = Signal(object)
    forget_wanted = Signal(object)

    def __init__(self, studio: Studio, recent: RecentFiles, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme = current()
        self._studio, self._recent = studio, recent
        dress(self, "window")
        self.setAccessibleName("Start")
        self.cards: dict[str, Card] = {}
        self.recent_cards: dict[Path, Card] = {}
        body = QWidget()
        body.setMaximumWidth(theme.px(WIDEST))
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(*[theme.space(8)] * 4)
        self._column.setSpacing(theme.space(3))
        self._column.addWidget(self._head())
        self._column.addSpacing(theme.space(2))
        self._leftovers = QVBoxLayout()
        self._column.addLayout(self._leftovers)
        self._recent_head = label("Recent", "heading", body)
        self._column.addWidget(self._recent_head)
        self._recent_box, self._recent_grid = self._grid(200)
        self._column.addWidget(self._recent_box)
        self._column.addSpacing(theme.space(3))
        self._column.addWidget(label("Start with a template", "heading", body))
        self._add_templates([t for t in templates() if not t.needs])
        others = [t for t in templates() if t.needs]
        if others:
            self._column.addSpacing(theme.space(3))
            self._column.addWidget(label("With your own model files", "heading", body))
            self._add_templates(others)
        self._column.addStretch(1)
        middle = QWidget()
        row = QHBoxLayout(middle)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(body, 100)
        row.addStretch(1)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(middle)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)
        self.show_recent()

    def show_recent(self) -> None:
        """Show the recent files as they are now."""
        _empty(self._recent_grid)
        self.recent_cards.clear()
        files = self._recent.all()[:6]
        for item in files:
            card = Card(item.path.stem, _when(item), self._recent_box, art="file")
            card.chosen.connect(lambda path=item.path: self.file_chosen.emit(path))
            card.menu_wanted.connect(lambda at, path=item.path: self._menu(path, at))
            card.setToolTip(str(item.path))
            self._recent_grid.addWidget(card)
            self.recent_cards[item.path] = card
            self._ask_picture(card, lambda path=item.path: last_picture(path))
        self._recent_head.setVisible(bool(files))
        self._recent_box.setVisible(bool(files))

    def show_leftovers(self, leftovers: list[Leftover]) -> None:
        """Offer unsaved work of a program that ended without saving."""
        _empty(self._leftovers)
        for leftover in leftovers:
            self._leftovers.addWidget(self._leftover(leftover))

    def _head(self) -> QWidget:
        theme = current()
        head = QWidget(self)
        row = QHBoxLayout(head)
        row.setContentsMargins(0, 0, 0, 0)
        words = QVBoxLayout()
        words.setSpacing(theme.space(1))
        words.addWidget(label("AIPROD Studio", "huge"))
        words.addWidget(label("Films from storyboards, on the card you have.", "dim"))
        row.addLayout(words, 1)
        self.open_button = push_button("Open…", head, picture="folder-open")
        self.open_button.clicked.connect(self.open_wanted)
        self.new_button = push_button("New workflow", head, kind="primary", picture="plus")
        self.new_button.clicked.connect(self.new_wanted)
        for button in (self.open_button, self.new_button):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)
        return head

    def _grid(self, least: int) -> tuple[QWidget, FlowGrid]:
        theme = current()
        box = QWidget(self)
        return box, FlowGrid(box, theme.px(least), theme.space(4))

    def _add_templates(self, found: list[Template]) -> None:
        box, grid = self._grid(250)
        for template in found:
            card = Card(template.title, template.about, box, badge=template.needs)
            card.chosen.connect(lambda template=template: self.template_chosen.emit(template))
            grid.addWidget(card)
            self.cards[template.name] = card
            if template.picture.is_file():
                card.set_picture(QImage(str(template.picture)))
        self._column.addWidget(box)

    def _leftover(self, leftover: Leftover) -> QWidget:
        theme = current()
        card = QWidget(self)
        dress(card, "card")
        row = QHBoxLayout(card)
        row.setContentsMargins(theme.space(4), theme.space(3), theme.space(3), theme.space(3))
        when = datetime.fromtimestamp(leftover.at).strftime("%d %b, %H:%M:%S")
        words = QVBoxLayout()
        words.addWidget(label(f"Unsaved work: {leftover.title}", "strong"))
        place = str(leftover.path) if leftover.path else "never saved"
        words.addWidget(label(f"Kept {when}  ·  {place}", "dim"))
        row.addLayout(words, 1)
        forget = push_button("Forget", card, kind="flat")
        forget.clicked.connect(lambda: self.forget_wanted.emit(leftover))
        recover = push_button("Recover", card, kind="primary", picture="archive-restore")
        recover.clicked.connect(lambda: self.recover_wanted.emit(leftover))
        row.addWidget(forget)
        row.addWidget(recover)
        return card

    def _ask_picture(self, card: Card, read: object) -> None:
        assert callable(read)
        self._studio.later(
            read, lambda image: card.set_picture(image) if image else None, owner=card
        )

    def _menu(self, path: Path, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Open").triggered.connect(lambda: self.file_chosen.emit(path))
        menu.addAction("Take out of this list").triggered.connect(lambda: self._take_out(path))
        menu.popup(at)

    def _take_out(self, path: Path) -> None:
        self._recent.remove(path)
        self.show_recent()


def last_picture(workflow: Path) -> QImage | None:
    """Return a picture of what a workflow last wrote into its outputs, None when there is none."""
    from aiprod_studio.app.session.results import FILMS, PICTURES, open_file, small_picture
    from aiprod_studio.sdk import Refusal

    folder = workflow.parent / "outputs"
    files = [f for f in folder.glob("*") if f.suffix.lower() in (*FILMS, *PICTURES)]
    files.sort(key=lambda f: (workflow.stem not in f.stem, -f.stat().st_mtime))
    for file in files[:1]:
        try:
            seen = open_file(file)
        except Refusal:
            return None
        return qimage(small_picture(seen, 480)) if seen is not None else None
    return None


def _when(item: RecentFile) -> str:
    return f"{datetime.fromtimestamp(item.at).strftime('%d %b %Y, %H:%M')}  {item.path.parent.name}"


def _empty(layout: FlowGrid | QVBoxLayout) -> None:
    while layout.count():
        item = layout.takeAt(0)
        widget = item.widget() if item is not None else None
        if widget is not None:
            widget.hide()
            widget.deleteLater()

"""The Board workspace: the cards in the middle, the large picture and the words at the right.

It joins the views over one document. Every change is an edit through `Editing.do_story`; renders go
through the same `ShotRenders` as in the Edit workspace.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from aiprod_studio.sdk import Problem
from aiprod_studio.ui.actions import Action
from aiprod_studio.ui.editing import Editing
from aiprod_studio.ui.footage.errands import Errands
from aiprod_studio.ui.footage.renders import renders_of
from aiprod_studio.ui.storyboard import menus
from aiprod_studio.ui.storyboard.actions import actions_of
from aiprod_studio.ui.storyboard.acts import Acts
from aiprod_studio.ui.storyboard.cards import CardsView, files_in
from aiprod_studio.ui.storyboard.details import Details
from aiprod_studio.ui.storyboard.files import Files
from aiprod_studio.ui.storyboard.model.layout import Head, Tile
from aiprod_studio.ui.storyboard.naming import NameLine
from aiprod_studio.ui.storyboard.outside import OutsideEditing
from aiprod_studio.ui.storyboard.pictures import Pictures
from aiprod_studio.ui.storyboard.rendering import Rendering
from aiprod_studio.ui.storyboard.stage import Stage
from aiprod_studio.ui.storyboard.toolbar import Toolbar
from aiprod_studio.ui.theme import current
from aiprod_studio.ui.theme.empty_page import EmptyPage
from aiprod_studio.ui.theme.pieces import push_button

INVITING = (
    "Drop drawings, photographs, a folder, a Fountain script or a .storyboarder board here.\n"
    "Panels become shots, shots become takes. Nothing needs a model yet."
)
TOOLS = ("new_panel", "new_shot", "import", "split", "join", "play")


class BoardWorkspace(QWidget):
    """The storyboard of a document."""

    graph_wanted = Signal(str)
    """A shot whose graph is to be shown."""

    def __init__(self, editing: Editing, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.editing = editing
        self.renders = renders_of(editing)
        self.pictures = Pictures(editing, lambda name: self.renders.ground().locate(name), self)
        ground = self.renders.ground()
        self.errands = Errands(ground.folder, ground.locate, self)
        self.outside = OutsideEditing(editing, self)
        self.cards = CardsView(self.pictures, self)
        self.stage = Stage(self.renders.ground, self.pictures, self)
        self.details = Details(self.errands, self)
        self.acts = Acts(editing, self.cards)
        self.files = Files(editing, self.acts, self)
        self.rendering = Rendering(editing, self.renders, self.acts, self)
        self.actions_here: tuple[Action, ...] = actions_of(self)
        by_name = {action.id.removeprefix("board."): action for action in self.actions_here}
        self._actions = by_name
        tools = [by_name[name] for name in TOOLS]
        self.toolbar = Toolbar(tools, by_name["render_changed"], self)
        self._keys: dict[str, Action] = {}
        self.bind({})
        self._compose()
        self._connect()
        self.refresh()

    def bind(self, own: Mapping[str, Iterable[str]]) -> None:
        """Take the artist's own keys, by the ids of actions."""
        self._keys = {
            QKeySequence(key).toString(): action
            for action in self.actions_here
            for key in own.get(action.id, action.keys)
        }

    # What can be done here; what changes the board is in `acts`.

    def write(self) -> None:
        """Write what is said on the chosen panel."""
        self.details.write()

    def draw(self) -> None:
        """Open the chosen panel in the system's editor."""
        if self.cards.at:
            self.outside.open(self.cards.at)

    def name_scene(self) -> None:
        """Write the name of the scene where the keys are."""
        self.name_head("scene", self.acts.scene_at())

    def name_shot(self) -> None:
        """Write the name of the shot where the keys are."""
        shot = self.acts.shot_at()
        if shot is not None:
            self.name_head("shot", shot.name)

    def name_head(self, kind: str, name: str) -> None:
        """Write the name of a scene or a shot over its heading."""
        line = NameLine(self.cards, kind, name)
        line.show()
        line.setFocus()

    def toggle_shape(self) -> None:
        """Show a grid instead of a strip, or the other way round."""
        self.set_shape("strip" if self.cards.shape_now == "grid" else "grid")

    def set_shape(self, shape: Any) -> None:
        """Show a grid with the picture beside it, or a strip under a large picture."""
        theme = current()
        if shape == "strip":
            self.middle.insertWidget(0, self.stage)
            self.middle.setSizes([theme.px(520), theme.px(300)])
        else:
            self.side.insertWidget(0, self.stage)
            self.side.setSizes([theme.px(280), theme.px(520)])
        self.cards.set_shape(shape)
        self.toolbar.show_shape(shape)

    # What it shows.

    def refresh(self, *_: object) -> None:
        """Show the board as it is now."""
        board = self.editing.board()
        looks = self.rendering.looks()
        self.cards.show_board(board, looks)
        self.pages.setCurrentWidget(self.split_view if board.scenes else self.empty)
        self._show_chosen()
        frames = sum(shot.length for _, shot in board.shots())
        self.toolbar.show_facts(len(self.cards.layout_now.cards), frames, board.rate)
        self.toolbar.render_button.setEnabled(self.acts.has_shots())

    def close(self) -> bool:
        """Let go of the document, of threads and of files."""
        self.details.commit()
        self.editing.changed.disconnect(self.refresh)
        self.editing.path_changed.disconnect(self._moved)
        self.editing.settling.disconnect(self.details.commit)
        self.renders.changed.disconnect(self.refresh)
        self.renders.close()
        self.outside.close()
        self.stage.close_all()
        self.errands.close()
        return super().close()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files anywhere: on the empty board, and on the large picture."""
        if files_in(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Bring files to the chosen panel when they fall on its picture, else behind the last."""
        on_stage = self.stage.rect().contains(self.stage.mapFrom(self, event.position().toPoint()))
        place = self.files.place() if on_stage and self.stage.isVisible() else None
        self.files.bring(files_in(event.mimeData()), place)
        event.acceptProposedAction()

    # Inside.

    def _compose(self) -> None:
        theme = current()
        self.side, self.middle = (
            QSplitter(Qt.Orientation.Vertical),
            QSplitter(Qt.Orientation.Vertical),
        )
        self.side.addWidget(self.stage)
        self.side.addWidget(self.details)
        self.side.setSizes([theme.px(280), theme.px(520)])
        self.middle.addWidget(self.cards)
        self.split_view = QSplitter(Qt.Orientation.Horizontal)
        self.split_view.addWidget(self.middle)
        self.split_view.addWidget(self.side)
        self.split_view.setStretchFactor(0, 1)
        self.split_view.setSizes([theme.px(960), theme.px(400)])
        for splitter in (self.side, self.middle, self.split_view):
            splitter.setHandleWidth(theme.px(3))
            splitter.setChildrenCollapsible(False)
        self.pages = QStackedWidget(self)
        self.empty = self._invitation()
        self.pages.addWidget(self.split_view)
        self.pages.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.toolbar)
        column.addWidget(self.pages, 1)
        self.setFocusProxy(self.cards)
        self.setAcceptDrops(True)

    def _invitation(self) -> EmptyPage:
        begin = push_button("New board", kind="primary", picture="plus")
        begin.clicked.connect(lambda: self.acts.add_shot())
        bring_in = push_button("Import images or a board…", picture="image-plus")
        bring_in.clicked.connect(self.files.import_files)
        return EmptyPage("clapperboard", "Begin with a drawing", INVITING, begin, bring_in)

    def _connect(self) -> None:
        self._connect_cards()
        self._connect_details()
        editing = self.editing
        self.stage.panel_reached.connect(self.cards.go_to)
        self.toolbar.rate.wanted.connect(self._do)
        self.toolbar.shape_wanted.connect(self.set_shape)
        self.toolbar.size_wanted.connect(self.cards.set_card_width)
        self.outside.refused.connect(editing.refused)
        self.outside.taken.connect(lambda _: self.pictures.renew())
        self.rendering.graph_wanted.connect(self.graph_wanted)
        self.renders.changed.connect(self.refresh)
        editing.changed.connect(self.refresh)
        editing.path_changed.connect(self._moved)
        editing.settling.connect(self.details.commit)

    def _connect_cards(self) -> None:
        cards = self.cards
        cards.wanted.connect(self._do)
        cards.refused.connect(self.editing.refused)
        cards.chosen_changed.connect(self._show_chosen)
        cards.opened.connect(lambda _: self.write())
        cards.head_opened.connect(self.name_head)
        cards.tile_pressed.connect(self._press_tile)
        cards.dropped.connect(self.files.bring)
        cards.asked_for_menu.connect(self._open_menu)
        cards.key_pressed.connect(self._press)

    def _connect_details(self) -> None:
        details = self.details
        details.wanted.connect(self._do)
        details.fit_wanted.connect(lambda panel: self.acts.fit_dialogue([panel]))
        details.file_wanted.connect(self.files.choose)
        details.render_wanted.connect(lambda shot: self.rendering.render([shot]))
        details.outside_wanted.connect(self.outside.open)
        details.graph_wanted.connect(self.rendering.open_in_graph)
        details.takes.played.connect(self._play_take)

    def _do(self, edits: Iterable[Any], title: str) -> None:
        self.editing.do_story(*edits, title=title)

    def _press_tile(self, kind: str, name: str) -> None:
        if kind == "add":
            self.acts.add_shot(name)
        else:
            self.acts.add_first_panel(name)

    def _show_chosen(self) -> None:
        shot, at = self.acts.shot_at(), self.cards.at
        look = self.cards.looks.get(shot.name) if shot is not None else None
        problems: tuple[Problem, ...] = self.rendering.problems(shot.name) if shot else ()
        self.details.show_panel(self.editing.board(), at, look, problems, self.cards.chosen)
        self.stage.show_panel(self.editing.board(), at)  # what was typed may have changed it

    def _play_take(self, take: str) -> None:
        shot = self.acts.shot_at()
        if shot is not None:
            self.stage.play_take(shot, take)

    def _open_menu(self, at: QPoint, on: Head | Tile | None) -> None:
        if on is not None and on.kind == "scene":
            menu = menus.scene_menu(
                self, self.acts, on.name, lambda: self.name_head("scene", on.name)
            )
        elif on is not None and on.kind != "add" and not self.cards.panels_of("shot", on.name):
            menu = menus.shot_menu(
                self, self.acts, on.name, lambda: self.name_head("shot", on.name)
            )
        else:
            menu = menus.panels_menu(self, self._actions, some=self.acts.some_chosen())
        menu.popup(at)

    def _press(self, event: QKeyEvent) -> None:
        action = self._keys.get(QKeySequence(event.keyCombination()).toString())
        if action is not None and action.enabled():
            event.accept()
            action.run()

    def _moved(self) -> None:
        """Follow the document to another folder."""
        ground = self.renders.ground()
        self.errands.renew(ground.folder, ground.locate)
        self.stage.renew()
        self.pictures.renew()

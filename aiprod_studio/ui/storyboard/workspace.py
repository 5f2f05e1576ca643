"""The Board workspace: the cards in the middle, the large picture and the words at the right.

It joins the views over one document. Every change is an edit through `Editing.do_story`; renders go
through the same `ShotRenders` as in the Edit workspace.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QFileDialog,
    QMenu,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from aiprod_studio.app.film.place import node_of_shot, usual_graph
from aiprod_studio.app.session.board_files import BOARDS, CUTS, Brought, bring
from aiprod_studio.sdk import Problem, Refusal
from aiprod_studio.story.board import Board, Panel, Shot
from aiprod_studio.story.edits import AddPanel, AddScene, SetShot
from aiprod_studio.story.interchange.pictures import ENDINGS
from aiprod_studio.ui.actions import Action
from aiprod_studio.ui.editing import Editing
from aiprod_studio.ui.footage.errands import Errands
from aiprod_studio.ui.footage.renders import renders_of
from aiprod_studio.ui.shell.buttons import add_to_menu, push_button
from aiprod_studio.ui.shell.panel_frame import EmptyPage
from aiprod_studio.ui.storyboard.actions import actions_of
from aiprod_studio.ui.storyboard.cards import CardsView
from aiprod_studio.ui.storyboard.details import Details
from aiprod_studio.ui.storyboard.importing import take
from aiprod_studio.ui.storyboard.model import changes
from aiprod_studio.ui.storyboard.model.layout import Drop
from aiprod_studio.ui.storyboard.outside import OutsideEditing
from aiprod_studio.ui.storyboard.pictures import Pictures
from aiprod_studio.ui.storyboard.stage import Stage
from aiprod_studio.ui.storyboard.toolbar import Toolbar
from aiprod_studio.ui.theme import current

INVITING = (
    "Drop drawings, photographs, a folder, a Fountain script or a .storyboarder board here.\n"
    "Panels become shots, shots become takes. Nothing needs a model yet."
)
TOOLS = ("new_panel", "new_shot", "import", "split", "join", "play")
MENU = ("new_panel", "new_shot", "-", "write", "draw", "fit", "-", "split", "join", "duplicate",
        "remove", "-", "render", "render_another", "graph", "lock")  # fmt: skip


class BoardWorkspace(QWidget):
    """The storyboard of a document."""

    graph_wanted = Signal(str)
    """A shot whose graph is to be shown."""

    def __init__(self, editing: Editing, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.editing = editing
        self.pictures = Pictures(editing, self)
        self.renders = renders_of(editing)
        ground = self.renders.ground()
        self.errands = Errands(ground.folder, ground.locate, self)
        self.outside = OutsideEditing(editing, self)
        self.cards = CardsView(self.pictures, self)
        self.stage = Stage(self.renders.ground, self.pictures, self)
        self.details = Details(self.errands, self)
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

    # What can be done.

    def some_chosen(self) -> bool:
        """Say whether a panel is chosen."""
        return bool(self.cards.chosen)

    def has_shots(self) -> bool:
        """Say whether there is anything to render."""
        return any(True for _ in self.editing.board().shots())

    def chosen_shots(self) -> list[str]:
        """Return the shots of the chosen panels, in the order of the film."""
        chosen = set(self.cards.chosen)
        return [
            shot.name for _, shot in self.editing.board().shots()
            if any(panel.name in chosen for panel in shot.panels)
        ]  # fmt: skip

    def add_panel(self) -> None:
        """Add an empty panel behind the chosen one."""
        at = self.cards.at
        self._add(lambda board: changes.new_panel(board, at), "New panel")

    def add_shot(self) -> None:
        """Add a shot behind the chosen one."""
        after = (self.chosen_shots() or [""])[-1]
        self._add(lambda board: changes.new_shot(board, after=after), "New shot")

    def add_scene(self) -> None:
        """Add a scene with one shot at the end."""

        def make(board: Board) -> tuple[Any, ...]:
            trial = changes.Trial(board)
            trial.do(AddScene())
            scene = trial.board.scenes[-1].name
            return (*trial.edits, *changes.new_shot(trial.board, scene))

        self._add(make, "New scene")

    def split(self) -> None:
        """Begin a new shot at the chosen panel."""
        at = self.cards.at
        self.cards.ask(lambda board: changes.split(board, at), "Split")

    def join(self) -> None:
        """Join what is chosen, or the chosen panel with the next."""
        chosen = self.cards.chosen
        self.cards.ask(lambda board: changes.joined(board, chosen), "Join")

    def duplicate(self) -> None:
        """Put a copy of each chosen panel behind it."""
        chosen = self.cards.chosen
        self._add(lambda board: changes.copied(board, chosen), "Duplicate panels")

    def remove(self) -> None:
        """Remove the chosen panels; the next one is chosen then."""
        chosen = self.cards.chosen
        names = [card.panel for card in self.cards.layout_now.cards]
        after = [n for n in names[names.index(chosen[-1]) :] if n not in chosen] if chosen else []
        self.cards.ask(lambda board: changes.removed(board, chosen), "Remove panels")
        left = {panel.name for _, panel in self.editing.board().panels()}
        follow = next((name for name in after if name in left), "")
        if follow and not self.cards.chosen:
            self.cards.go_to(follow)

    def write(self) -> None:
        """Write what is said on the chosen panel."""
        self.details.write()

    def draw(self) -> None:
        """Open the chosen panel in the system's editor."""
        if self.cards.at:
            self.outside.open(self.cards.at)

    def fit_dialogue(self) -> None:
        """Make the chosen panels as long as their dialogue takes."""
        chosen = self.cards.chosen
        self.cards.ask(lambda board: changes.long_enough(board, chosen), "Time for dialogue")

    def lock(self) -> None:
        """Lock the chosen shots, or unlock them when all are locked."""
        shots = [self.editing.board().find_shot(name)[1] for name in self.chosen_shots()]
        locked = not all(shot.locked for shot in shots)
        edits = [SetShot(shot.name, {"locked": locked}) for shot in shots]
        if edits:
            self._do(edits, "Lock shots" if locked else "Unlock shots")

    def choose_all(self) -> None:
        """Choose every panel."""
        self.cards.choose(card.panel for card in self.cards.layout_now.cards)

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

    def render_chosen(self) -> None:
        """Render the shots of the chosen panels."""
        self._render(self.chosen_shots())

    def render_another(self) -> None:
        """Render one more take of the chosen shots, by another seed."""
        self._render(self.chosen_shots(), another=True)

    def render_changed(self) -> None:
        """Render every shot that is stale."""
        if not self.editing.document.nodes and not self.editing.board().workflow:
            self.add_graph()
        self.renders.render_changed()

    def open_in_graph(self) -> None:
        """Go to the node that the chosen shot renders through."""
        for name in self.chosen_shots()[:1]:
            self._open_in_graph(name)

    def import_files(self) -> None:
        """Choose images or a board to bring in."""
        kinds = " ".join(f"*{ending}" for ending in (*sorted(ENDINGS), *BOARDS, *CUTS))
        names, _ = QFileDialog.getOpenFileNames(
            self, "Import images or a board", str(self.editing.folder),
            f"Images and boards ({kinds});;All files (*)",
        )  # fmt: skip
        self.bring([Path(name) for name in names], None)

    def bring(self, files: list[Path], drop: Drop | None) -> None:
        """Bring files onto the board; what cannot be read is told."""
        if not files:
            return
        editing, rate = self.editing, self.editing.board().rate
        folder, assets = editing.folder, editing.assets
        editing.studio.later(
            lambda: bring(files, folder, assets, rate),
            lambda brought: self._brought(brought, drop),
            editing.refused.emit,
            owner=self,
        )

    # What it shows.

    def refresh(self, *_: object) -> None:
        """Show the board as it is now."""
        board = self.editing.board()
        looks = self.renders.looks()
        self.cards.show_board(board, looks)
        self.pages.setCurrentWidget(self.split_view if board.scenes else self.empty)
        self._show_chosen()
        frames = sum(shot.length for _, shot in board.shots())
        panels = len(self.cards.layout_now.cards)
        self.toolbar.facts.setText(f"{panels} panels   {float(frames / board.rate):.1f} s")
        self.toolbar.render_button.setEnabled(bool(board.scenes))

    def close(self) -> bool:
        """Let go of the document, of threads and of files."""
        self.editing.changed.disconnect(self.refresh)
        self.editing.path_changed.disconnect(self._moved)
        self.renders.changed.disconnect(self.refresh)
        self.renders.close()
        self.outside.close()
        self.stage.close_all()
        self.errands.close()
        return super().close()

    # Inside.

    def _compose(self) -> None:
        theme = current()
        self.side = QSplitter(Qt.Orientation.Vertical)
        self.side.addWidget(self.stage)
        self.side.addWidget(self.details)
        self.side.setSizes([theme.px(280), theme.px(520)])
        self.middle = QSplitter(Qt.Orientation.Vertical)
        self.middle.addWidget(self.cards)
        self.split_view = QSplitter(Qt.Orientation.Horizontal)
        self.split_view.addWidget(self.middle)
        self.split_view.addWidget(self.side)
        self.split_view.setStretchFactor(0, 1)
        self.split_view.setSizes([theme.px(960), theme.px(400)])
        for splitter in (self.side, self.middle, self.split_view):
            splitter.setHandleWidth(theme.px(3))
            splitter.setChildrenCollapsible(False)
        begin = push_button("New board", kind="primary", picture="plus")
        begin.clicked.connect(self.add_shot)
        bring_in = push_button("Import images or a board…", picture="image-plus")
        bring_in.clicked.connect(self.import_files)
        self.empty = EmptyPage("clapperboard", "Begin with a drawing", INVITING, begin, bring_in)
        self.pages = QStackedWidget(self)
        self.pages.addWidget(self.split_view)
        self.pages.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.toolbar)
        column.addWidget(self.pages, 1)
        self.setFocusProxy(self.cards)
        self.setAcceptDrops(True)

    def _connect(self) -> None:
        cards, details, editing = self.cards, self.details, self.editing
        cards.wanted.connect(self._do)
        cards.refused.connect(editing.refused)
        cards.chosen_changed.connect(self._show_chosen)
        cards.opened.connect(lambda _: self.write())
        cards.tile_pressed.connect(self._press_tile)
        cards.dropped.connect(self.bring)
        cards.asked_for_menu.connect(self._open_menu)
        cards.key_pressed.connect(self._press)
        details.wanted.connect(self._do)
        details.fit_wanted.connect(
            lambda panel: cards.ask(lambda board: changes.long_enough(board, [panel]), "")
        )
        details.render_wanted.connect(lambda shot: self._render([shot]))
        details.outside_wanted.connect(self.outside.open)
        details.graph_wanted.connect(self._open_in_graph)
        details.takes.played.connect(self._play_take)
        self.stage.panel_reached.connect(self._reached)
        self.toolbar.shape_wanted.connect(self.set_shape)
        self.toolbar.size_wanted.connect(cards.set_card_width)
        self.outside.refused.connect(editing.refused)
        self.outside.taken.connect(lambda _: self.pictures.renew())
        self.renders.changed.connect(self.refresh)
        editing.changed.connect(self.refresh)
        editing.path_changed.connect(self._moved)

    def _do(self, edits: Iterable[Any], title: str) -> None:
        self.editing.do_story(*edits, title=title)

    def _add(self, make: Any, title: str) -> None:
        """Add something and choose what is new."""
        before = {panel.name for _, panel in self.editing.board().panels()}
        self.cards.ask(make, title)
        self._choose_new(before)

    def _choose_new(self, before: set[str]) -> None:
        fresh = [p.name for _, p in self.editing.board().panels() if p.name not in before]
        if fresh:
            self.cards.go_to(fresh[0])
            self.cards.choose(fresh)
            self.cards.setFocus()

    def _press_tile(self, kind: str, name: str) -> None:
        if kind == "add":
            self._add(lambda board: changes.new_shot(board, name), "New shot")
        else:
            panel = Panel(frames=changes.usual_frames(self.editing.board().rate))
            self._add(lambda _: (AddPanel(name, panel),), "New panel")

    def _brought(self, brought: Brought, drop: Drop | None) -> None:
        before = {panel.name for _, panel in self.editing.board().panels()}
        take(self.editing, brought, "Import", drop)
        self._choose_new(before)

    def _show_chosen(self) -> None:
        board, at = self.editing.board(), self.cards.at
        shot = self._shot_of(board, at)
        look = self.cards.looks.get(shot.name) if shot is not None else None
        problems: tuple[Problem, ...] = self.renders.problems(shot.name) if shot else ()
        self.details.show_panel(board, at, look, problems)
        self.stage.show_panel(board, at)

    def _shot_of(self, board: Board, panel: str) -> Shot | None:
        return next((s for _, s in board.shots() if any(p.name == panel for p in s.panels)), None)

    def _reached(self, panel: str) -> None:
        """Follow the animatic."""
        self.cards.go_to(panel)

    def _play_take(self, take: str) -> None:
        shot = self._shot_of(self.editing.board(), self.cards.at)
        if shot is not None:
            self.stage.play_take(shot, take)

    def _open_in_graph(self, shot: str) -> None:
        """Go to the graph of a shot; where none is there, the usual one is added first."""
        editing = self.editing
        board = editing.board()
        if (
            not node_of_shot(editing.document, board, shot)
            and not board.find_shot(shot)[1].workflow
        ):
            self.add_graph()
        self.graph_wanted.emit(shot)

    def add_graph(self) -> None:
        """Add the usual graph that renders shots, with the model that ships with the program."""
        try:
            command = usual_graph()
        except Refusal as refusal:
            self.editing.refused.emit(refusal.problems[0])
            return
        if self.editing.do(command, title="Add a graph for shots"):
            self.editing.said.emit("A graph that renders shots was added.")

    def _render(self, shots: list[str], *, another: bool = False) -> None:
        """Render shots; a document without any graph gets the usual one first."""
        if shots and not self.editing.document.nodes and not self.editing.board().workflow:
            self.add_graph()
        self.renders.render(shots, another=another)

    def _open_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name in MENU:
            if name == "-":
                menu.addSeparator()
            else:
                add_to_menu(menu, self._actions[name])
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

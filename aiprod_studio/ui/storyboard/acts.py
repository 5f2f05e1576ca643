"""What the artist does to panels, shots and scenes on the board: one method for each action.

Each makes edits of what is chosen and hands them to the cards, which want them or tell a refusal.
Rendering is in `rendering`, files are in `files`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from PySide6.QtWidgets import QApplication

from aiprod_studio.story.board import Board, Panel, Shot
from aiprod_studio.story.edits import (
    AddPanel,
    AddScene,
    RemoveScene,
    RemoveShot,
    Renumber,
    SetPanel,
    SetShot,
)
from aiprod_studio.ui.editing import Editing
from aiprod_studio.ui.storyboard import clipboard
from aiprod_studio.ui.storyboard.cards import Ask, CardsView
from aiprod_studio.ui.storyboard.model import changes, moving
from aiprod_studio.ui.storyboard.model.moving import Step
from aiprod_studio.ui.storyboard.model.trial import Trial


class Acts:
    """Changes the board of a document by what is chosen on its cards."""

    def __init__(self, editing: Editing, cards: CardsView) -> None:
        self.editing, self.cards = editing, cards

    # What is chosen.

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

    def shot_at(self) -> Shot | None:
        """Return the shot of the panel that the keys are on."""
        at = self.cards.at
        board = self.editing.board()
        return next((s for _, s in board.shots() if any(p.name == at for p in s.panels)), None)

    def scene_at(self) -> str:
        """Return the scene of the panel that the keys are on, the last one where there is none."""
        board, shot = self.editing.board(), self.shot_at()
        if shot is not None:
            return board.find_shot(shot.name)[0].name
        return board.scenes[-1].name if board.scenes else ""

    def choose_all(self) -> None:
        """Choose every panel."""
        self.cards.choose(card.panel for card in self.cards.layout_now.cards)

    # Adding.

    def add_panel(self) -> None:
        """Add an empty panel behind the chosen one."""
        at = self.cards.at
        self.add(lambda board: changes.new_panel(board, at), "New panel")

    def add_first_panel(self, shot: str) -> None:
        """Add an empty panel to a shot."""
        panel = Panel(frames=changes.usual_frames(self.editing.board().rate))
        self.add(lambda _: (AddPanel(shot, panel),), "New panel")

    def add_shot(self, scene: str = "") -> None:
        """Add a shot to a scene, or behind the chosen one."""
        after = "" if scene else (self.chosen_shots() or [""])[-1]
        self.add(lambda board: changes.new_shot(board, scene, after), "New shot")

    def add_scene(self) -> None:
        """Add a scene with one shot at the end."""

        def make(board: Board) -> tuple[Any, ...]:
            trial = Trial(board)
            trial.do(AddScene())
            scene = trial.board.scenes[-1].name
            return (*trial.edits, *changes.new_shot(trial.board, scene))

        self.add(make, "New scene")

    def duplicate(self) -> None:
        """Put a copy of each chosen panel behind it."""
        chosen = self.cards.chosen
        self.add(lambda board: changes.copied(board, chosen), "Duplicate panels")

    def add(self, make: Ask, title: str) -> None:
        """Add something and choose what is new."""
        before = self.names()
        self.cards.ask(make, title)
        self.choose_new(before)

    def names(self) -> set[str]:
        """Return the names of all panels."""
        return {panel.name for _, panel in self.editing.board().panels()}

    def choose_new(self, before: Iterable[str]) -> None:
        """Choose the panels that were not there before, and put the keys there."""
        known = set(before)
        fresh = [p.name for _, p in self.editing.board().panels() if p.name not in known]
        if fresh:
            self.cards.go_to(fresh[0])
            self.cards.choose(fresh)
            self.cards.setFocus()

    # The clipboard.

    def copy(self) -> None:
        """Put the chosen panels on the clipboard."""
        chosen = set(self.cards.chosen)
        panels = [panel for _, panel in self.editing.board().panels() if panel.name in chosen]
        QApplication.clipboard().setMimeData(clipboard.packed(panels, self.editing.folder))

    def cut(self) -> None:
        """Take the chosen panels off the board and put them on the clipboard."""
        self.copy()
        self.remove("Cut panels")

    def put(self, panels: Sequence[Panel]) -> None:
        """Put panels behind the chosen one."""
        at = self.cards.at
        self.add(lambda board: changes.pasted(board, panels, at), "Paste panels")

    # Changing panels.

    def set_panel(self, panel: str, key: str, value: str) -> None:
        """Set a field of a panel, if it is still there."""
        if panel in self.names():
            self.cards.ask(lambda _: (SetPanel(panel, {key: value}),), f"Change {key}")

    def split(self) -> None:
        """Begin a new shot at the chosen panel."""
        at = self.cards.at
        self.cards.ask(lambda board: changes.split(board, at), "Split")

    def join(self) -> None:
        """Join what is chosen, or the chosen panel with the next."""
        chosen = self.cards.chosen
        self.cards.ask(lambda board: changes.joined(board, chosen), "Join")

    def remove(self, title: str = "Remove panels") -> None:
        """Remove the chosen panels; the next one is chosen then, or the one before."""
        chosen = self.cards.chosen
        names = [card.panel for card in self.cards.layout_now.cards]
        last = names.index(chosen[-1]) if chosen else 0
        near = [n for n in (*names[last:], *reversed(names[:last])) if n not in chosen]
        self.cards.ask(lambda board: changes.removed(board, chosen), title)
        left = self.names()
        follow = next((name for name in near if name in left), "")
        if follow and not self.cards.chosen:
            self.cards.go_to(follow)

    def nudge(self, step: Step) -> None:
        """Move the chosen panels by one place."""
        chosen = self.cards.chosen
        self.cards.ask(lambda board: moving.nudged(board, chosen, step), "Move panels")
        self.cards.reveal(self.cards.at)

    def lengthen(self, frames: int) -> None:
        """Let the chosen panels last so many frames more."""
        chosen = self.cards.chosen
        self.cards.ask(lambda board: changes.lengthened(board, chosen, frames), "Change duration")

    def fit_dialogue(self, panels: Iterable[str] = ()) -> None:
        """Make panels, or the chosen ones, as long as their dialogue takes."""
        meant = tuple(panels) or self.cards.chosen
        self.cards.ask(lambda board: changes.long_enough(board, meant), "Time for dialogue")

    # Changing shots and scenes.

    def lock(self) -> None:
        """Lock the chosen shots, or unlock them when all are locked."""
        shots = [self.editing.board().find_shot(name)[1] for name in self.chosen_shots()]
        locked = not all(shot.locked for shot in shots)
        edits = tuple(SetShot(shot.name, {"locked": locked}) for shot in shots)
        self.cards.ask(lambda _: edits, "Lock shots" if locked else "Unlock shots")

    def move_shot(self, step: Step) -> None:
        """Move the shot where the keys are by one place."""
        shot = self.shot_at()
        if shot is not None:
            self.cards.ask(lambda board: moving.shot_nudged(board, shot.name, step), "Move shot")
            self.cards.reveal(self.cards.at)

    def remove_shot(self, shot: str) -> None:
        """Remove a shot with its panels and takes."""
        self.cards.ask(partial(_checked, RemoveShot(shot)), "Remove shot")

    def move_scene(self, step: Step, scene: str = "") -> None:
        """Move a scene by one place."""
        meant = scene or self.scene_at()
        self.cards.ask(lambda board: moving.scene_moved(board, meant, step), "Move scene")

    def renumber(self, scene: str = "") -> None:
        """Give the shots of a scene, or of all scenes, letters in their order."""
        self.cards.ask(lambda _: (Renumber(scene),), "Renumber shots")

    def remove_scene(self, scene: str = "") -> None:
        """Remove a scene with its shots."""
        meant = scene or self.scene_at()
        self.cards.ask(partial(_checked, RemoveScene(meant)), "Remove scene")


def _checked(edit: Any, board: Board) -> tuple[Any, ...]:
    """Return an edit that the board allows. Raises a Refusal when it does not."""
    edit.apply(board)
    return (edit,)

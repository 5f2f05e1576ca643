"""The actions of the Board workspace, as data; keys work while the cards have the focus."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from aiprod_studio.ui.actions import Action

if TYPE_CHECKING:
    from aiprod_studio.ui.storyboard.workspace import BoardWorkspace


def actions_of(board: BoardWorkspace) -> tuple[Action, ...]:
    """Return everything that can be done on the board."""
    return (*_adding(board), *_changing(board), *_showing(board), *_rendering(board))


def _always() -> bool:
    return True


def _action(
    group: str,
    enabled: Callable[[], bool],
    name: str,
    title: str,
    run: Callable[[], None],
    icon: str,
    *keys: str,
) -> Action:
    return Action(f"board.{name}", title, run, keys, enabled, group, icon=icon, local=True)


def _adding(board: BoardWorkspace) -> list[Action]:
    action = partial(_action, "add", _always)
    return [
        action("new_panel", "New panel", board.add_panel, "plus", "N"),
        action("new_shot", "New shot", board.add_shot, "square-plus", "Shift+N"),
        action("new_scene", "New scene", board.add_scene, "layers-plus", "Ctrl+Shift+N"),
        action("import", "Import images or a board…", board.import_files, "image-plus", "Ctrl+I"),
    ]


def _changing(board: BoardWorkspace) -> list[Action]:
    action = partial(_action, "change", board.some_chosen)
    return [
        action("split", "Split the shot here", board.split, "scissors", "S"),
        action("join", "Join with the next", board.join, "square-stack", "J"),
        action("duplicate", "Duplicate", board.duplicate, "copy", "Ctrl+D"),
        action("remove", "Remove", board.remove, "trash-2", "Del", "Backspace"),
        action("write", "Write dialogue", board.write, "square-pen", "F2"),
        action("draw", "Draw in the system's editor", board.draw, "external-link", "E"),
        action("fit", "As long as the dialogue takes", board.fit_dialogue, "timer", "T"),
        action("lock", "Lock or unlock the shot", board.lock, "lock", "L"),
    ]


def _showing(board: BoardWorkspace) -> list[Action]:
    action = partial(_action, "show", _always)
    return [
        action("all", "Choose all panels", board.choose_all, "square-check", "Ctrl+A"),
        action("play", "Play the animatic", board.stage.toggle_animatic, "play", "Space"),
        action("onion", "Onion skin", board.stage.toggle_onion, "layers", "O"),
        action("guides", "Guides", board.stage.toggle_guides, "grid-3x3", "G"),
        action("shape", "Grid or strip", board.toggle_shape, "layout-grid", "V"),
    ]


def _rendering(board: BoardWorkspace) -> list[Action]:
    some, shots = board.some_chosen, board.has_shots
    return [
        Action("board.render", "Render the shot", board.render_chosen, ("R",), some, "render",
               icon="clapperboard", local=True),
        Action("board.render_another", "Render another take", board.render_another, ("Shift+R",),
               some, "render", icon="dices", local=True),
        Action("board.render_changed", "Render what changed", board.render_changed, (), shots,
               "render", icon="clapperboard", local=True),
        Action("board.graph", "Open the shot in the graph", board.open_in_graph, (), some,
               "render", icon="workflow", local=True),
    ]  # fmt: skip

"""The actions of the Board workspace, as data; keys work while the cards have the focus."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from aiprod_studio.ui.actions import Action

if TYPE_CHECKING:
    from aiprod_studio.ui.storyboard.workspace import BoardWorkspace

QUARTER = 4
"""Long steps of a duration are a second over this."""


def actions_of(board: BoardWorkspace) -> tuple[Action, ...]:
    """Return everything that can be done on the board."""
    return (
        *_adding(board), *_pasting(board), *_changing(board), *_timing(board), *_scenes(board),
        *_showing(board), *_rendering(board),
    )  # fmt: skip


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
    action, acts, files = partial(_action, "add", _always), board.acts, board.files
    return [
        action("new_panel", "New panel", acts.add_panel, "plus", "N"),
        action("new_shot", "New shot", acts.add_shot, "square-plus", "Shift+N"),
        action("new_scene", "New scene", acts.add_scene, "layers-plus", "Ctrl+Shift+N"),
        action("import", "Import images or a board…", files.import_files, "image-plus", "Ctrl+I"),
        action("folder", "Import a folder of images…", files.import_folder, "folder-open"),
    ]


def _pasting(board: BoardWorkspace) -> list[Action]:
    acts, some = board.acts, board.acts.some_chosen
    chosen = partial(_action, "clipboard", some)
    paste = partial(_action, "clipboard", board.files.can_paste)
    return [
        chosen("cut", "Cut", acts.cut, "scissors-line-dashed", "Ctrl+X"),
        chosen("copy", "Copy", acts.copy, "clipboard", "Ctrl+C"),
        paste("paste", "Paste", board.files.paste, "clipboard-paste", "Ctrl+V"),
        chosen("duplicate", "Duplicate", acts.duplicate, "copy", "Ctrl+D"),
        chosen("remove", "Remove", acts.remove, "trash-2", "Del", "Backspace"),
    ]


def _changing(board: BoardWorkspace) -> list[Action]:
    acts, files = board.acts, board.files
    action = partial(_action, "change", acts.some_chosen)
    return [
        action("split", "Split the shot here", acts.split, "scissors", "S"),
        action("join", "Join with the next", acts.join, "square-stack", "J"),
        action("back", "Move back", partial(acts.nudge, "back"), "arrow-left", "Alt+Left"),
        action("on", "Move on", partial(acts.nudge, "on"), "arrow-right", "Alt+Right"),
        action(
            "shot_back",
            "Move the shot back",
            partial(acts.move_shot, "back"),
            "chevrons-left",
            "Alt+Shift+Left",
        ),
        action(
            "shot_on",
            "Move the shot on",
            partial(acts.move_shot, "on"),
            "chevrons-right",
            "Alt+Shift+Right",
        ),
        action("write", "Write dialogue", board.write, "square-pen", "F2"),
        action("draw", "Draw in the system's editor", board.draw, "external-link", "E"),
        action("image", "Choose an image…", partial(files.choose, "image"), "image-plus"),
        action("sound", "Choose a sound…", partial(files.choose, "sound"), "music"),
        action("lock", "Lock or unlock the shot", acts.lock, "lock", "L"),
        action("name_shot", "Name the shot", board.name_shot, "square-pen", "Shift+F2"),
    ]


def _timing(board: BoardWorkspace) -> list[Action]:
    acts = board.acts
    action = partial(_action, "time", acts.some_chosen)

    def long_step() -> int:
        return max(1, round(acts.editing.board().rate / QUARTER))

    return [
        action("shorter", "A frame shorter", partial(acts.lengthen, -1), "minus", ","),
        action("longer", "A frame longer", partial(acts.lengthen, 1), "plus", "."),
        action("much_shorter", "A quarter of a second shorter",
               lambda: acts.lengthen(-long_step()), "chevrons-left", "Alt+,"),
        action("much_longer", "A quarter of a second longer",
               lambda: acts.lengthen(long_step()), "chevrons-right", "Alt+."),
        action("fit", "As long as the dialogue takes", acts.fit_dialogue, "timer", "T"),
    ]  # fmt: skip


def _scenes(board: BoardWorkspace) -> list[Action]:
    acts = board.acts
    action = partial(_action, "scene", lambda: bool(acts.scene_at()))
    return [
        action("name_scene", "Name the scene", board.name_scene, "square-pen", "Ctrl+F2"),
        action("scene_back", "Move the scene up", partial(acts.move_scene, "back"),
               "arrow-up-to-line", "Alt+Up"),
        action("scene_on", "Move the scene down", partial(acts.move_scene, "on"),
               "arrow-down-to-line", "Alt+Down"),
        action("renumber", "Renumber all shots", acts.renumber, "hash"),
        action("remove_scene", "Remove the scene", acts.remove_scene, "trash-2"),
    ]  # fmt: skip


def _showing(board: BoardWorkspace) -> list[Action]:
    action, stage = partial(_action, "show", _always), board.stage
    return [
        action("all", "Choose all panels", board.acts.choose_all, "square-check", "Ctrl+A"),
        action("play", "Play the animatic", stage.toggle_animatic, "play", "Space"),
        action("onion", "Onion skin", stage.toggle_onion, "layers", "O"),
        action("guides", "Guides", stage.toggle_guides, "grid-3x3", "G"),
        action("rate", "Frame rate of the board…", lambda: board.toolbar.rate.showMenu(), "timer"),
        action("shape", "Grid or strip", board.toggle_shape, "layout-grid", "V"),
    ]


def _rendering(board: BoardWorkspace) -> list[Action]:
    some, shots, rendering = board.acts.some_chosen, board.acts.has_shots, board.rendering
    action = partial(_action, "render", some)
    return [
        action("render", "Render the shot", rendering.render_chosen, "clapperboard", "R"),
        action("render_another", "Render another take", rendering.render_another, "dices",
               "Shift+R"),
        _action("render", shots, "render_changed", "Render what changed",
                rendering.render_changed, "clapperboard"),
        action("graph", "Open the shot in the graph", rendering.open_in_graph, "workflow"),
    ]  # fmt: skip

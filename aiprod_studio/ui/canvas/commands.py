"""The commands of the canvas as data: id, title, keys, what to run, when it may.

Keys and the context menu of the canvas come from this one list, and the shell shows the same list
in its menus and palette.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiprod_studio.ui.canvas.view import CanvasView


@dataclass(frozen=True)
class CanvasCommand:
    """Something that can be done on the canvas; the first of `keys` is shown."""

    id: str
    title: str
    run: Callable[[], object]
    keys: tuple[str, ...] = ()
    enabled: Callable[[], bool] = lambda: True
    group: str = ""


def commands_of(view: CanvasView) -> tuple[CanvasCommand, ...]:
    """Return all commands of a canvas."""
    return (
        *_adding(view), *_clipboard(view), *_nodes(view), *_groups(view), *_looking(view),
        *_slots(view),
    )  # fmt: skip


def _slots(view: CanvasView) -> list[CanvasCommand]:
    """Keys 1 to 9: with a node chosen, show it in the viewer and keep it under the digit."""
    return [
        CanvasCommand(
            f"canvas.view_{digit}",
            f"Viewer {digit}: show, or keep the chosen node",
            partial(view.slot, digit),
            (str(digit),),
            group="viewer",
        )
        for digit in range(1, 10)
    ]


def _adding(view: CanvasView) -> list[CanvasCommand]:
    return [
        CanvasCommand("canvas.add", "Add node…", view.search, ("Tab", "Shift+A"), group="add"),
        CanvasCommand("canvas.note", "Add note", view.add_note, ("Shift+N",), group="add"),
    ]


def _clipboard(view: CanvasView) -> list[CanvasCommand]:
    editor, some = view.editor, view.editor.choice.any
    return [
        CanvasCommand(
            "canvas.undo", "Undo", editor.undo, ("Ctrl+Z",), lambda: view.document.can_undo, "edit"
        ),
        CanvasCommand(
            "canvas.redo",
            "Redo",
            editor.redo,
            ("Ctrl+Shift+Z", "Ctrl+Y"),
            lambda: view.document.can_redo,
            "edit",
        ),
        CanvasCommand("canvas.cut", "Cut", editor.take_out, ("Ctrl+X",), some, "clipboard"),
        CanvasCommand("canvas.copy", "Copy", editor.copy, ("Ctrl+C",), some, "clipboard"),
        CanvasCommand(
            "canvas.paste",
            "Paste",
            lambda: view.paste(keep_links=False),
            ("Ctrl+V",),
            group="clipboard",
        ),
        CanvasCommand(
            "canvas.paste_linked",
            "Paste with incoming links",
            lambda: view.paste(keep_links=True),
            ("Ctrl+Shift+V",),
            group="clipboard",
        ),
        CanvasCommand(
            "canvas.duplicate",
            "Duplicate",
            lambda: editor.duplicate(keep_links=False),
            ("Ctrl+D",),
            some,
            "clipboard",
        ),
        CanvasCommand(
            "canvas.duplicate_linked",
            "Duplicate with incoming links",
            lambda: editor.duplicate(keep_links=True),
            ("Ctrl+Shift+D",),
            some,
            "clipboard",
        ),
        CanvasCommand(
            "canvas.remove", "Remove", editor.remove, ("Del", "Backspace"), some, "clipboard"
        ),
    ]


def _nodes(view: CanvasView) -> list[CanvasCommand]:
    editor, nodes, one = view.editor, view.editor.choice.any_node, view.editor.choice.one
    return [
        CanvasCommand(
            "canvas.mute", "Mute", lambda: editor.toggle_mode("mute"), ("M",), nodes, "nodes"
        ),
        CanvasCommand(
            "canvas.bypass", "Bypass", lambda: editor.toggle_mode("bypass"), ("B",), nodes, "nodes"
        ),
        CanvasCommand("canvas.fold", "Fold", editor.toggle_fold, ("H",), nodes, "nodes"),
        CanvasCommand(
            "canvas.rename",
            "Rename…",
            view.naming.begin_chosen,
            ("F2",),
            lambda: one() or (view.inside() and not view.editor.choice.any()),
            "nodes",
        ),
        CanvasCommand("canvas.manual", "Manual page", view.ask_for_manual, ("F1",), nodes, "nodes"),
    ]


def _groups(view: CanvasView) -> list[CanvasCommand]:
    editor, nodes = view.editor, view.editor.choice.any_node
    return [
        CanvasCommand("canvas.frame", "Frame", editor.frame, ("Ctrl+G",), nodes, "groups"),
        CanvasCommand(
            "canvas.subgraph",
            "Make sub-graph",
            editor.make_subgraph,
            ("Ctrl+Shift+G",),
            nodes,
            "groups",
        ),
        CanvasCommand(
            "canvas.enter",
            "Go into sub-graph",
            view.enter_chosen,
            ("Ctrl+Return",),
            view.editor.choice.any_use,
            "groups",
        ),
        CanvasCommand(
            "canvas.leave",
            "Go out of sub-graph",
            view.leave,
            ("Alt+Up",),
            view.inside,
            "inside",
        ),
        CanvasCommand(
            "canvas.dissolve",
            "Dissolve sub-graph",
            editor.dissolve,
            ("Ctrl+Alt+G",),
            view.editor.choice.any_use,
            "groups",
        ),
    ]


def _looking(view: CanvasView) -> list[CanvasCommand]:
    editor, choice = view.editor, view.editor.choice
    return [
        CanvasCommand("canvas.all", "Choose all", choice.everything, ("Ctrl+A",), group="view"),
        CanvasCommand("canvas.frame_all", "Show all", view.frame_all, ("Home",), group="view"),
        CanvasCommand(
            "canvas.frame_selected",
            "Show what is chosen",
            view.frame_selected,
            ("F", "."),
            group="view",
        ),
        CanvasCommand(
            "canvas.actual", "Zoom to 100 %", view.actual_size, ("Ctrl+0",), group="view"
        ),
        CanvasCommand(
            "canvas.arrange", "Arrange", editor.placing.arrange, ("Shift+L",), group="arrange"
        ),
        CanvasCommand(
            "canvas.spread_across",
            "Spread evenly across",
            partial(editor.placing.spread, "across"),
            enabled=view.editor.choice.three_nodes,
            group="align",
        ),
        CanvasCommand(
            "canvas.spread_down",
            "Spread evenly down",
            partial(editor.placing.spread, "down"),
            enabled=view.editor.choice.three_nodes,
            group="align",
        ),
        *(
            CanvasCommand(
                f"canvas.align_{edge}",
                f"Align {words}",
                _aligner(view, edge),
                enabled=view.editor.choice.two_nodes,
                group="align",
            )
            for edge, words in EDGES.items()
        ),
    ]


EDGES = {
    "left": "left edges", "centre": "centres", "right": "right edges",
    "top": "top edges", "middle": "middles", "bottom": "bottom edges",
}  # fmt: skip


def _aligner(view: CanvasView, edge: str) -> Callable[[], None]:
    return lambda: view.editor.placing.align(edge)  # type: ignore[arg-type]

"""The menus of the timeline: for a clip, a gap, a transition, and for shots of the list.

They are made of the workspace's actions, so words and keys are the same everywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu

from aiprod_studio.story.edits import AddTransition, RemoveTransition
from aiprod_studio.story.time import timecode
from aiprod_studio.story.transitions import KINDS
from aiprod_studio.ui.theme import icon
from aiprod_studio.ui.timeline.model.hitting import Hit

if TYPE_CHECKING:
    from aiprod_studio.ui.timeline.workspace import EditWorkspace

CLIP = (
    ("cut_away", "copy", "paste"),
    ("cut", "remove", "ripple_remove", "lock", "link"),
    ("transition", "unpass"),
    ("render", "another", "open_graph"),
    ("next_take", "previous_take", "compare"),
    ("mark_clip", "zoom_chosen"),
)
GAP = (("fill_gap",), ("paste", "title", "media", "append"))
NOTHING = (("paste", "lay_all", "append", "title", "media"), ("fit", "all"))
SHOTS = (("insert", "overwrite", "append"), ("render", "another"))
PASSAGE = ("passage", "passage_start", "passage_stop")


def clip_menu(space: EditWorkspace, hit: Hit) -> QMenu:
    """Return the menu for what was hit on the tracks."""
    menu = QMenu(space)
    if hit.part in PASSAGE:
        _add_passage(menu, space, hit)
    elif hit.clip:
        _add(menu, space, CLIP)
        speeds = menu.addMenu("Speed")
        _add(speeds, space, (tuple(_speeds(space)),))
        rates = menu.addMenu("Rate take")
        _add(rates, space, (tuple(f"rate_{n}" for n in range(6)),))
    elif space.state.gap is not None:
        close = menu.addAction("Close gap")
        close.triggered.connect(space.deeds.ripple_remove)
        _add(menu, space, GAP)
    else:
        _add(menu, space, NOTHING)
    return menu


def shots_menu(space: EditWorkspace) -> QMenu:
    """Return the menu for chosen shots of the list."""
    menu = QMenu(space)
    _add(menu, space, SHOTS)
    return menu


def _add(menu: QMenu, space: EditWorkspace, blocks: tuple[tuple[str, ...], ...]) -> None:
    for number, names in enumerate(blocks):
        if number and names:
            menu.addSeparator()
        for name in names:
            action = space.actions_by_id[f"timeline.{name}"]
            item = menu.addAction(action.title)
            if action.icon:
                item.setIcon(icon(action.icon, "text_dim"))
            if action.keys:
                item.setShortcut(QKeySequence(action.keys[0]))
                item.setShortcutVisibleInContextMenu(True)
            item.setEnabled(action.enabled())
            item.triggered.connect(lambda _=False, run=action.run: run())


def _speeds(space: EditWorkspace) -> list[str]:
    prefix = "timeline.speed_"
    return [name.removeprefix("timeline.") for name in space.actions_by_id if prefix in name]


def _add_passage(menu: QMenu, space: EditWorkspace, hit: Hit) -> None:
    track = space.state.cut.track(hit.track)
    found = next(p for p in track.transitions if (p.left, p.right) == (hit.clip, hit.other))
    rate = space.state.cut.rate
    for seconds in (0.25, 0.5, 1.0, 2.0):
        frames = max(1, round(seconds * rate))
        before = frames if not found.right else 0 if not found.left else frames // 2
        edit = AddTransition(found.left, found.right, before, frames - before, found.kind)
        item = menu.addAction(f"{timecode(frames, rate)[3:]} long")
        item.setCheckable(True)
        item.setChecked(found.frames == frames)
        item.triggered.connect(lambda _=False, edit=edit: space.editing.do_story(edit))
    menu.addSeparator()
    for kind in KINDS:
        edit = AddTransition(found.left, found.right, found.before, found.after, kind)
        item = menu.addAction(kind.capitalize())
        item.setCheckable(True)
        item.setChecked(found.kind == kind)
        item.triggered.connect(lambda _=False, edit=edit: space.editing.do_story(edit))
    menu.addSeparator()
    gone = RemoveTransition(found.left, found.right)
    remove = menu.addAction("Remove transition")
    remove.triggered.connect(lambda: space.editing.do_story(gone))

"""The actions of the Edit workspace as data: menus, keys, toolbar and palette come from this list.

Keys are those of Resolve where it has some, of Premiere elsewhere; they hold while the workspace
has the focus.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from aiprod_studio.ui.actions import Action
from aiprod_studio.ui.footage.looks import speed_words
from aiprod_studio.ui.timeline.deeds.editing import SPEEDS
from aiprod_studio.ui.timeline.model.gestures import TOOLS

if TYPE_CHECKING:
    from aiprod_studio.ui.timeline.workspace import EditWorkspace

Run = Callable[[], object]
Row = tuple[str, str, str, Run]
"""Last part of the id, title, keys separated by spaces, what to run."""


def actions_of(space: EditWorkspace) -> tuple[Action, ...]:
    """Return all actions of a workspace."""
    some = partial(bool_of, lambda: space.state.chosen)
    film = partial(bool_of, lambda: space.state.cut.frames)
    marked = partial(bool_of, lambda: space.state.span)
    return (
        *_tools(space),
        *_block("play", _playing(space), film),
        *_block("marks", _marking(space)),
        *_block("shots", _placing(space)),
        *_block("cutting", _cutting(space), film),
        *_block("chosen", _chosen(space), some),
        *_block("span", _span(space), marked),
        *_speeds(space, some),
        *_block("render", _rendering(space)),
        *_block("view", _looking(space)),
        *_switches(space),
    )


def bool_of(ask: Callable[[], object]) -> bool:
    """Return whether an answer is something."""
    return bool(ask())


def _block(group: str, rows: list[Row], enabled: Callable[[], bool] = lambda: True) -> list[Action]:
    return [
        Action(
            f"timeline.{name}", title, _plain(run), tuple(keys.split()), enabled, group,
            icon=ICONS.get(name, ""), local=True,
        )
        for name, title, keys, run in rows
    ]  # fmt: skip


def _plain(run: Run) -> Callable[[], None]:
    def plain() -> None:
        run()

    return plain


def _tools(space: EditWorkspace) -> list[Action]:
    return [
        Action(
            f"timeline.tool_{card.tool}", f"{card.title} tool", partial(space.state.use, card.tool),
            tuple(card.key.split()), group="tools", icon=card.icon, local=True,
            checked=partial(lambda tool: space.state.tool == tool, card.tool),
        )
        for card in TOOLS
    ]  # fmt: skip


def _playing(space: EditWorkspace) -> list[Row]:
    player, going = space.program.player, space.going
    return [
        ("play", "Play or pause", "Space", space.toggle_play),
        ("forward", "Play, faster each time", "L", player.forward),
        ("backward", "Play backwards, faster each time", "J", player.backward),
        ("pause", "Pause", "K", player.pause),
        ("play_span", "Play from in to out", "Alt+Space", going.play_span),
        ("next_frame", "Next frame", "Right", partial(going.step, 1)),
        ("previous_frame", "Previous frame", "Left", partial(going.step, -1)),
        ("next_second", "A second on", "Shift+Right", partial(going.step_second, 1)),
        ("previous_second", "A second back", "Shift+Left", partial(going.step_second, -1)),
        ("next_cut", "Next cut", "Down", partial(going.jump, True)),
        ("previous_cut", "Previous cut", "Up", partial(going.jump, False)),
        ("next_marker", "Next marker", "Shift+Down", partial(going.jump_marker, True)),
        ("previous_marker", "Previous marker", "Shift+Up", partial(going.jump_marker, False)),
        ("start", "To the start", "Home", going.to_start),
        ("end", "To the end", "End", going.to_end),
    ]


def _marking(space: EditWorkspace) -> list[Row]:
    deeds, going = space.deeds, space.going
    return [
        ("mark_in", "Mark in", "I", going.mark_in),
        ("mark_out", "Mark out", "O", going.mark_out),
        ("mark_clip", "Mark clip", "X", going.mark_chosen),
        ("unmark", "Clear in and out", "Alt+X", going.unmark),
        ("marker", "Add or remove marker", "M", deeds.toggle_marker),
        ("edit_marker", "Marker name and note…", "Shift+M", space.places.edit_marker),
    ]


def _placing(space: EditWorkspace) -> list[Row]:
    laying = space.laying
    return [
        ("insert", "Insert shot", "F9", partial(laying.place_shots, insert=True)),
        ("overwrite", "Overwrite with shot", "F10", partial(laying.place_shots, insert=False)),
        ("append", "Append shots", "Shift+F12", laying.append_shots),
        ("lay_all", "Lay all shots of the board", "", laying.lay_all),
        ("title", "Add title", "Ctrl+Shift+T", space.places.add_title),
        ("media", "Add sound or film…", "Ctrl+I", space.bringing.ask),
    ]


def _cutting(space: EditWorkspace) -> list[Row]:
    deeds, going = space.deeds, space.going
    return [
        ("cut", "Cut at the playhead", "Ctrl+B Ctrl+K", deeds.cut),
        ("cut_all", "Cut all tracks", "Ctrl+Shift+B Ctrl+Shift+K", partial(deeds.cut, True)),
        ("head", "Trim start to playhead", "[", partial(deeds.trim, "head")),
        ("tail", "Trim end to playhead", "]", partial(deeds.trim, "tail")),
        ("ripple_head", "Ripple start to playhead", "Ctrl+[ Q",
         partial(deeds.trim, "head", True)),
        ("ripple_tail", "Ripple end to playhead", "Ctrl+] W",
         partial(deeds.trim, "tail", True)),
        ("ripple_remove", "Ripple delete", "Del Shift+Backspace", deeds.ripple_remove),
        ("paste", "Paste", "Ctrl+V", deeds.paste),
        ("transition", "Add transition", "Ctrl+T", deeds.add_passages),
        ("all", "Choose all", "Ctrl+A", going.choose_all),
        ("under", "Choose clip at the playhead", "Shift+V", going.choose_under_playhead),
        ("later", "Choose everything later", "Alt+Y", going.choose_later),
        ("none", "Choose nothing", "Ctrl+Shift+A", partial(space.state.choose, ())),
        ("gap", "Choose gap at the playhead", "", space.places.choose_gap),
        ("export", "Export film…", "Ctrl+Shift+E", space.export),
    ]  # fmt: skip


def _chosen(space: EditWorkspace) -> list[Row]:
    deeds = space.deeds
    return [
        ("copy", "Copy", "Ctrl+C", deeds.copy),
        ("cut_away", "Cut", "Ctrl+X", deeds.cut_away),
        ("remove", "Remove, leave a gap", "Backspace", deeds.remove),
        ("nudge_right", "Move one frame right", ".", partial(deeds.nudge, 1)),
        ("nudge_left", "Move one frame left", ",", partial(deeds.nudge, -1)),
        ("nudge_right_5", "Move five frames right", "Alt+.", partial(deeds.nudge, 5)),
        ("nudge_left_5", "Move five frames left", "Alt+,", partial(deeds.nudge, -5)),
        ("link", "Link or unlink", "Ctrl+Alt+L", deeds.toggle_link),
        ("lock", "Lock or unlock clip", "Ctrl+L", deeds.toggle_lock),
        ("unpass", "Remove transitions", "", space.places.remove_passages),
    ]


def _span(space: EditWorkspace) -> list[Row]:
    deeds = space.deeds
    return [
        ("lift", "Lift from in to out", ";", deeds.lift),
        ("extract", "Extract from in to out", "'", partial(deeds.lift, True)),
        ("retake", "Retake from in to out", "Shift+R", space.gaps.retake),
    ]


def _speeds(space: EditWorkspace, some: Callable[[], bool]) -> list[Action]:
    def at(speed: Fraction) -> Callable[[], None]:
        return lambda: space.deeds.set_speed(speed)

    return [
        Action(
            f"timeline.speed_{round(speed * 100)}", f"Speed {speed_words(speed)}", at(speed),
            enabled=some, group="speed", local=True,
        )
        for speed in SPEEDS
    ]  # fmt: skip


def _rendering(space: EditWorkspace) -> list[Row]:
    return [
        ("render", "Render this shot", "Ctrl+R", partial(space.takes.render, False)),
        ("another", "Render another take", "Ctrl+Shift+R", partial(space.takes.render, True)),
        ("render_changed", "Render what changed", "Ctrl+Alt+R", space.renders.render_changed),
        ("next_take", "Next take", "Alt+Right", partial(space.takes.switch, 1)),
        ("previous_take", "Previous take", "Alt+Left", partial(space.takes.switch, -1)),
        ("compare", "Compare with another take", "Ctrl+W", space.takes.toggle_comparison),
        ("fill_gap", "Fill gap with a new shot", "Shift+G", space.gaps.fill),
        ("open_graph", "Open the shot's graph", "Return", space.takes.open_chosen),
        *((f"rate_{n}", f"Rate take {'★' * n or 'none'}", f"Alt+{n}", partial(space.takes.rate, n))
          for n in range(6)),
    ]  # fmt: skip


def _looking(space: EditWorkspace) -> list[Row]:
    state = space.state
    return [
        ("zoom_in", "Zoom in", "Ctrl+= Ctrl++", partial(state.zoom, 1.5)),
        ("zoom_out", "Zoom out", "Ctrl+-", partial(state.zoom, 1 / 1.5)),
        ("fit", "Show the whole film", "Shift+Z", state.fit),
        ("zoom_chosen", "Zoom to what is chosen", "Z", space.places.zoom_chosen),
        ("fit_picture", "Fit the picture", "Shift+F", space.program.picture.fit),
        ("go_to", "Type a time to go to", "Ctrl+G", space.places.type_time),
    ]


def _switches(space: EditWorkspace) -> list[Action]:
    state, screen = space.state, space.program.picture

    def switch(
        name: str, title: str, key: str, flip: Callable[[], None], on: Callable[[], bool]
    ) -> Action:
        return Action(
            f"timeline.{name}", title, flip, (key,) if key else (), group="switches",
            checked=on, icon=ICONS.get(name, ""), local=True,
        )  # fmt: skip

    return [
        switch("snapping", "Snapping", "N", lambda: state.set_snapping(not state.snapping),
               lambda: state.snapping),
        switch("strips", "Pictures on clips", "",
               lambda: state.show_filling(strips=not state.filling.strips),
               lambda: state.filling.strips),
        switch("waves", "Waveforms on clips", "",
               lambda: state.show_filling(waves=not state.filling.waves),
               lambda: state.filling.waves),
        switch("guides", "Guides in the picture", "",
               lambda: screen.set_guides(not screen.guides), lambda: screen.guides),
    ]  # fmt: skip


ICONS = {
    "snapping": "magnet", "cut": "scissors", "marker": "map-pin", "link": "link-2",
    "transition": "blend", "render": "play", "render_changed": "refresh-cw", "title": "type",
    "insert": "between-vertical-start", "overwrite": "arrow-down-to-line", "export": "upload",
    "append": "list-plus", "lay_all": "list-video", "fit": "maximize-2", "media": "music",
    "compare": "git-compare", "lift": "arrow-up-to-line", "extract": "fold-horizontal",
    "strips": "film", "waves": "audio-lines", "guides": "grid-3x3", "remove": "trash-2",
    "lock": "lock", "mark_in": "arrow-left-to-line", "mark_out": "arrow-right-to-line",
    "fill_gap": "wand-sparkles", "retake": "rotate-ccw", "open_graph": "workflow",
}  # fmt: skip

"""Actions from one list: by id, with the artist's own keys, and clashes named."""

from __future__ import annotations

from aiprod_studio.ui.actions import Action, ActionRegistry, keys_shown, normal_key
from aiprod_studio.ui.canvas.commands import CanvasCommand
from aiprod_studio.ui.shell.command_palette import found_actions


def registry(*actions: Action) -> ActionRegistry:
    found = ActionRegistry()
    found.put("window", actions)
    return found


def nothing() -> None:
    pass


def test_an_action_is_done_by_its_id_when_it_may_be() -> None:
    done: list[str] = []
    found = registry(
        Action("file.save", "Save", lambda: done.append("save")),
        Action("file.quit", "Quit", lambda: done.append("quit"), enabled=lambda: False),
    )
    assert found.run("file.save") and not found.run("file.quit") and not found.run("file.what")
    assert done == ["save"]


def test_own_keys_take_the_place_of_given_ones() -> None:
    found = registry(Action("file.save", "Save", nothing, ("Ctrl+S",)))
    found.bind({"file.save": ["ctrl+alt+s"]})
    action = found.get("file.save")
    assert action is not None and action.keys == ("Ctrl+Alt+S",)
    assert found.default_keys("file.save") == ("Ctrl+S",)
    found.bind({})
    assert found.all()[0].keys == ("Ctrl+S",)


def test_a_key_that_is_taken_names_who_has_it() -> None:
    found = registry(
        Action("file.save", "Save", nothing, ("Ctrl+S",)),
        Action("run.all", "Run", nothing, ("Ctrl+R",)),
        Action("canvas.mute", "Mute", nothing, ("Ctrl+R",), local=True),
    )
    assert not found.clashes()
    clash = found.why_not("run.all", "Ctrl+S")
    assert clash is not None and clash.one.title == "Save"
    assert found.why_not("canvas.mute", "Ctrl+S") is None
    found.bind({"run.all": ["Ctrl+S"]})
    assert [(clash.one.id, clash.other.id) for clash in found.clashes()] == [
        ("file.save", "run.all")
    ]


def test_commands_of_the_canvas_are_taken_as_they_are() -> None:
    found = ActionRegistry()
    found.put("page", [CanvasCommand("canvas.mute", "Mute", nothing, ("M",), group="nodes")])
    action = found.get("canvas.mute")
    assert action is not None and action.local and action.area == "canvas"
    found.remove("page")
    assert found.get("canvas.mute") is None


def test_changes_are_told() -> None:
    found, told = ActionRegistry(), []
    found.changed.connect(lambda: told.append(1))
    found.put("page", [])
    found.bind({})
    found.remove("page")
    found.remove("page")
    assert len(told) == 3


def test_nonsense_is_no_key() -> None:
    assert normal_key("") == "" and keys_shown(()) == ""
    assert normal_key("shift+ctrl+p") == "Ctrl+Shift+P"


def test_the_palette_finds_by_words_by_beginnings_and_by_scattered_letters() -> None:
    actions = [
        Action("file.save_as", "Save as…", nothing),
        Action("view.log", "Log", nothing),
        Action("run.all", "Run all", nothing),
        Action("canvas.align_left", "Align left edges", nothing, enabled=lambda: False),
    ]
    titles = lambda query, lately=(): [a.title for a in found_actions(actions, query, lately)]  # noqa: E731
    assert titles("sa")[0] == "Save as…"
    assert titles("rn al") == ["Run all"]
    assert titles("view") == ["Log"]
    assert titles("zzz") == []
    assert titles("", ("run.all",))[0] == "Run all"
    assert titles("")[-1] == "Align left edges"

"""What gestures on the board become: edits that are tried on real boards."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiprod_studio.sdk import Refusal
from aiprod_studio.story.board import Board, Panel
from aiprod_studio.story.edits import BoardEdit
from aiprod_studio.ui.storyboard.model import changes, moving
from aiprod_studio.ui.storyboard.model.layout import Box, Drop
from aiprod_studio.ui.storyboard.model.moving import moved
from tests.ui.storyboard.boards import board_of, order

NOWHERE = Box(0, 0, 0, 0)


def applied(board: Board, edits: tuple[BoardEdit, ...]) -> Board:
    for edit in edits:
        board = edit.apply(board)
    return board


def to(shot: str, before: str = "", scene: str = "") -> Drop:
    return Drop(shot, before, NOWHERE, scene)


@pytest.mark.parametrize(
    ("panels", "drop", "expected"),
    [
        (["a"], to("s0", "c"), ["bac", "de"]),
        (["c"], to("s0", "a"), ["cab", "de"]),
        (["a", "b"], to("s1", "e"), ["c", "dabe"]),
        (["a", "e"], to("s0", ""), ["bcae", "d"]),
        (["b", "c"], to("s0", "b"), ["abc", "de"]),
        (["a", "b", "c"], to("s1"), ["", "deabc"]),
    ],
)
def test_panels_go_where_they_are_dropped(
    panels: list[str], drop: Drop, expected: list[str]
) -> None:
    board = board_of((3, 2))
    assert order(applied(board, moved(board, panels, drop))) == expected


@given(st.sets(st.sampled_from("abcdefg"), min_size=1), st.sampled_from("abcdefg"))
def test_moving_keeps_every_panel_and_the_order_of_those_that_move(
    panels: set[str], target: str
) -> None:
    board = board_of((3, 2), (2,))
    shot, _ = board.find_panel(target)
    after = "".join(order(applied(board, moved(board, panels, to(shot.name, target)))))
    assert sorted(after) == list("abcdefg")
    assert [name for name in after if name in panels] == sorted(panels)


def test_dropping_panels_where_they_are_is_no_edit() -> None:
    board = board_of((3, 2))
    assert moved(board, ["b"], to("s0", "c")) == ()
    assert moved(board, ["b"], to("s0", "b")) == ()


def test_panels_dropped_on_the_place_for_a_new_shot_make_one() -> None:
    board = board_of((3, 2))
    assert order(applied(board, moved(board, ["b", "d"], to("", scene="c0")))) == [
        "ac", "e", "bd",
    ]  # fmt: skip


def test_images_become_a_shot_each_on_an_empty_board() -> None:
    board = applied(Board(), changes.with_images(Board(), ["one.png", "two.png"]))
    assert [panel.image for _, panel in board.panels()] == ["one.png", "two.png"]
    assert [board.number_of(shot.name) for _, shot in board.shots()] == ["1A", "1B"]
    assert {panel.frames for _, panel in board.panels()} == {48}


def test_images_dropped_into_a_shot_become_panels_of_it() -> None:
    board = board_of((2,))
    made = applied(board, changes.with_images(board, ["x.png", "y.png"], to("s0", "b")))
    assert [panel.image for _, panel in made.panels()] == ["", "x.png", "y.png", ""]


def test_splitting_begins_a_shot_and_splitting_a_first_panel_halves_it() -> None:
    board = board_of((3,))
    assert order(applied(board, changes.split(board, "b"))) == ["a", "bc"]
    halved = applied(board, changes.split(board, "a"))
    assert [panel.frames for _, panel in halved.panels()] == [12, 12, 24, 24]


def test_joining_follows_what_is_chosen() -> None:
    board = board_of((3, 1))
    assert order(applied(board, changes.joined(board, ["a", "b"]))) == ["ac", "d"]
    assert order(applied(board, changes.joined(board, ["b", "d"]))) == ["abcd"]
    assert order(applied(board, changes.joined(board, ["a"]))) == ["ac", "d"]
    assert order(applied(board, changes.joined(board, ["c"]))) == ["abcd"]


def test_removing_the_last_panel_removes_a_shot_that_holds_nothing_else() -> None:
    board = board_of((1, 2))
    assert order(applied(board, changes.removed(board, ["a"]))) == ["bc"]
    scene = board.scenes[0]
    told = replace(scene.shots[0], prompt="a boat")
    kept = replace(board, scenes=(replace(scene, shots=(told, scene.shots[1])),))
    assert order(applied(kept, changes.removed(kept, ["a"]))) == ["", "bc"]


def test_a_locked_shot_refuses_in_words() -> None:
    board = board_of((2,))
    scene = board.scenes[0]
    locked = replace(scene.shots[0], locked=True)
    board = replace(board, scenes=(replace(scene, shots=(locked,)),))
    with pytest.raises(Refusal, match="locked"):
        changes.removed(board, ["a"])


def test_a_copy_follows_its_panel_and_has_a_name_of_its_own() -> None:
    board = board_of((2,))
    made = applied(board, changes.copied(board, ["a", "b"]))
    assert len({panel.name for _, panel in made.panels()}) == 4
    assert [panel.name for _, panel in made.panels()][0::2] == ["a", "b"]


def test_only_panels_shorter_than_their_dialogue_are_made_longer() -> None:
    board = board_of((2,))
    shot = board.scenes[0].shots[0]
    panels = (replace(shot.panels[0], dialogue="We have to leave before the tide."), shot.panels[1])
    board = replace(
        board, scenes=(replace(board.scenes[0], shots=(replace(shot, panels=panels),)),)
    )
    frames = [panel.frames for _, panel in applied(board, changes.long_enough(board)).panels()]
    assert frames[0] > 24
    assert frames[1] == 24


def test_another_board_is_put_behind_this_one() -> None:
    board, other = board_of((1,)), board_of((2,), (1,))
    other = replace(other, scenes=(replace(other.scenes[0], title="Harbour"), *other.scenes[1:]))
    made = applied(board, changes.appended(board, other))
    assert [scene.number for scene in made.scenes] == ["1", "2", "3"]
    assert made.scenes[1].title == "Harbour"
    assert [len(shot.panels) for _, shot in made.shots()] == [1, 2, 1]
    assert len(made.names()) == len(list(made.panels())) + 3 + 3


def test_a_new_panel_follows_the_chosen_one_or_begins_the_board() -> None:
    board = board_of((2,))
    made = applied(board, changes.new_panel(board, "a"))
    assert [panel.name in "ab" for _, panel in made.panels()] == [True, False, True]
    begun = applied(Board(), changes.new_panel(Board(), ""))
    assert [panel for _, panel in begun.panels()] == [Panel("panel-3", frames=48)]


def test_a_board_of_another_rate_keeps_its_durations_in_seconds() -> None:
    other = replace(board_of((1, 2), frames=50), rate=Fraction(25))
    shot = replace(other.scenes[0].shots[1], locked=True, seed=7, handles=25)
    other = replace(
        other, scenes=(replace(other.scenes[0], shots=(other.scenes[0].shots[0], shot)),)
    )
    board = applied(board_of((1,)), changes.appended(board_of((1,)), other))
    added = board.scenes[1].shots
    assert [panel.frames for shot in added for panel in shot.panels] == [48, 48, 48]
    assert (added[1].seed, added[1].handles) == (7, 24)


def test_a_panel_without_a_frame_is_not_lost_with_its_board() -> None:
    other = board_of((1,), frames=0)
    board = applied(board_of((1,)), changes.appended(board_of((1,)), other))
    assert [panel.frames for _, panel in board.panels()] == [24, 1]


@given(st.sets(st.sampled_from("abcdefg"), min_size=1), st.sampled_from(["back", "on"]))
def test_panels_moved_a_step_keep_their_order_and_come_back(
    panels: set[str], step: moving.Step
) -> None:
    board = board_of((3, 2), (2,))
    after = applied(board, moving.nudged(board, panels, step))
    moved_order = "".join(order(after))
    assert sorted(moved_order) == list("abcdefg")
    assert [name for name in moved_order if name in panels] == sorted(panels)

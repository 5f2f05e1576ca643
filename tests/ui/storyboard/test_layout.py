"""Where cards lie and what lies at a place: no Qt needed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from aiprod_studio.story.board import Board
from aiprod_studio.ui.storyboard.model.laying import Sizes, grid, strip
from aiprod_studio.ui.storyboard.model.layout import Layout
from tests.ui.storyboard.boards import board_of

SIZES = Sizes(card=100)
boards = st.lists(st.lists(st.integers(0, 5), max_size=4).map(tuple), max_size=3).map(
    lambda scenes: board_of(*scenes) if sum(map(sum, scenes)) <= 26 else board_of((3, 2))
)
layouts = st.builds(
    lambda board, width, shape: (
        board,
        grid(board, width, SIZES) if shape == "grid" else strip(board, 400, 2.0, SIZES),
    ),
    boards,
    st.integers(140, 900),
    st.sampled_from(["grid", "strip"]),
)


@given(layouts)
def test_every_panel_has_one_card_in_the_order_of_the_film(found: tuple[Board, Layout]) -> None:
    board, layout = found
    assert [card.panel for card in layout.cards] == [panel.name for _, panel in board.panels()]


@given(layouts)
def test_no_card_lies_on_another_card_heading_or_tile(found: tuple[Board, Layout]) -> None:
    _, layout = found
    boxes = [each.box for each in (*layout.cards, *layout.heads, *layout.tiles)]
    for place, box in enumerate(boxes):
        assert not any(box.meets(other) for other in boxes[place + 1 :])


@given(layouts)
def test_everything_lies_inside_the_content(found: tuple[Board, Layout]) -> None:
    _, layout = found
    for each in (*layout.cards, *layout.tiles):
        assert each.box.x >= 0
        assert each.box.bottom <= layout.height or layout.shape == "strip"
        assert each.box.right <= layout.width or each.box.x <= SIZES.margin


@given(layouts, st.floats(0, 900), st.floats(0, 900))
def test_a_dragged_shot_finds_a_place_wherever_there_is_something(
    found: tuple[Board, Layout], x: float, y: float
) -> None:
    board, layout = found
    drop = layout.shot_drop_at(x, y)
    if drop is None:
        assert not layout.cards
    else:
        names = {shot.name for _, shot in board.shots()} | {s.name for s in board.scenes}
        assert (drop.beside or drop.scene) in names


@given(layouts, st.floats(0, 900), st.floats(0, 900))
def test_a_drop_names_a_place_that_is_there(
    found: tuple[Board, Layout], x: float, y: float
) -> None:
    board, layout = found
    drop = layout.drop_at(x, y)
    if drop is None:
        assert not layout.cards
    elif drop.shot:
        names = [panel.name for panel in board.find_shot(drop.shot)[1].panels]
        assert drop.before in (*names, "")
    else:
        board.find_scene(drop.scene)


def test_the_left_half_of_a_card_means_before_it_and_the_right_half_behind_it() -> None:
    layout = grid(board_of((3, 1)), 800, SIZES)
    box = layout.card("b").box if layout.card("b") else None
    assert box is not None
    before = layout.drop_at(box.x + 10, box.y + 10)
    behind = layout.drop_at(box.right - 10, box.y + 10)
    assert before is not None and (before.shot, before.before) == ("s0", "b")
    assert behind is not None and (behind.shot, behind.before) == ("s0", "c")


def test_behind_the_last_panel_of_a_shot_is_its_end_and_not_the_next_shot() -> None:
    layout = grid(board_of((2, 2)), 800, SIZES)
    card = layout.card("b")
    assert card is not None
    drop = layout.drop_at(card.box.right - 2, card.box.y + 5)
    assert drop is not None and (drop.shot, drop.before) == ("s0", "")


def test_a_shot_that_wraps_is_headed_again_as_continued() -> None:
    layout = grid(board_of((5,)), 350, SIZES)
    heads = [head for head in layout.heads if head.kind == "shot"]
    assert [head.continued for head in heads] == [False, True]
    assert len({card.box.y for card in layout.cards}) == 2


def test_in_the_strip_a_card_is_as_wide_as_its_panel_is_long() -> None:
    layout = strip(board_of((2,), frames=100), 400, 2.0, SIZES)
    assert {card.box.width for card in layout.cards} == {200}
    short = strip(board_of((2,), frames=1), 400, 2.0, SIZES)
    assert {card.box.width for card in short.cards} == {SIZES.least}


def test_arrows_walk_along_lines_and_between_them() -> None:
    layout = grid(board_of((6,)), 350, SIZES)
    assert layout.neighbour("a", "right") == "b"
    assert layout.neighbour("a", "left") == "a"
    assert layout.neighbour("b", "down") == "e"
    assert layout.neighbour("e", "up") == "b"
    assert layout.neighbour("f", "down") == "f"


def test_an_empty_shot_has_a_place_to_drop_its_first_panel() -> None:
    layout = grid(board_of((0, 1)), 800, SIZES)
    tile = next(tile for tile in layout.tiles if tile.kind == "empty")
    drop = layout.drop_at(tile.box.x + 5, tile.box.y + 5)
    assert drop is not None and drop.shot == "s0"

"""Columns and edges: plain numbers in, plain numbers out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from aiprod_studio.ui.canvas.arranging import Box, aligned, columns, free_spot
from tests.counted import calls

names = st.integers(0, 14).map(lambda n: f"n{n}")
at, size = st.integers(-500, 500), st.integers(20, 300)
boxes = st.dictionaries(names, st.builds(Box, at, at, size, size), max_size=15)
reads = st.dictionaries(names, st.lists(names, max_size=3), max_size=15)


@given(boxes=boxes, reads=reads)
def test_no_two_boxes_cover_each_other_whatever_is_linked(
    boxes: dict[str, Box], reads: dict[str, list[str]]
) -> None:
    places = columns(boxes, reads, (10, 20))
    assert places.keys() == boxes.keys()
    areas = [(x, y, x + boxes[n].width, y + boxes[n].height) for n, (x, y) in places.items()]
    for at, a in enumerate(areas):
        for b in areas[at + 1 :]:
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
    if places:
        assert min(x for x, _ in places.values()) == 10
        assert min(y for _, y in places.values()) == 20


def test_each_node_stands_right_of_what_it_reads() -> None:
    boxes = {name: Box(0, 0, 100, 50) for name in "abcd"}
    places = columns(boxes, {"b": ["a"], "c": ["b", "a"], "d": ["c"]}, (0, 0))
    assert places["a"][0] < places["b"][0] < places["c"][0] < places["d"][0]


def test_arranging_grows_in_proportion_to_the_number_of_nodes() -> None:
    def work(count: int) -> int:
        boxes = {f"n{i}": Box(0, 0, 200, 100) for i in range(count)}
        reads = {f"n{i}": [f"n{i - 1}", f"n{max(0, i - 7)}"] for i in range(1, count)}
        return calls(lambda: columns(boxes, reads, (0, 0)))

    assert work(1600) / work(200) < 10


def test_edges_are_shared_after_aligning() -> None:
    boxes = {"a": Box(0, 0, 100, 50), "b": Box(30, 90, 200, 10)}
    assert aligned(boxes, "left") == {"a": (0, 0), "b": (0, 90)}
    assert aligned(boxes, "right") == {"a": (130, 0), "b": (30, 90)}
    assert aligned(boxes, "bottom") == {"a": (0, 50), "b": (30, 90)}
    assert aligned({}, "top") == {}


@given(
    st.lists(st.builds(Box, at, at, size, size), max_size=12),
    st.tuples(at, at),
)
def test_a_new_node_covers_no_other(boxes: list[Box], wanted: tuple[int, int]) -> None:
    x, y = free_spot(boxes, (190, 150), wanted)
    for box in boxes:
        beside = x >= box.x + box.width or box.x >= x + 190
        assert beside or y >= box.y + box.height or box.y >= y + 150


def test_a_free_place_is_taken_as_it_is() -> None:
    assert free_spot([Box(500, 0, 100, 100)], (190, 150), (0, 0)) == (0, 0)

"""Nested levels: every frame once, each between known ones, the largest gaps first."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiprod_studio.diffusion.refiner.levels import Place, checked, levels, within
from aiprod_studio.sdk import Refusal

FILMS = st.integers(1, 60).flatmap(
    lambda frames: st.tuples(
        st.just(frames), st.sets(st.integers(0, frames - 1), min_size=1), st.integers(0, 5)
    )
)


@given(FILMS)
def test_every_frame_is_filled_once_and_only_from_frames_known_before(
    film: tuple[int, set[int], int],
) -> None:
    frames, keys, count = film
    known = set(keys)
    for places in levels(sorted(keys), frames, count):
        for place in places:
            around = {place.before, place.after, place.earlier, place.later} - {None}
            assert around <= known
            assert place.frame not in known
            assert place.before == max((f for f in known if f < place.frame), default=None)
            assert place.after == min((f for f in known if f > place.frame), default=None)
        known |= {place.frame for place in places}
    assert known == set(range(frames))


@given(FILMS)
def test_there_are_never_more_levels_than_asked_for(film: tuple[int, set[int], int]) -> None:
    frames, keys, count = film
    found = levels(sorted(keys), frames, count)
    assert not count or len(found) <= count


@given(FILMS)
def test_the_largest_gap_shrinks_with_every_level(film: tuple[int, set[int], int]) -> None:
    frames, keys, _ = film
    known = sorted(keys)
    for places in levels(known, frames):
        before = _widest(known)
        known = sorted({*known, *(place.frame for place in places)})
        assert _widest(known) < before or before == 1


def _widest(known: list[int]) -> int:
    return max((b - a for a, b in pairwise(known)), default=1)


def test_a_gap_of_eight_is_halved_three_times() -> None:
    found = levels([0, 8], 9)
    assert [[place.frame for place in places] for places in found] == [[4], [2, 6], [1, 3, 5, 7]]
    assert found[1][0] == Place(2, 0, 4, None, 8)
    assert found[1][0].share == 0.5
    assert found[2][0].share == 0.5


def test_one_level_fills_everything_straight_between_the_keyframes() -> None:
    (only,) = levels([0, 4, 8], 9, 1)
    assert only[0] == Place(1, 0, 4, None, 8)
    assert only[0].share == 0.25
    assert only[0].distance == 0.5


def test_a_stretch_alone_knows_the_keyframes_beyond_it() -> None:
    (first, *_) = within([0, 6, 12, 18], 6, 12)
    assert first == (Place(9, 6, 12, 0, 18),)


@pytest.mark.parametrize(
    ("keys", "said"),
    [([], "no keyframe is given"), ([3, 3], "frame 3 has two pictures"), ([9], "frame 9 is not")],
)
def test_keyframes_that_do_not_fit_are_refused(keys: list[int], said: str) -> None:
    with pytest.raises(Refusal, match=said):
        checked(keys, 9)

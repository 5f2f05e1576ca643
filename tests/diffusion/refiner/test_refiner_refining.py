"""Coarse to fine: levels, correctors, noise, proposals, and films that go on after a break."""

from __future__ import annotations

import numpy as np
import pytest

from aiprod_studio.diffusion.refiner.filling import as_picture
from aiprod_studio.diffusion.refiner.levels import Place
from aiprod_studio.diffusion.refiner.noise import level, roughened
from aiprod_studio.diffusion.refiner.refining import Asked, Manner, Proposal, film
from aiprod_studio.sdk import Cancelled, Refusal

Picture = np.ndarray


def plain(value: int) -> Picture:
    return np.full((24, 32, 3), value, np.uint8)


def spotted(seed: int) -> Picture:
    return np.random.default_rng(seed).integers(0, 255, (24, 32, 3)).astype(np.uint8)


class Remembering:
    """A corrector that notes what it is asked and lights every fill by one."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []

    def __call__(self, asked: Asked) -> np.ndarray:
        self.asked.append(asked)
        return asked.fill + 1


def test_a_corrector_betters_every_filled_frame_and_touches_no_keyframe() -> None:
    keys, corrector = {0: plain(10), 4: plain(50)}, Remembering()
    made = list(film(keys, 5, Manner(fill="linear"), corrector))
    assert [int(frame[0, 0, 0]) for frame in made] == [10, 21, 31, 41, 50]
    assert len(corrector.asked) == 3


def test_by_levels_finer_frames_stand_between_corrected_ones() -> None:
    keys = {0: plain(10), 4: plain(50)}
    made = list(film(keys, 5, Manner(fill="linear", levels=0), Remembering()))
    assert [int(frame[0, 0, 0]) for frame in made] == [10, 22, 31, 42, 50]  # rounded to even


def test_the_keyframes_beyond_are_shown_with_their_times() -> None:
    keys, corrector = {f: plain(f) for f in (0, 2, 6, 9)}, Remembering()
    list(film(keys, 10, Manner(), corrector))
    middle = corrector.asked[1]
    assert [int(key[0, 0, 0]) for key in middle.keys] == [0, 2, 6, 9]
    assert middle.spans == (-0.5, 1.75)
    assert middle.share == 0.25
    assert corrector.asked[0].spans == (0.0, 3.0)  # nothing lies before frame 0


def test_a_film_goes_on_from_a_keyframe_with_the_same_bytes() -> None:
    keys = {f: spotted(f) for f in (1, 4, 8)}
    manner = Manner(noise="gaussian", strength=0.2, seed=3, levels=0)
    whole = list(film(keys, 11, manner, lambda asked: asked.fill))
    for begin in (0, 1, 4, 8):
        rest = list(film(keys, 11, manner, lambda asked: asked.fill, begin=begin))
        assert len(rest) == 11 - begin
        assert all(np.array_equal(a, b) for a, b in zip(whole[begin:], rest, strict=True))


@pytest.mark.parametrize(
    ("mode", "levels"), [("none", [0, 0]), ("distance", [0.2, 0.4]), ("gaussian", [0.4, 0.4])]
)
def test_noise_grows_with_distance_or_is_alike_everywhere(mode: str, levels: list[float]) -> None:
    places = [Place(1, 0, 4), Place(2, 0, 4)]
    assert [level(mode, 0.4, place) for place in places] == levels


def test_noise_is_that_of_its_seed_and_frame_and_as_strong_as_asked_for() -> None:
    grey = np.full((64, 64, 3), 127.5, np.float32)
    one = roughened(grey, 0.1, 7, 3)
    assert np.array_equal(one, roughened(grey, 0.1, 7, 3))
    assert not np.array_equal(one, roughened(grey, 0.1, 7, 4))
    assert abs(float(one.std()) / 127.5 - 0.1) < 0.01
    assert roughened(grey, 0.0, 7, 3) is grey


def test_proposals_give_way_to_what_the_keyframes_suggest_and_lead_the_frames_between() -> None:
    keys = {0: plain(100), 8: plain(100)}
    weak = {4: Proposal(plain(140), 0.25)}
    made = list(film(keys, 9, Manner(fill="linear"), proposals=weak))
    assert int(made[4][0, 0, 0]) == 110
    assert 100 < int(made[2][0, 0, 0]) < 110
    assert np.array_equal(made[0], keys[0])
    assert np.array_equal(made[8], keys[8])


def test_a_proposal_at_an_artists_frame_counts_for_nothing() -> None:
    keys = {0: plain(100), 4: plain(100)}
    made = list(film(keys, 5, Manner(), proposals={4: Proposal(plain(0), 0.9)}))
    assert np.array_equal(made[4], keys[4])
    assert int(made[2].min()) == 100


def test_a_single_keyframe_makes_a_still_film() -> None:
    made = list(film({2: spotted(1)}, 5, Manner()))
    assert all(np.array_equal(frame, spotted(1)) for frame in made)


def test_cancelling_stops_between_frames() -> None:
    calls = []

    def check() -> None:
        calls.append(1)
        if len(calls) > 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        list(film({0: plain(0), 20: plain(9)}, 21, Manner(), check=check))
    assert len(calls) == 3


def test_keyframes_outside_the_film_are_refused() -> None:
    with pytest.raises(Refusal, match="frame 7 is not in the film"):
        list(film({0: plain(1), 7: plain(2)}, 5, Manner()))


def test_rounding_clips_to_bytes() -> None:
    assert as_picture(np.array([[[-3.0, 1.5, 300.0]]], np.float32)).tolist() == [[[0, 2, 255]]]

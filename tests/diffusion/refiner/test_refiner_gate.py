"""The gate behind the refiner's judge: what the keyframes themselves say of a motion."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from aiprod_studio.diffusion.refiner.trained import Candidates

SHARES = np.full((3, 4, 6), 1 / 3, np.float32)


def candidates(*apart: float) -> Candidates:
    """Three grey frames of 0, 100 and 200 over a flow fill of 50."""
    colours = np.stack([np.full((4, 6, 3), grey, np.float32) for grey in (0, 100, 200)])
    told = np.zeros((25, 4, 6), np.float32)
    return Candidates(colours, told, np.full((4, 6, 3), 50, np.float32), np.float32(apart))


def test_a_motion_under_which_the_keyframes_disagree_more_is_not_believed() -> None:
    made = candidates(40, 2000, 3000)
    assert np.allclose(made.gate(), [1, 0, 0], atol=1e-6)
    assert np.allclose(made.mixed(SHARES), 50 * 2 / 3, atol=1e-3)


def test_a_motion_under_which_they_agree_far_better_is_believed_as_the_judge_says() -> None:
    made = candidates(2000, 40, 40)
    assert np.allclose(made.gate(), 1, atol=1e-6)
    assert np.allclose(made.mixed(SHARES), 100, atol=1e-3)


def test_what_the_gate_takes_away_goes_to_plain_flow_and_not_to_a_noisy_fill() -> None:
    only_found = np.zeros_like(SHARES)
    only_found[1] = 1
    assert np.allclose(candidates(40, 65025, 65025).mixed(only_found), 50)


@given(st.lists(st.floats(0, 65025, width=32), min_size=3, max_size=3))
def test_a_frame_stays_within_what_it_is_mixed_from(apart: list[float]) -> None:
    made = candidates(*apart)
    assert made.gate()[0] == 1
    assert np.all((made.gate() >= 0) & (made.gate() <= 1))
    assert 0 <= float(made.mixed(SHARES).min()) <= float(made.mixed(SHARES).max()) <= 200.001

"""Sizes that a model can make, and sentences about those that it cannot."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from aiprod_studio.diffusion.sizes import Size, Sizes
from aiprod_studio.sdk import Refusal

STARTER = Sizes(multiple=16, step=4, offset=1)
sides = some.integers(1, 5000)


@given(width=sides, height=sides, frames=sides, multiple=some.sampled_from([8, 16, 32]))
def test_the_nearest_size_works_and_a_size_that_works_is_its_own_nearest(
    width: int, height: int, frames: int, multiple: int
) -> None:
    rule = Sizes(multiple, 8, 1)
    nearest = rule.nearest(Size(width, height, frames))
    rule.check(nearest)
    assert rule.nearest(nearest) == nearest
    assert abs(nearest.width - max(width, multiple)) <= multiple
    assert abs(nearest.frames - frames) <= 8


def test_a_wrong_size_is_refused_with_the_sizes_on_both_sides() -> None:
    with pytest.raises(Refusal) as refused:
        STARTER.check(Size(130, 96, 24))
    assert [str(problem) for problem in refused.value.problems] == [
        "width: 130 cannot be made by this model, which needs a multiple of 16. Choose 128 or 144.",
        "frames: 24 cannot be made by this model, which needs 1 more than a multiple of 4. "
        "Choose 21 or 25.",
    ]


def test_below_the_smallest_size_only_the_smallest_is_proposed() -> None:
    with pytest.raises(Refusal, match=r"Choose 16\.$"):
        STARTER.check(Size(9, 16, 1))


def test_the_rule_is_read_from_a_models_settings() -> None:
    assert Sizes.of({"multiple": 32, "frame_step": 8}) == Sizes(32, 8, 1)
    assert Sizes.of({"multiple": 32, "frame_step": 8, "frame_offset": 0}).offset == 0

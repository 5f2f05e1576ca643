"""What holds for every schedule, and what is refused."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as some

from aiprod_studio.diffusion import schedules
from aiprod_studio.sdk import Refusal


@settings(max_examples=60, deadline=None)
@given(
    name=some.sampled_from(schedules.NAMES),
    steps=some.integers(1, 80),
    tokens=some.integers(1, 40_000),
    shift=some.floats(0.1, 20),
)
def test_every_schedule_falls_strictly_from_at_most_one_to_zero(
    name: str, steps: int, tokens: int, shift: float
) -> None:
    sigmas = schedules.named(name, steps, tokens, {"shift": shift})
    assert sigmas.dtype == torch.float32
    assert 0 < float(sigmas[0]) <= 1
    assert float(sigmas[-1]) == 0
    assert bool((sigmas[:-1] >= sigmas[1:]).all())
    if not name.startswith(("distilled", "beta")):
        assert len(sigmas) == steps + 1


def test_a_shift_above_one_spends_more_steps_at_high_noise() -> None:
    even, high = schedules.shifted(10), schedules.shifted(10, 3)
    assert bool((high[1:-1] > even[1:-1]).all())
    torch.testing.assert_close(even, torch.linspace(1, 0, 11))


def test_the_anchored_shift_does_not_follow_the_size() -> None:
    small = schedules.named("ltx2", 8, 100, {"shift_tokens": 4096})
    large = schedules.named("ltx2", 8, 9000, {"shift_tokens": 4096})
    assert torch.equal(small, large)
    assert not torch.equal(schedules.named("ltx2", 8, 100, {}), large)


def test_redoing_a_video_starts_at_the_strength_and_goes_on_below_it() -> None:
    sigmas = schedules.shifted(10)
    part = schedules.begun_at(sigmas, 0.55)
    assert part.tolist() == pytest.approx([0.55, 0.5, 0.4, 0.3, 0.2, 0.1, 0.0])
    assert torch.equal(schedules.begun_at(sigmas, 1), sigmas)
    assert schedules.begun_at(sigmas, 0.5).tolist() == pytest.approx([0.5, 0.4, 0.3, 0.2, 0.1, 0])


def test_levels_can_be_written_down() -> None:
    assert schedules.explicit("1, 0.9 0.5,0").tolist() == pytest.approx([1, 0.9, 0.5, 0])
    assert schedules.explicit([0.5, 0]).tolist() == [0.5, 0]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1, x, 0", "no list of numbers"),
        ("1, 0.5", "end with 0"),
        ("0", "at least one level"),
        ("1, 0.5, 0.7, 0", "fall strictly"),
        ("1.5, 0.5, 0", "start at 1 or below"),
        ("nan, 0.5, 0", "fall strictly"),
    ],
)
def test_levels_that_cannot_be_used_are_refused_with_a_reason(text: str, why: str) -> None:
    with pytest.raises(Refusal, match=why):
        schedules.explicit(text)


@pytest.mark.parametrize("steps", [0, -1, 1001])
def test_too_few_or_too_many_steps_are_refused(steps: int) -> None:
    with pytest.raises(Refusal, match="not between 1 and 1000"):
        schedules.ltx2(steps)


def test_an_unknown_schedule_is_refused() -> None:
    with pytest.raises(Refusal, match="'karras' is none of ltx2"):
        schedules.named("karras", 8, 100, {})

"""The refiner in latents: interpolated, masked and made anew, keyframes as they were encoded."""

from __future__ import annotations

import pytest
import torch

from aiprod_studio.diffusion.refiner.latent import Manner, interpolated, refined
from aiprod_studio.sdk import Refusal


def film(frames: int = 9) -> torch.Tensor:
    return torch.randn((1, 3, frames, 2, 2), generator=torch.Generator().manual_seed(1))


class Sampler:
    """Adds one to what is free, as far as it is free, and notes how it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[torch.Tensor, torch.Tensor, float, int]] = []

    def __call__(
        self, begun: torch.Tensor, mask: torch.Tensor, sigma: float, number: int
    ) -> torch.Tensor:
        self.asked.append((begun, mask, sigma, number))
        return begun + mask


def test_keyframes_come_out_exactly_and_all_else_is_made_anew() -> None:
    given, sampler = film(), Sampler()
    made = refined(given, {0: 1.0, 8: 1.0}, Manner(), sampler)
    assert torch.equal(made[:, :, [0, 8]], given[:, :, [0, 8]])
    torch.testing.assert_close(made[:, :, 1:8], given[:, :, 1:8] + 1)
    (asked,) = sampler.asked
    assert asked[1].flatten().tolist() == [0, 1, 1, 1, 1, 1, 1, 1, 0]
    assert asked[2] == 0.7


def test_linear_fill_forgets_the_film_between_its_keyframes() -> None:
    given, sampler = film(), Sampler()
    refined(given, {0: 1.0, 8: 1.0}, Manner(fill="linear"), sampler)
    begun = sampler.asked[0][0]
    expected = torch.lerp(given[:, :, 0], given[:, :, 8], 0.25)
    torch.testing.assert_close(begun[:, :, 2], expected)


def test_levels_go_from_coarse_to_fine_cooler_each_time_and_hold_what_was_made() -> None:
    sampler = Sampler()
    manner = Manner(levels=0, cooling=0.5, hold=0.75)
    refined(film(), {0: 1.0, 8: 1.0}, manner, sampler)
    assert [(asked[2], asked[3]) for asked in sampler.asked] == [(0.7, 0), (0.35, 1), (0.175, 2)]
    second, third = (asked[1].flatten().tolist() for asked in sampler.asked[1:])
    assert second == [0, 1, 1, 1, 0.25, 1, 1, 1, 0]
    assert third == [0, 1, 0.25, 1, 0.25, 1, 0.25, 1, 0]


def test_distance_gives_less_noise_near_keyframes() -> None:
    sampler = Sampler()
    refined(film(5), {0: 1.0, 4: 1.0}, Manner(noise="distance"), sampler)
    assert sampler.asked[0][1].flatten().tolist() == [0, 0.5, 1, 0.5, 0]


def test_a_weak_keyframe_changes_and_a_firm_one_does_not() -> None:
    given, sampler = film(5), Sampler()
    made = refined(given, {0: 1.0, 4: 0.25}, Manner(), sampler)
    assert torch.equal(made[:, :, 0], given[:, :, 0])
    torch.testing.assert_close(made[:, :, 4], given[:, :, 4] + 0.75)


def test_a_film_of_keyframes_alone_is_left_as_it_is() -> None:
    given, sampler = film(2), Sampler()
    assert torch.equal(refined(given, {0: 1.0, 1: 1.0}, Manner(), sampler), given)
    assert not sampler.asked


def test_beyond_the_outer_keyframes_the_nearest_is_repeated() -> None:
    given = film(5)
    made = interpolated({1: given[:, :, 1:2], 3: given[:, :, 3:4]}, 5)
    assert torch.equal(made[:, :, 0], given[:, :, 1])
    assert torch.equal(made[:, :, 4], given[:, :, 3])


def test_latents_without_keyframes_are_refused() -> None:
    with pytest.raises(Refusal, match="no keyframe is given"):
        refined(film(), {}, Manner(), Sampler())

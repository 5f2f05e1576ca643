"""The sampling loop: broken-off runs, held tokens, noise, and what is refused."""

from __future__ import annotations

import pytest
import torch

from aiprod_studio.diffusion import samplers, schedules
from aiprod_studio.diffusion.noise import SeededNoise
from aiprod_studio.diffusion.sampling import Hold, Prediction, Step, Stepper, sample
from aiprod_studio.sdk import Refusal

SHAPE = (2, 6, 3)
TARGET = torch.linspace(-1, 1, 36).reshape(SHAPE)


def toy(latents: torch.Tensor, sigma: float) -> Prediction:
    clean = torch.tanh(latents) * (1 - sigma) + TARGET * sigma
    return Prediction(clean, clean * 0.9)


def run(stepper: Stepper, **options: object) -> list[Step]:
    start = SeededNoise(3).of(SHAPE)
    noise = SeededNoise(5)
    return list(sample(stepper, toy, start, schedules.ltx2(7), noise=noise, **options))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", samplers.SAMPLERS)
def test_a_run_broken_off_after_any_step_goes_on_with_the_same_bits(name: str) -> None:
    stepper = samplers.named(name)
    whole = run(stepper)
    for step in whole[:-1]:
        rest = run(stepper, resume=step.saved())
        assert rest[0].done == step.done + 1
        assert torch.equal(rest[-1].latents, whole[-1].latents)


@pytest.mark.parametrize("name", samplers.SAMPLERS)
def test_every_sampler_ends_at_a_clean_prediction(name: str) -> None:
    steps = run(samplers.named(name))
    assert steps[-1].sigma == 0
    assert torch.equal(steps[-1].latents, steps[-1].clean)
    assert [step.done for step in steps] == list(range(1, steps[-1].total + 1))


@pytest.mark.parametrize("stepper", [samplers.Euler(), samplers.Res2s(0, 0)])
def test_deterministic_samplers_reach_a_fixed_prediction_exactly(stepper: Stepper) -> None:
    def sure(latents: torch.Tensor, sigma: float) -> Prediction:
        return Prediction(TARGET)

    *_, last = sample(stepper, sure, SeededNoise(1).of(SHAPE), schedules.shifted(4, 2))
    assert torch.equal(last.latents, TARGET)


def test_ancestral_sampling_keeps_the_variance_of_the_flow() -> None:
    """With data that is all zero, latents at level s must have the spread s."""
    start = SeededNoise(0).of((200_000,))

    def empty(latents: torch.Tensor, sigma: float) -> Prediction:
        return Prediction(torch.zeros_like(latents))

    for stepper in (samplers.AncestralEuler(), samplers.CFGPlusPlus(), samplers.Res2s()):
        for step in sample(stepper, empty, start, schedules.shifted(5), noise=SeededNoise(9)):
            assert float(step.latents.std()) == pytest.approx(step.sigma, abs=0.006)


def test_ancestral_sampling_without_new_noise_is_euler() -> None:
    euler, ancestral = run(samplers.Euler()), run(samplers.AncestralEuler(eta=0))
    torch.testing.assert_close(euler[-1].latents, ancestral[-1].latents)


def test_the_start_leaves_held_parts_clean_and_half_held_parts_half_noisy() -> None:
    mask = torch.tensor([0.0, 0.5, 1.0]).reshape(1, 3, 1)
    clean = torch.full((1, 3, 4), 7.0)
    noise = torch.ones(1, 3, 4)
    begun = Hold(mask, clean).start(noise, torch.zeros(1, 3, 4), 0.8)
    assert torch.equal(begun[:, 0], clean[:, 0])
    torch.testing.assert_close(begun[:, 1], 0.4 * noise[:, 1] + 0.6 * clean[:, 1])
    torch.testing.assert_close(begun[:, 2], 0.8 * noise[:, 2])


def test_noise_is_the_same_for_the_same_seed_and_goes_on_from_its_state() -> None:
    first, again = SeededNoise(11), SeededNoise(11)
    assert torch.equal(first.of((4,)), again.of((4,)))
    state = first.state
    following = first.of((4,))
    again.restore(state)
    assert torch.equal(again.of((4,)), following)


def test_a_checkpoint_of_another_size_is_refused() -> None:
    saved = run(samplers.Euler())[2].saved() | {"latents": torch.zeros(1, 2, 3)}
    with pytest.raises(Refusal, match="not of this run"):
        run(samplers.Euler(), resume=saved)


def test_latents_that_are_no_numbers_stop_the_run_in_words() -> None:
    def broken(latents: torch.Tensor, sigma: float) -> Prediction:
        return Prediction(latents * float("nan"))

    steps = sample(samplers.Euler(), broken, torch.zeros(SHAPE), schedules.shifted(4))
    with pytest.raises(Refusal, match="after step 1 of 4 the latents hold values"):
        list(steps)


def test_an_unknown_sampler_is_refused_with_the_known_ones() -> None:
    with pytest.raises(Refusal, match="'magic' is none of euler, ancestral"):
        samplers.named("magic")

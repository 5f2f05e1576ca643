"""Schedules, single steps, guidance and whole loops against the reference's numbers."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from aiprod_studio.diffusion import schedules
from aiprod_studio.diffusion.guidance import Guidance
from aiprod_studio.diffusion.samplers import (
    AncestralEuler,
    CFGPlusPlus,
    Euler,
    GradientEstimation,
    Res2s,
)
from aiprod_studio.diffusion.sampling import Hold, Place, Prediction, Stepper, sample

FILE = Path(__file__).parent / "parity" / "sampling.io.safetensors"
KNOWN = load_file(FILE)
LTX2 = [name for name in KNOWN if name.startswith("sched.ltx2") and "default" not in name]


class Given:
    """Noise that is the same tensor every time."""

    state = torch.zeros(1)

    def __init__(self, noise: torch.Tensor) -> None:
        self.noise = noise

    def like(self, latents: torch.Tensor) -> torch.Tensor:
        return self.noise.expand_as(latents)

    def restore(self, state: torch.Tensor) -> None:
        assert state is not None


def assert_alike(found: torch.Tensor, expected: torch.Tensor) -> None:
    error = (found - expected).abs().max() / expected.abs().max()
    assert float(error) <= 1e-5


@pytest.mark.parametrize("name", LTX2)
def test_the_ltx2_schedule_follows_the_token_count_as_the_reference_does(name: str) -> None:
    _, _, tokens, steps = name.split(".")
    assert_alike(schedules.ltx2(int(steps), int(tokens)), KNOWN[name])


def test_the_ltx2_schedule_without_a_token_count_takes_the_anchor() -> None:
    assert_alike(schedules.ltx2(30), KNOWN["sched.ltx2.default.30"])


def test_the_linear_quadratic_schedule_equals_the_reference() -> None:
    assert_alike(schedules.linear_quadratic(20), KNOWN["sched.linear_quadratic.20"])


def test_the_beta_schedule_equals_the_reference() -> None:
    assert_alike(schedules.beta(20), KNOWN["sched.beta.20"])


def test_all_guidance_together_equals_the_reference() -> None:
    guidance = Guidance(cfg=3, stg=1, stg_blocks=(0,), modality=3, rescale=0.7)
    passes = [KNOWN[f"guide.{name}"] for name in ("cond", "uncond", "perturbed", "modality")]
    assert_alike(guidance.combine(*passes), KNOWN["guide.out"])


@pytest.mark.parametrize(
    ("stepper", "name"),
    [
        (Euler(), "euler"),
        (AncestralEuler(eta=1), "euler_ancestral"),
        (CFGPlusPlus(eta=1), "cfgpp"),
    ],
)
def test_one_step_equals_the_reference(stepper: Stepper, name: str) -> None:
    sigmas = KNOWN["step.sigmas"].tolist()
    prediction = Prediction(KNOWN["step.x0"], KNOWN["step.uncond"])
    noise = Given(KNOWN["step.noise"])
    at = Place(KNOWN["step.x"], sigmas[0], sigmas[1], lambda *_: prediction, noise)
    assert_alike(stepper.step(at)[0], KNOWN[f"step.{name}"])


def test_noise_renewed_in_a_res_2s_step_equals_the_reference() -> None:
    # The reference's rule is given the latents that a step would arrive at, not a prediction.
    start, arrived = KNOWN["step.x"], KNOWN["step.x0"]
    sigmas = KNOWN["step.sigmas"].tolist()
    noise = Given(KNOWN["step.noise"])
    found = Res2s().renewed(start, arrived, sigmas[0], sigmas[1], 0.5, noise)
    assert_alike(found, KNOWN["step.res2s_sde"])


def loop(stepper: Stepper) -> torch.Tensor:
    def toy(latents: torch.Tensor, sigma: float) -> Prediction:
        return Prediction(torch.tanh(0.7 * latents) * (1 - 0.5 * sigma) + 0.1)

    hold = Hold(KNOWN["loop.mask"], KNOWN["loop.clean"])
    start, sigmas = KNOWN["loop.start"], KNOWN["loop.sigmas"]
    steps = sample(stepper, toy, start, sigmas, noise=Given(torch.zeros(1)), hold=hold)
    return list(steps)[-1].latents


@pytest.mark.parametrize(
    ("stepper", "name"),
    [
        (Euler(), "euler"),
        (GradientEstimation(gamma=2), "gradient_estimation"),
        (Res2s(eta=0, eta_between=0.5), "res2s_eta0"),
    ],
)
def test_a_whole_loop_with_held_tokens_equals_the_reference(stepper: Stepper, name: str) -> None:
    assert_alike(loop(stepper), KNOWN[f"loop.{name}"])


def test_held_tokens_stay_at_their_clean_values_bit_for_bit() -> None:
    held = KNOWN["loop.mask"].expand_as(KNOWN["loop.clean"]) == 0
    for stepper in (Euler(), AncestralEuler(), CFGPlusPlus(), GradientEstimation(), Res2s()):
        assert torch.equal(loop(stepper)[held], KNOWN["loop.clean"][held])

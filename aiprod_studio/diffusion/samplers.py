"""The samplers: rules that take latents from one noise level to the next (flow matching).

`sampling.sample` runs them. Each rule works element by element on tensors of any shape and keeps no
state of its own: what it must remember travels in `Place.memory`, so a run can be broken off after
any step. x is the latents, c the clean prediction, s the level now and t the level after.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch

from aiprod_studio.diffusion.noise import Noise
from aiprod_studio.diffusion.sampling import Memory, Place, Stepper
from aiprod_studio.sdk import Invalid, Refusal

Moved = tuple[torch.Tensor, torch.Tensor, Memory]


@dataclass(frozen=True)
class Euler:
    """One straight step along the velocity (x - c) / s; deterministic, one pass a step."""

    def visits(self, sigmas: torch.Tensor) -> torch.Tensor:
        return sigmas

    def step(self, at: Place) -> Moved:
        clean = at.denoise(at.latents, at.sigma).clean
        return _toward(at.latents, clean, at.sigma, at.after), clean, {}


@dataclass(frozen=True)
class AncestralEuler:
    """Euler to a lower level, then fresh noise back up to t, keeping the flow's variance.

    `eta` in [0, 1] says how much of the noise is made anew; 0 is Euler.
    """

    eta: float = 1.0

    def visits(self, sigmas: torch.Tensor) -> torch.Tensor:
        return sigmas

    def step(self, at: Place) -> Moved:
        clean = at.denoise(at.latents, at.sigma).clean
        if at.after == 0:
            return clean, clean, {}
        down = at.after * (1 + (at.after / at.sigma - 1) * self.eta)
        moved = _toward(at.latents, clean, at.sigma, down)
        ratio = (1 - at.after) / (1 - down) if down < 1 else 1.0
        fresh = math.sqrt(max(0.0, at.after**2 - (down * ratio) ** 2))
        return moved * ratio + at.noise.like(moved) * fresh, clean, {}


@dataclass(frozen=True)
class CFGPlusPlus:
    """CFG++ (arXiv 2406.08070): the clean part is guided, the noise comes from the unprompted pass.

    Needs `Prediction.unprompted`; guidance lies between 0 and 1 here in the paper, up to about 3 in
    practice. `eta` makes noise anew as in ancestral sampling.
    """

    eta: float = 1.0

    def visits(self, sigmas: torch.Tensor) -> torch.Tensor:
        return sigmas

    def step(self, at: Place) -> Moved:
        clean, unprompted = at.denoise(at.latents, at.sigma)
        if at.after == 0:
            return clean, clean, {}
        noise = (at.latents - (1 - at.sigma) * (clean if unprompted is None else unprompted)) / (
            at.sigma
        )
        keep, fresh = self._split(at.sigma, at.after)
        moved = (1 - at.after) * (clean + keep * noise)
        if fresh > 0:
            moved = moved + (1 - at.after) * fresh * at.noise.like(moved)
        return moved, clean, {}

    def _split(self, sigma: float, after: float) -> tuple[float, float]:
        """Split the noise at `after` (relative to the signal) into kept and fresh."""
        goal = after / (1 - after)
        share = 1.0 if sigma >= 1 else 1 - (goal * (1 - sigma) / sigma) ** 2
        fresh = min(goal, self.eta * goal * math.sqrt(max(0.0, share)))
        return math.sqrt(max(0.0, goal**2 - fresh**2)), fresh


@dataclass(frozen=True)
class GradientEstimation:
    """Euler with a velocity that leaves out the error it made last time (arXiv 2412.12703).

    `gamma` above 1 looks ahead; 1 is Euler. The last step goes straight to the clean prediction.
    """

    gamma: float = 2.0

    def visits(self, sigmas: torch.Tensor) -> torch.Tensor:
        return sigmas

    def step(self, at: Place) -> Moved:
        clean = at.denoise(at.latents, at.sigma).clean
        velocity = (at.latents - clean) / at.sigma
        if at.after == 0:
            return clean, clean, {"velocity": velocity}
        last = at.memory.get("velocity")
        aimed = velocity if last is None else last + self.gamma * (velocity - last)
        return at.latents + aimed * (at.after - at.sigma), clean, {"velocity": velocity}


@dataclass(frozen=True)
class Res2s:
    """Second-order exponential integrator with two passes a step (arXiv 2308.02157), with noise.

    The pass in between stands at the geometric mean of both levels. `eta` and `eta_between` in
    [0, 1) renew a part of the noise after the step and at the pass in between, as LTX's HQ
    pipeline does; 0 for both is deterministic. The final 0 is reached through `LEAST`.
    """

    eta: float = 0.5
    eta_between: float = 0.5

    LEAST = 0.0011

    def visits(self, sigmas: torch.Tensor) -> torch.Tensor:
        if float(sigmas[-1]) != 0 or float(sigmas[-2]) <= self.LEAST:
            return sigmas
        return torch.cat([sigmas[:-1], sigmas.new_tensor([self.LEAST, 0.0])])

    def step(self, at: Place) -> Moved:
        clean = at.denoise(at.latents, at.sigma).clean
        if at.after == 0:
            return clean, clean, {}
        span = math.log(at.sigma / at.after)
        reach = (1 - math.exp(-span / 2)) * (clean - at.latents)
        between = math.sqrt(at.sigma * at.after)
        middle = self.renewed(
            at.latents, at.latents + reach, at.sigma, between, self.eta_between, at.noise
        )
        second = at.denoise(middle, between).clean
        first_weight, second_weight = _weights(span)
        moved = at.latents + first_weight * (clean - at.latents)
        moved = moved + second_weight * (second - at.latents)
        moved = self.renewed(at.latents, moved, at.sigma, at.after, self.eta, at.noise)
        return moved, clean, {}

    @staticmethod
    def renewed(
        start: torch.Tensor,
        moved: torch.Tensor,
        sigma: float,
        after: float,
        eta: float,
        noise: Noise,
    ) -> torch.Tensor:
        """Replace a part of the noise in `moved`, which has come from `start` at level `sigma`."""
        if eta == 0:
            return moved
        old = (start - moved) / (sigma - after)
        clean = start - sigma * old
        fresh = after * min(eta, 0.9999)
        rest = math.sqrt(after**2 - fresh**2)
        return (1 - after + rest) * clean + rest * old + fresh * noise.like(moved)


SAMPLERS: dict[str, Stepper] = {
    "euler": Euler(),
    "ancestral": AncestralEuler(),
    "cfg++": CFGPlusPlus(),
    "gradient": GradientEstimation(),
    "res_2s": Res2s(),
}
"""The samplers by the names that artists see."""


def named(name: str) -> Stepper:
    """Return a sampler by name.

    Raises:
        Refusal: there is none of that name.
    """
    if name not in SAMPLERS:
        raise Refusal(Invalid("sampler", f"{name!r} is none of {', '.join(SAMPLERS)}"))
    return SAMPLERS[name]


def _toward(latents: torch.Tensor, clean: torch.Tensor, sigma: float, after: float) -> torch.Tensor:
    return clean if after == 0 else latents + (latents - clean) / sigma * (after - sigma)


def _weights(span: float) -> tuple[float, float]:
    """Return span * b1 and span * b2 of the two passes; they add up to 1 - exp(-span)."""
    whole = -math.expm1(-span)
    second = 2 * (span - whole) / span if span > 1e-6 else span
    return whole - second, second

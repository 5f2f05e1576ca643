"""Noise schedules: which noise levels a sampler visits.

Every function returns float32 sigmas of shape (steps + 1,), from at most 1 strictly down to 0, for
flow matching (x = (1 - sigma) * clean + sigma * noise). Samplers and the sampling nodes use them;
nothing here knows a model. Sources are named where a formula comes from one.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from aiprod_studio.sdk import Invalid, Refusal

ANCHOR_TOKENS = 4096
"""The token count at which LTX's non-distilled pipelines take their shift, whatever the size."""

DISTILLED = (1.0, 0.99375, 0.9875, 0.98125, 0.975, 0.909375, 0.725, 0.421875, 0.0)
"""The eight steps that distilled LTX-2 models were trained for."""

DISTILLED_REFINE = (0.909375, 0.725, 0.421875, 0.0)
"""The three steps of the second stage, after the latent upscaler."""

NAMES = (
    "ltx2", "ltx2-by-size", "linear-quadratic", "beta", "shifted", "distilled", "distilled-refine",
)  # fmt: skip
MOST_STEPS = 1000


def ltx2(
    steps: int,
    tokens: int = ANCHOR_TOKENS,
    *,
    base_shift: float = 0.95,
    max_shift: float = 2.05,
    terminal: float | None = 0.1,
) -> torch.Tensor:
    """LTX's schedule: evenly spaced, shifted by the number of tokens, stretched to `terminal`.

    The logarithm of the shift grows linearly from `base_shift` at 1,024 tokens to `max_shift` at
    4,096 (Stable Diffusion 3's rule, arXiv 2403.03206); pass the latents' own token count, or leave
    the anchor. Then 1 - sigma is scaled so that the last level above 0 is `terminal`.

    Args:
        steps: 1 to 1000.
        tokens: latent tokens, 1 or more.
        terminal: the last level above 0, in (0, 1), or None to leave it where it falls.
    """
    _check_steps(steps)
    slope = (max_shift - base_shift) / (4096 - 1024)
    shift = math.exp(base_shift + slope * (tokens - 1024))
    sigmas = _shifted(_even(steps), shift)
    if terminal is not None and steps > 1:
        rest = 1 - sigmas
        sigmas = 1 - rest * ((1 - terminal) / rest[-1])
    return _closed(sigmas)


def shifted(steps: int, shift: float = 1.0) -> torch.Tensor:
    """Evenly spaced levels, each moved to shift * s / (1 + (shift - 1) * s).

    A shift above 1 spends more steps at high noise; 1 leaves them even. `shift` lies in (0, 100].
    """
    _check_steps(steps)
    if not 0 < shift <= 100:
        raise _wrong("shift", f"{shift} is not above 0 and at most 100")
    return _closed(_shifted(_even(steps), shift))


def linear_quadratic(steps: int, threshold: float = 0.025) -> torch.Tensor:
    """Half of the steps go down to 1 - threshold in a line, the rest on a parabola from there.

    The schedule of Movie Gen (arXiv 2410.13720, section 3.4.2). With one step there is no line.
    """
    _check_steps(steps)
    line = steps // 2
    if line == 0:
        return torch.tensor([1.0, 0.0])
    curve = steps - line
    slope = threshold / line
    bend = (line - threshold * steps) / (line * curve**2)
    noise = [slope * step for step in range(line)]
    noise += [threshold + slope * step + bend * step**2 for step in range(curve)]
    return _closed(1 - torch.tensor(noise, dtype=torch.float64))


def beta(
    steps: int, *, alpha: float = 0.6, beta: float = 0.6, shift: float = 2.37, levels: int = 10_000
) -> torch.Tensor:
    """Levels at the quantiles of a beta distribution (arXiv 2407.12173), dense at both ends.

    They are chosen from `levels` even ones and moved by exp(shift), as LTX's reference does;
    levels that coincide are visited once.
    """
    from scipy.stats import beta as distribution

    _check_steps(steps)
    quantiles = 1 - torch.arange(steps, dtype=torch.float64) / steps
    places = distribution.ppf(quantiles.numpy(), alpha, beta) * (levels - 1)
    chosen = torch.unique(torch.from_numpy(places).round()).flip(0)
    return _closed(_shifted((chosen + 1) / levels, math.exp(shift)))


def explicit(sigmas: Sequence[float] | str) -> torch.Tensor:
    """Return levels that someone wrote down, as numbers or as text such as "1, 0.9, 0.4, 0".

    Raises:
        Refusal: they are not numbers in [0, 1] that fall strictly and end with 0.
    """
    words = sigmas.replace(",", " ").split() if isinstance(sigmas, str) else list(sigmas)
    try:
        levels = [float(word) for word in words]
    except ValueError:
        raise _wrong("sigmas", f"{str(sigmas)[:60]!r} is no list of numbers") from None
    if not 2 <= len(levels) <= MOST_STEPS + 1 or levels[-1] != 0:
        raise _wrong("sigmas", "the list must hold at least one level and end with 0")
    falls = all(first > second for first, second in itertools.pairwise(levels))
    if not falls or not 0 < levels[0] <= 1:
        raise _wrong("sigmas", "the levels must start at 1 or below and fall strictly to 0")
    return torch.tensor(levels)


def named(name: str, steps: int, tokens: int, settings: Mapping[str, Any]) -> torch.Tensor:
    """Return the schedule a family or an artist names; `settings` may hold `shift` and `terminal`.

    `ltx2` takes the token count of settings["shift_tokens"] (the anchor) where there is one, else
    the count given; `ltx2-by-size` always takes the count given.

    Raises:
        Refusal: there is no schedule of that name.
    """
    if name in ("ltx2", "ltx2-by-size"):
        anchor = settings.get("shift_tokens") if name == "ltx2" else None
        return ltx2(steps, int(anchor or tokens), terminal=settings.get("terminal", 0.1))
    if name == "shifted":
        return shifted(steps, float(settings.get("shift", 1.0)))
    if name == "linear-quadratic":
        return linear_quadratic(steps)
    if name == "beta":
        return beta(steps)
    lists = {"distilled": DISTILLED, "distilled-refine": DISTILLED_REFINE}
    if name in lists:
        return torch.tensor(lists[name])
    raise _wrong("schedule", f"{name!r} is none of {', '.join(NAMES)}")


@dataclass(frozen=True)
class Chosen:
    """Which noise levels the artist wants: written down, by name, or what the model was made for.

    `strength` in (0, 1] is how much of a given film is made anew.
    """

    steps: int
    schedule: str = "model"
    shift: float = 1.0
    sigmas: str = ""
    strength: float = 1.0

    def levels(self, settings: Mapping[str, Any], tokens: int) -> torch.Tensor:
        """Return the levels for a film of so many tokens, by a model's settings."""
        return begun_at(self._whole(settings, tokens), self.strength)

    def _whole(self, settings: Mapping[str, Any], tokens: int) -> torch.Tensor:
        if self.sigmas.strip():
            return explicit(self.sigmas)
        if self.schedule != "model":
            return named(self.schedule, self.steps, tokens, {**settings, "shift": self.shift})
        told = settings.get("sigmas")
        if told and len(told) == self.steps + 1:
            return explicit(told)
        return named(str(settings.get("schedule", "shifted")), self.steps, tokens, settings)


def begun_at(sigmas: torch.Tensor, strength: float) -> torch.Tensor:
    """Return the part of a schedule that redoes a finished video by `strength` in (0, 1].

    It starts at the level `strength` itself and goes on with the levels below it; 1 is the whole.
    """
    if not 0 < strength <= 1:
        raise _wrong("strength", f"{strength} is not above 0 and at most 1")
    if strength >= float(sigmas[0]):
        return sigmas
    below = sigmas[sigmas < strength * (1 - 1e-6)]
    return torch.cat([sigmas.new_tensor([strength]), below])


def _even(steps: int) -> torch.Tensor:
    return torch.linspace(1, 0, steps + 1, dtype=torch.float64)[:-1]


def _shifted(sigmas: torch.Tensor, shift: float) -> torch.Tensor:
    return shift / (shift + 1 / sigmas - 1)


def _closed(sigmas: torch.Tensor) -> torch.Tensor:
    """Append the final 0, in float32."""
    return torch.cat([sigmas, sigmas.new_zeros(1)]).float()


def _check_steps(steps: int) -> None:
    if not 1 <= steps <= MOST_STEPS:
        raise _wrong("steps", f"{steps} is not between 1 and {MOST_STEPS}")


def _wrong(field: str, why: str) -> Refusal:
    return Refusal(Invalid(field, why))

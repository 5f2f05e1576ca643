"""The sampling loop: latents go from noise to video, one yielded step at a time.

The sampling nodes iterate over `sample` and do everything else between steps: checkpoint, cancel,
preview, progress. `samplers` holds the rules for one step. Nothing here knows a network, a family
or the engine; latents may be of any shape, since every rule works element by element (several
streams, say video and sound, can be joined in one tensor).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import torch

from aiprod_studio.diffusion.noise import Noise, SeededNoise
from aiprod_studio.sdk import Invalid, Refusal

MEMORY = "memory."


class Prediction(NamedTuple):
    """The clean video as the network sees it; `unprompted` is there for CFG++ only."""

    clean: torch.Tensor
    unprompted: torch.Tensor | None = None


Denoise = Callable[[torch.Tensor, float], Prediction]
"""From latents and the noise level that they have to the clean video, in the latents' shape."""

Memory = Mapping[str, torch.Tensor]


@dataclass(frozen=True)
class Hold:
    """Which elements are held: `mask` is 1 where the sampler is free, 0 where `clean` stands.

    Between, an element carries noise of level mask * sigma and is pulled toward `clean`. Both
    broadcast to the latents.
    """

    mask: torch.Tensor
    clean: torch.Tensor

    def apply(self, clean: torch.Tensor) -> torch.Tensor:
        """Pull a prediction toward what is held."""
        return clean * self.mask + self.clean * (1 - self.mask)

    def fix(self, latents: torch.Tensor) -> torch.Tensor:
        """Put back what must not move at all."""
        return torch.where(self.mask == 0, self.clean.to(latents.dtype), latents)

    def start(self, noise: torch.Tensor, latents: torch.Tensor, sigma: float) -> torch.Tensor:
        """Return where sampling starts: `latents` (held parts: `clean`) at noise mask * sigma."""
        under = torch.where(self.mask < 1, self.clean.to(latents.dtype), latents)
        level = self.mask * sigma
        return noise * level + under * (1 - level)


class Stepper(Protocol):
    """The rule for one step of a sampler."""

    def visits(self, sigmas: torch.Tensor) -> torch.Tensor:
        """Return the levels that it really visits for a schedule."""

    def step(self, at: Place) -> tuple[torch.Tensor, torch.Tensor, Memory]:
        """Return the latents at `at.after`, the clean prediction, and what to remember."""


@dataclass(frozen=True)
class Place:
    """Where a step stands: latents at noise level `sigma`, to be taken to level `after`."""

    latents: torch.Tensor
    sigma: float
    after: float
    denoise: Denoise
    noise: Noise
    memory: Memory = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """A step that was taken: `done` of `total`, the latents now, and the clean prediction."""

    done: int
    total: int
    sigma: float
    latents: torch.Tensor
    clean: torch.Tensor
    memory: Memory
    noise_state: torch.Tensor

    def saved(self) -> dict[str, Any]:
        """Return all that `sample(resume=...)` needs to go on with the same bits."""
        memory = {MEMORY + name: value for name, value in self.memory.items()}
        kept = {"done": self.done, "latents": self.latents, "noise": self.noise_state}
        return {**kept, **memory}


def sample(
    stepper: Stepper,
    denoise: Denoise,
    start: torch.Tensor,
    sigmas: torch.Tensor,
    *,
    noise: Noise | None = None,
    hold: Hold | None = None,
    resume: Mapping[str, Any] | None = None,
) -> Iterator[Step]:
    """Take the steps of a schedule, yielding after each.

    Args:
        stepper: one of `samplers`.
        denoise: the network with its guidance, see `Denoise`.
        start: latents at noise level sigmas[0] (with a hold: see `Hold.start`).
        sigmas: levels from `schedules`.
        noise: where noise on the way comes from; seed 0 where it is left out.
        hold: what stays as it is.
        resume: `Step.saved()` of a broken-off run with the same arguments.

    Raises:
        Refusal: `resume` belongs to another run, or the latents are no longer numbers.
    """
    levels = [float(level) for level in stepper.visits(sigmas)]
    source = noise or SeededNoise(0)
    total = len(levels) - 1
    done, latents, memory = _resumed(resume, start, total, source)
    held = _holding(denoise, hold)
    while done < total:
        at = Place(latents, levels[done], levels[done + 1], held, source, memory)
        latents, clean, memory = stepper.step(at)
        latents = hold.fix(latents) if hold else latents
        done += 1
        _check_numbers(latents, done, total)
        yield Step(done, total, levels[done], latents, clean, memory, source.state)


def _holding(denoise: Denoise, hold: Hold | None) -> Denoise:
    if hold is None:
        return denoise

    def held(latents: torch.Tensor, sigma: float) -> Prediction:
        found = denoise(latents, sigma)
        other = None if found.unprompted is None else hold.apply(found.unprompted)
        return Prediction(hold.apply(found.clean), other)

    return held


def _resumed(
    resume: Mapping[str, Any] | None, start: torch.Tensor, total: int, noise: Noise
) -> tuple[int, torch.Tensor, Memory]:
    if resume is None:
        return 0, start, {}
    done, latents = int(resume["done"]), resume["latents"]
    if latents.shape != start.shape or not 0 <= done <= total:
        why = f"step {done} with latents {tuple(latents.shape)} is not of this run"
        raise Refusal(Invalid("checkpoint", why, "Render again from the start."))
    noise.restore(resume["noise"])
    memory = {
        name.removeprefix(MEMORY): value.to(start.device)
        for name, value in resume.items()
        if name.startswith(MEMORY)
    }
    return done, latents.to(start.device, start.dtype), memory


def _check_numbers(latents: torch.Tensor, done: int, total: int) -> None:
    if not bool(torch.isfinite(latents).all()):
        why = f"after step {done} of {total} the latents hold values that are no numbers"
        remedy = "Lower the guidance, or choose float32 as compute type."
        raise Refusal(Invalid("sampler", why, remedy))

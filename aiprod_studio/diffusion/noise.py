"""Noise from a seed, the same on every machine, with a state that can be kept and put back.

Samplers that add noise on the way draw from it. Noise is always made on the CPU in float32, then
moved, so a card gets the same numbers as a machine without one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import torch

STEP_SEED_OFFSET = 10_000
"""Noise added on the way is seeded apart from the start, as LTX's reference does."""


class Noise(Protocol):
    """Where a sampler's noise comes from; `state` goes into checkpoints."""

    def like(self, latents: torch.Tensor) -> torch.Tensor:
        """Return fresh standard normal noise in the shape, type and place of `latents`."""

    @property
    def state(self) -> torch.Tensor:
        """What `restore` needs to go on from here."""

    def restore(self, state: torch.Tensor) -> None:
        """Go on from a state."""


class SeededNoise:
    """Standard normal noise from one seed, drawn in sequence."""

    def __init__(self, seed: int) -> None:
        self._generator = torch.Generator("cpu").manual_seed(seed)

    def of(self, shape: Sequence[int]) -> torch.Tensor:
        """Return float32 noise of a shape, on the CPU."""
        return torch.randn(tuple(shape), generator=self._generator)

    def like(self, latents: torch.Tensor) -> torch.Tensor:
        return self.of(latents.shape).to(latents.device, latents.dtype)

    @property
    def state(self) -> torch.Tensor:
        return self._generator.get_state()

    def restore(self, state: torch.Tensor) -> None:
        self._generator.set_state(state.cpu().to(torch.uint8))

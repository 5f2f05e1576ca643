"""Guidance: several predictions of the clean video made into one.

Used by whoever builds the sampler's `denoise`. Predictions are clean estimates (x0) of any shape,
all alike; this module never runs a network, it only says which passes are needed.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Guidance:
    """How strongly the passes pull.

    `cfg` is classifier-free guidance toward the prompt (1 is off; arXiv 2207.12598); `stg` pushes
    away from a pass whose self-attention is left out in `stg_blocks` (0 is off; arXiv 2411.18664);
    `modality` pushes away from a pass in which video and audio do not hear each other (1 is off);
    `rescale` in [0, 1] pulls the result's spread back to that of the prompted pass
    (arXiv 2305.08891).
    """

    cfg: float = 1.0
    stg: float = 0.0
    stg_blocks: tuple[int, ...] = ()
    modality: float = 1.0
    rescale: float = 0.0

    @property
    def needs_unprompted(self) -> bool:
        """A pass with the negative or empty prompt is needed."""
        return self.cfg != 1

    @property
    def needs_perturbed(self) -> bool:
        """A pass without self-attention in some blocks is needed."""
        return self.stg != 0 and bool(self.stg_blocks)

    @property
    def needs_isolated(self) -> bool:
        """A pass in which video and audio are isolated is needed."""
        return self.modality != 1

    def combine(
        self,
        prompted: torch.Tensor,
        unprompted: torch.Tensor | None = None,
        perturbed: torch.Tensor | None = None,
        isolated: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Return the guided prediction; a pass that is not given does not pull.

        The spread is that of all elements together, as in LTX's reference.
        """
        guided = prompted
        if unprompted is not None:
            guided = guided + (self.cfg - 1) * (prompted - unprompted)
        if perturbed is not None:
            guided = guided + self.stg * (prompted - perturbed)
        if isolated is not None:
            guided = guided + (self.modality - 1) * (prompted - isolated)
        if self.rescale == 0 or guided is prompted:
            return guided
        spread = guided.std()
        ratio = prompted.std() / spread if float(spread) > 0 else torch.ones_like(spread)
        return guided * (self.rescale * ratio + (1 - self.rescale))

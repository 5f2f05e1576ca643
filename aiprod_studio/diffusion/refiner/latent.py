"""The refiner in latents: fill between latent frames of keyframes, then let a sampler work on it.

Any model that takes keyframes serves: it is given as a callable that samples a whole film from a
noise level on and holds what a mask holds. Latent frames that show an artist's keyframe come out as
they were encoded. Used by the refine nodes; it knows no network.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import torch

from aiprod_studio.diffusion.refiner.levels import Level, levels, place_of
from aiprod_studio.diffusion.refiner.noise import Mode, level
from aiprod_studio.diffusion.refiner.refining import grown

LatentFill: TypeAlias = Literal["given", "linear"]
Sampled: TypeAlias = Callable[[torch.Tensor, torch.Tensor, float, int], torch.Tensor]
"""From a film (1, C, F, h, w), its mask (1, 1, F, 1, 1), a noise level and the number of the
sampling (from 0) to the film made anew. The mask is 0 where the film stays, 1 where it is free; a
frame between gets that part of the noise and is pulled back."""


@dataclass(frozen=True)
class Manner:
    """How latents are refined.

    `fill` takes the film that is given or interpolates between the keyframes. The first level
    begins from noise level `sigma`, each finer one from `cooling` times the last. `noise` is
    "gaussian" for all of it on every filled frame, "distance" for less near keyframes, "none" for
    the filled film as it is. `levels` as in `levels.levels`; `hold` (0 to 1) is how firmly the
    frames of a coarser level stand while a finer one is made.
    """

    fill: LatentFill = "given"
    sigma: float = 0.7
    cooling: float = 0.8
    noise: Mode = "gaussian"
    levels: int = 1
    hold: float = 0.5


def refined(
    film: torch.Tensor, firm: Mapping[int, float], manner: Manner, sample: Sampled
) -> torch.Tensor:
    """Make the film (1, C, F, h, w) between its keyframes anew, level by level.

    Args:
        film: the latents; those of the keyframes must be in it.
        firm: how firmly the latent frames of keyframes stand: 1 exactly, less lets them change.
        manner: fill, noise and levels.
        sample: the model, see `Sampled`.

    Raises:
        Refusal: no keyframe is given, or one is not in the film.
    """
    given = {frame: _frame(film, frame) for frame in firm}
    nested = levels(list(given), film.shape[2], manner.levels)
    maker = _Latents(film, dict(firm), manner, sample)
    known = grown(given, nested, maker)
    for frame in (frame for frame, strength in firm.items() if strength < 1 and nested):
        known[frame] = _frame(maker.film, frame)
    return torch.cat([known[frame] for frame in range(film.shape[2])], dim=2)


def interpolated(known: Mapping[int, torch.Tensor], frames: int) -> torch.Tensor:
    """The film (1, C, frames, h, w) linear in time between known latent frames (1, C, 1, h, w)."""
    order, made = sorted(known), []
    for frame in range(frames):
        place = place_of(frame, order)
        if frame in known:
            made.append(known[frame])
        elif place.before is None or place.after is None:
            nearest = place.after if place.before is None else place.before
            assert nearest is not None
            made.append(known[nearest])
        else:
            made.append(torch.lerp(known[place.before], known[place.after], place.share))
    return torch.cat(made, dim=2)


@dataclass
class _Latents:
    """Makes the latent frames of a level; `film` is what the last sampling made."""

    film: torch.Tensor
    firm: dict[int, float]
    manner: Manner
    sample: Sampled
    done: int = 0
    given: torch.Tensor = field(init=False)

    def __post_init__(self) -> None:
        self.given = self.film

    def made(self, known: Mapping[int, torch.Tensor], places: Level) -> dict[int, torch.Tensor]:
        """Return latent frames (1, C, 1, h, w) at places."""
        sigma = self.manner.sigma * self.manner.cooling**self.done
        self.film = self.sample(self._begun(known), self._mask(known), sigma, self.done)
        self.done += 1
        return {place.frame: _frame(self.film, place.frame) for place in places}

    def _begun(self, known: Mapping[int, torch.Tensor]) -> torch.Tensor:
        frames = self.given.shape[2]
        if self.manner.fill == "linear":
            return interpolated(known, frames)
        own = {frame: _frame(self.given, frame) for frame in range(frames)}
        return interpolated({**own, **known}, frames)

    def _mask(self, known: Mapping[int, torch.Tensor]) -> torch.Tensor:
        free = []
        for frame in range(self.given.shape[2]):
            if frame in known:
                free.append(1 - self.firm.get(frame, self.manner.hold))
            else:
                place = place_of(frame, sorted(known))
                # Without noise a frame is as free as with all of it: only its start differs.
                free.append(level(self.manner.noise, 1.0, place) or 1.0)
        mask = torch.tensor(free, dtype=self.given.dtype, device=self.given.device)
        return mask.view(1, 1, -1, 1, 1)


def _frame(film: torch.Tensor, frame: int) -> torch.Tensor:
    return film[:, :, frame : frame + 1]

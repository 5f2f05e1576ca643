"""Picture and sound as one thing to be sampled: two canvases, joined in one tensor.

Samplers work element by element, so a film with sound is sampled as one flat tensor (batch,
elements of the picture, then of the sound), and a silent one as the picture's tokens alone. The
sampling nodes lay a scene out, sample it and take it apart again; no network is known here.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch

from aiprod_studio.diffusion.conditioning import Canvas
from aiprod_studio.diffusion.noise import SeededNoise
from aiprod_studio.diffusion.sampling import Hold
from aiprod_studio.diffusion.soundtracks import SoundCanvas

SOUND_SEED_OFFSET = 1_000_003
"""The sound's first noise is seeded apart, so that the picture's is the same without sound."""


@dataclass(frozen=True)
class Scene:
    """What is sampled together: a picture, and its sound if there is any."""

    picture: Canvas
    sound: SoundCanvas | None = None

    def join(self, picture: torch.Tensor, sound: torch.Tensor | None) -> torch.Tensor:
        """Return tokens of both as one tensor."""
        if self.sound is None or sound is None:
            return picture
        return torch.cat([picture.flatten(1), sound.flatten(1)], dim=1)

    def split(self, joined: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Return the tokens of the picture (B, N, C) and of the sound (B, T, width)."""
        if self.sound is None:
            return joined, None
        shape, other = self.picture.tokens.shape, self.sound.tokens.shape
        count = shape[1] * shape[2]
        return joined[:, :count].reshape(shape), joined[:, count:].reshape(other)

    @property
    def hold(self) -> Hold | None:
        """What the sampler must hold, in joined form; None where it is free everywhere."""
        if self.sound is None:
            return self.picture.hold
        both = (self.picture.mask, self.sound.mask)
        if all(bool((mask == 1).all()) for mask in both):
            return None
        mask = self.join(
            self.picture.mask.expand_as(self.picture.tokens),
            self.sound.mask.expand_as(self.sound.tokens),
        )
        return Hold(mask, self.join(self.picture.clean, self.sound.tokens))

    def start(self, seed: int, sigma: float) -> torch.Tensor:
        """Return both at noise level `sigma`; the picture's own noise ignores guides and sound."""
        seen = self.picture.start(_noise(self.picture, seed), sigma)
        if self.sound is None:
            return seen
        tokens = self.sound.tokens
        noise = SeededNoise(seed + SOUND_SEED_OFFSET).like(tokens)
        return self.join(seen, self.sound.hold.start(noise, tokens, sigma))


def _noise(canvas: Canvas, seed: int) -> torch.Tensor:
    source = SeededNoise(seed)
    batch, count, width = canvas.tokens.shape
    own = source.of((batch, canvas.own, width))
    guides = source.of((batch, count - canvas.own, width))
    return torch.cat([own, guides], dim=1).to(canvas.tokens.device)

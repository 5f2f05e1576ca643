"""Sound latents as tokens: how many there are for a length of film, and when each one sounds.

A token is one time step of the audio codec's latents, all its bins together. How long that is
comes from a model's settings (`audio`: sample rate, hop of the spectrogram, spectra per latent).
No codec and no network is used here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch

from aiprod_studio.diffusion.sampling import Hold
from aiprod_studio.sdk import Invalid, Refusal, SoundTrack


@dataclass(frozen=True)
class SoundGrid:
    """`scale` spectra of `hop` samples at `sample_rate` are one latent; the first is shorter."""

    sample_rate: int = 16_000
    hop: int = 160
    scale: int = 4

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> SoundGrid | None:
        """Read a model's settings; None where the family makes no sound."""
        rule = settings.get("audio")
        if not rule:
            return None
        return cls(int(rule["sample_rate"]), int(rule["hop"]), int(rule["scale"]))

    @property
    def per_second(self) -> float:
        """Latents in a second."""
        return self.sample_rate / self.hop / self.scale

    def count(self, seconds: float) -> int:
        """Return the number of latents that a length of film has, at least one."""
        return max(1, round(seconds * self.per_second))

    def positions(self, count: int, device: torch.device | str = "cpu") -> torch.Tensor:
        """Return float32 (1, 1, count, 2): when each latent starts and ends, in seconds.

        The codec is causal: latent n begins at spectrum n * scale + 1 - scale, never below 0.
        """
        edges = torch.arange(count + 1, dtype=torch.float32, device=device) * self.scale
        times = (edges + 1 - self.scale).clamp_min(0) * self.hop / self.sample_rate
        return torch.stack([times[:-1], times[1:]], dim=-1)[None, None]


@dataclass(frozen=True)
class SoundCanvas:
    """The tokens of a sound to be made: `tokens` (B, T, width), `mask` (B, T, 1), `positions`.

    `mask` is 1 where the sampler is free and 0 where the sound in `tokens` stays.
    """

    tokens: torch.Tensor
    mask: torch.Tensor
    positions: torch.Tensor

    @property
    def hold(self) -> Hold:
        """What the sampler must hold."""
        return Hold(self.mask, self.tokens)

    def sigmas(self, sigma: float) -> torch.Tensor:
        """Return the noise level of every token (B, T) when the schedule is at `sigma`."""
        return self.mask[..., 0] * sigma


def lay_sound(
    track: SoundTrack, grid: SoundGrid, width: int, batch: int, device: torch.device | str
) -> SoundCanvas:
    """Lay a track out as tokens for a network that takes tokens of `width`.

    Raises:
        Refusal: the track comes from another codec.
    """
    count = track.samples.shape[1]
    samples = track.samples.float() if not track.empty else torch.zeros(1, count, width)
    if samples.shape[2] != width:
        why = f"the sound has {samples.shape[2]} channels, the model makes {width}"
        raise Refusal(Invalid("input 'start'", why, "Link the audio codec of this model."))
    mask = torch.ones(count) if track.mask is None else track.mask.float()
    return SoundCanvas(
        samples.to(device).expand(batch, -1, -1),
        mask.to(device)[None, :, None].expand(batch, -1, 1),
        grid.positions(count, device).expand(batch, -1, -1, -1),
    )

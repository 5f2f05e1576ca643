"""A quick look at latents while a sampler works: a linear map from latent channels to colours.

Sampling nodes show it after each step. A family may give its map in its settings ("preview": one
row per channel and a bias, in [-1, 1] colours); `fit` makes one from any decoder in a moment. No
decoder is run for a preview itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from aiprod_studio.diffusion.colours import as_bytes
from aiprod_studio.sdk import Invalid, Refusal

if TYPE_CHECKING:
    from aiprod_studio.sdk.values import UInt8Array

LEAST_SIDE = 96


@dataclass(frozen=True)
class ColourMap:
    """`matrix` (channels, 3) and `bias` (3,): colours in [-1, 1] are latents @ matrix + bias."""

    matrix: torch.Tensor
    bias: torch.Tensor

    @classmethod
    def of(cls, settings: Mapping[str, Any], channels: int) -> ColourMap | None:
        """Read a model's settings; None where they hold no map.

        Raises:
            Refusal: the map is not for so many channels.
        """
        rows = settings.get("preview")
        if rows is None:
            return None
        matrix = torch.tensor(rows, dtype=torch.float32)
        if matrix.shape != (channels + 1, 3):
            why = f"'preview' is {tuple(matrix.shape)} where {(channels + 1, 3)} is expected"
            raise Refusal(Invalid("model settings", why, "Ask the model's author."))
        return cls(matrix[:-1], matrix[-1])

    @classmethod
    def spread(cls, channels: int) -> ColourMap:
        """Return a map for latents of which nothing is known: channels shared among the colours."""
        generator = torch.Generator().manual_seed(channels)
        matrix = torch.randn(channels, 3, generator=generator) / channels**0.5
        return cls(matrix, torch.zeros(3))

    def rows(self) -> list[list[float]]:
        """Return the map as it is written in settings."""
        return [*self.matrix.tolist(), self.bias.tolist()]

    def pictures(self, latents: torch.Tensor) -> UInt8Array:
        """Return uint8 (f, H, W, 3) pictures of the first of (B, C, f, h, w) latents.

        Small ones are enlarged by a whole factor to about `LEAST_SIDE` pixels.
        """
        cells = latents[0].float().cpu().movedim(0, -1)
        colours = cells @ self.matrix + self.bias
        factor = max(1, -(-LEAST_SIDE // max(1, min(colours.shape[1:3]))))
        shown = colours.movedim(-1, 1)
        size = (shown.shape[2] * factor, shown.shape[3] * factor)
        shown = torch.nn.functional.interpolate(shown, size=size, mode="bilinear")
        return as_bytes(shown.movedim(1, -1))


def fit(
    decode: Callable[[torch.Tensor], torch.Tensor], latents: Sequence[torch.Tensor]
) -> ColourMap:
    """Fit a map to what a decoder makes of some (B, C, f, h, w) latents, by least squares."""
    inputs, targets = [], []
    for sample in latents:
        frames = decode(sample).float()
        count, height, width = sample.shape[2:]
        small = torch.nn.functional.adaptive_avg_pool3d(frames, (count, height, width))
        inputs.append(sample.float().movedim(1, -1).flatten(0, -2))
        targets.append(small.movedim(1, -1).flatten(0, -2))
    given = torch.cat(inputs)
    given = torch.cat([given, given.new_ones(len(given), 1)], dim=1)
    found = torch.linalg.lstsq(given.double(), torch.cat(targets).double(), driver="gelsd").solution
    return ColourMap(found[:-1].float(), found[-1].float())

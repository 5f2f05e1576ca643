"""The exported model as two functions: prompts to films, and films through the codec and back.

Loads the files of a folder through the program's own loader, so that what is measured is what is
shipped. Used by the stages that evaluate and draw.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from aiprod_studio.models import load_component
from aiprod_studio.training.backbone import sampling
from aiprod_studio.training.codec import patches
from aiprod_studio.training.shipping import sheets

BATCH = 8
"""Films made at once."""
USED = ("transformer", "text_encoder", "vae")
"""What the names of the files that make a film begin with."""


class Shipped:
    """The model in `folder`, computing in float32 on a device."""

    def __init__(
        self, folder: Path, wish: sampling.Wish | None = None, device: str = "cpu"
    ) -> None:
        self.folder, self.files = folder, self.used(folder)
        self.wish = wish or sampling.Wish()
        parts = ("transformer", "text_encoder", "video_vae")
        paths = [*self.files, folder / "tokenizer.json"]
        self.transformer, self.encoder, self.codec = (
            load_component(paths, part, dtype=torch.float32).to(device) for part in parts
        )
        self.device = device

    @staticmethod
    def used(folder: Path) -> list[Path]:
        """The weight files that make a film: what an evaluation is bound to."""
        return [f for f in sorted(folder.glob("*.safetensors")) if f.name.startswith(USED)]

    def generate(self, prompts: Sequence[str], seeds: Sequence[int]) -> Iterator[NDArray[np.uint8]]:
        """Films (F, H, W, 3) uint8, one per prompt and seed."""
        for first in range(0, len(prompts), BATCH):
            some = slice(first, first + BATCH)
            yield from sheets.pictures_of(self.films(prompts[some], seeds[some]))

    @torch.no_grad()
    def films(
        self, prompts: Sequence[str], seeds: Sequence[int], wish: sampling.Wish | None = None
    ) -> Tensor:
        """Films (B, 3, F, H, W) in [-1, 1]."""
        wish = wish or self.wish
        latents = sampling.generate(self.transformer, self.encoder, prompts, seeds, wish)
        decoded: Tensor = self.codec.decode(latents)  # type: ignore[operator]
        return decoded

    @torch.no_grad()
    def animate(
        self, prompts: Sequence[str], pictures: Sequence[NDArray[np.uint8]], seeds: Sequence[int]
    ) -> Iterator[NDArray[np.uint8]]:
        """Films (F, H, W, 3) uint8 that begin with pictures (H, W, 3)."""
        for first in range(0, len(prompts), BATCH):
            some = slice(first, first + BATCH)
            given = torch.cat([patches.video_of(picture[None]) for picture in pictures[some]])
            latents = self.codec.encode(given.to(self.device))  # type: ignore[operator]
            wish = replace(self.wish, given={0: latents})
            yield from sheets.pictures_of(self.films(prompts[some], seeds[some], wish))

    @torch.no_grad()
    def round_trip(self, frames: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Frames (F, H, W, 3) through the codec and back."""
        return round_trip(self.codec, frames, self.device)


@torch.no_grad()
def round_trip(
    codec: torch.nn.Module, frames: NDArray[np.uint8], device: str = "cpu"
) -> NDArray[np.uint8]:
    """Frames (F, H, W, 3) through a codec and back."""
    back = codec(patches.video_of(frames).to(device))
    made: NDArray[np.uint8] = sheets.pictures_of(back)[0]
    return made

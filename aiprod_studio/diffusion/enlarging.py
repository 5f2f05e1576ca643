"""Enlarging frames with a network, in tiles, so that large frames need little memory.

The upscale node calls it for one frame at a time. It works on any callable that enlarges pictures
by a whole factor, and gives what the whole frame would give wherever the margin covers its reach.
"""

from __future__ import annotations

from collections.abc import Callable

import torch

from aiprod_studio.diffusion.tiles import Axis, Tile
from aiprod_studio.sdk import Invalid, Refusal

Enlarge = Callable[[torch.Tensor], torch.Tensor]
"""From pictures (B, 3, H, W) in [-1, 1] to pictures (B, 3, factor H, factor W)."""


ALIGNED = 2
"""Networks that fold pixels want tiles whose sides and places are multiples of this."""


@torch.inference_mode()
def enlarged(
    pictures: torch.Tensor,
    enlarge: Enlarge,
    *,
    tile: int,
    reach: int,
    check: Callable[[], None] | None = None,
) -> torch.Tensor:
    """Return float32 pictures (B, 3, factor H, factor W) on the CPU.

    Args:
        pictures: (B, 3, H, W) in [-1, 1], on the device that `enlarge` works on; H and W are
            multiples of `ALIGNED`, and so are all tiles.
        enlarge: the network.
        tile: pixels along a side of a tile; 0 takes frames whole.
        reach: pixels that a result depends on beyond its own place.
        check: called before each tile; raises to cancel.
    """
    height, width = pictures.shape[2:]
    axis = Axis((tile or max(height, width)) // ALIGNED, -(-reach // ALIGNED))
    out: torch.Tensor | None = None
    for rows in _aligned(axis, height):
        for columns in _aligned(axis, width):
            if check is not None:
                check()
            part = pictures[:, :, rows.start : rows.end, columns.start : columns.end]
            made = enlarge(part).float().cpu()
            factor = _factor(part, made)
            if out is None:
                out = made.new_empty(*pictures.shape[:2], height * factor, width * factor)
            out[..., _kept(rows, factor), _kept(columns, factor)] = made[
                ..., _kept(rows, factor, rows.start), _kept(columns, factor, columns.start)
            ]
    assert out is not None
    return out


def _aligned(axis: Axis, length: int) -> list[Tile]:
    return [Tile(*(place * ALIGNED for place in tile)) for tile in axis.cut(length // ALIGNED)]


def _kept(tile: Tile, factor: int, start: int = 0) -> slice:
    return slice((tile.rise - start) * factor, (tile.none - start) * factor)


def _factor(part: torch.Tensor, made: torch.Tensor) -> int:
    factor = made.shape[2] // part.shape[2]
    if factor < 1 or made.shape[2:] != (part.shape[2] * factor, part.shape[3] * factor):
        why = f"it made {tuple(made.shape)} of {tuple(part.shape)}"
        raise Refusal(Invalid("upscaler", why, "Choose one that enlarges frames."))
    return factor

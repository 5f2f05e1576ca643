"""Pictures as networks see them, and as people do: colours in [-1, 1] and uint8, both ways."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from aiprod_studio.sdk.values import UInt8Array


def as_bytes(colours: torch.Tensor) -> UInt8Array:
    """Return colours in [-1, 1] as uint8, rounded to the nearest; what lies outside is clipped."""
    levels = (colours.float().clamp(-1, 1) + 1) * 127.5
    array: UInt8Array = levels.round().to(torch.uint8).cpu().contiguous().numpy()
    return array


def as_video(frames: UInt8Array) -> torch.Tensor:
    """Return uint8 frames (F, H, W, 3) as float32 (1, 3, F, H, W) in [-1, 1]."""
    tensor = torch.tensor(frames).movedim(-1, 0)[None]
    return tensor.float() / 127.5 - 1


def as_film(
    frames: Iterable[UInt8Array],
    shape: tuple[int, int, int],
    fit: Callable[[UInt8Array], UInt8Array],
    dtype: torch.dtype = torch.float32,
    told: Callable[[int, int], None] | None = None,
) -> torch.Tensor:
    """Gather uint8 frames, each brought to size by `fit`, as (1, 3, F, H, W) in [-1, 1].

    Args:
        frames: at least as many as the shape says.
        shape: (frames, height, width) of the result.
        fit: gives a frame the height and width of the shape.
        dtype: of the result.
        told: called after each frame with (done, total); raises to cancel.
    """
    count, height, width = shape
    film = torch.empty(1, 3, count, height, width, dtype=dtype)
    for index, frame in zip(range(count), frames, strict=False):
        film[:, :, index] = as_video(fit(frame)[None])[:, :, 0]
        if told is not None:
            told(index + 1, count)
    return film


def as_frames(video: torch.Tensor) -> UInt8Array:
    """Return (1, 3, F, H, W) in [-1, 1] as uint8 frames (F, H, W, 3)."""
    return as_bytes(video[0].movedim(0, -1))

"""Tiled codecs: latents become frames, and films latents, tile by tile in space and time.

`decoded` yields finished frames from the first to the last, so that they stream to a file while
memory holds one stretch of time; `encoded` has one tile of a film on the device. Both work on any
callable, know no network, and give what working at once would give wherever margins cover the
codec's reach.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby

import torch

from aiprod_studio.diffusion.tiles import Axis, Cut, Tile
from aiprod_studio.diffusion.tokens import Grid
from aiprod_studio.sdk import Invalid, Refusal

Decode = Callable[[torch.Tensor], torch.Tensor]
"""From latents (B, C, f, h, w) to frames (B, 3, F, H, W) in [-1, 1]."""

Encode = Callable[[torch.Tensor], torch.Tensor]
"""From frames (B, 3, F, H, W) in [-1, 1] to latents (B, C, f, h, w)."""

BLEND = 1
"""Latents along each axis over which neighbouring tiles are mixed."""

Progress = Callable[[int, int], None]


def cut_for(grid: Grid, tile: int, tile_frames: int, reach: int, reach_frames: int) -> Cut:
    """Return how to cut latents for tiles of so many pixels and frames.

    Args:
        grid: how the codec scales.
        tile: pixels along height and width; 0 leaves them whole.
        tile_frames: frames; 0 leaves time whole.
        reach: latents in space that only give context (what a decoded pixel depends on).
        reach_frames: the same in time; a causal codec takes the first latent of every tile for a
            single frame, so at least one there.
    """
    whole = 1 << 30
    space = Axis(tile // grid.space if tile else whole, reach, BLEND)
    least = max(reach_frames, 1) if grid.causal else reach_frames
    time = Axis(grid.latent_frames(tile_frames) if tile_frames else whole, least, BLEND)
    return Cut(time, space, space)


@torch.inference_mode()
def decoded(
    latents: torch.Tensor,
    decode: Decode,
    grid: Grid,
    cut: Cut,
    on_tile: Progress | None = None,
) -> Iterator[torch.Tensor]:
    """Yield float32 frames (B, 3, n, H, W) on the CPU, in order, together the whole video.

    Args:
        latents: (B, C, f, h, w), on the device that `decode` works on.
        decode: the codec's decoder.
        grid: how the codec scales.
        cut: how tiles lie.
        on_tile: called after each tile with (done, total); raises to cancel.
    """
    shape = (latents.shape[2], latents.shape[3], latents.shape[4])
    total = cut.count(shape)
    told = on_tile or _untold
    if total == 1:
        frames = _checked(decode(latents), shape, grid)
        told(1, 1)
        yield frames
        return
    done, waiting = 0, _Waiting()
    for time, tiles in groupby(cut.tiles(shape), key=lambda tile: tile[0]):
        first, last = _edge(time.rise, grid), _edge(time.none, grid)
        stretch = latents.new_zeros(
            (latents.shape[0], 3, last - first, shape[1] * grid.space, shape[2] * grid.space),
            dtype=torch.float32,
            device="cpu",
        )
        for tile in tiles:
            _add(stretch, latents, decode, grid, tile)
            done += 1
            told(done, total)
        stretch.mul_(_ramp(time, lambda place: _edge(place, grid)).view(1, 1, -1, 1, 1))
        yield from waiting.join(stretch, first, _edge(time.fall, grid))


@torch.inference_mode()
def encoded(
    pixels: torch.Tensor,
    encode: Encode,
    grid: Grid,
    cut: Cut,
    device: torch.device | str = "cpu",
    on_tile: Progress | None = None,
) -> torch.Tensor:
    """Return float32 latents (B, C, f, h, w) of a film, on the CPU.

    Args:
        pixels: (B, 3, F, H, W) in [-1, 1]; only tiles of it go to the device.
        encode: the codec's encoder.
        grid: how the codec scales; F, H and W must be sizes that it takes.
        cut: how tiles lie, in latents.
        device: where `encode` works.
        on_tile: called after each tile with (done, total); raises to cancel.
    """
    shape = grid.latent_shape(pixels.shape[4], pixels.shape[3], pixels.shape[2])
    total, told = cut.count(shape), on_tile or _untold
    if total == 1:
        made = encode(pixels.contiguous().to(device)).float().cpu()
        told(1, 1)
        return made.contiguous().clone()
    whole: torch.Tensor | None = None
    for done, tile in enumerate(cut.tiles(shape), 1):
        part = _latents_of(pixels, encode, grid, tile, device)
        if whole is None:
            whole = part.new_zeros((*part.shape[:2], *shape))
        _place(whole, part, tile)
        told(done, total)
    assert whole is not None
    return whole


def _latents_of(
    pixels: torch.Tensor,
    encode: Encode,
    grid: Grid,
    tile: tuple[Tile, Tile, Tile],
    device: torch.device | str,
) -> torch.Tensor:
    """Encode the frames of one tile.

    A causal codec takes the first frame it is given for a latent of its own, so a tile that starts
    inside begins with the last frame of its first latent, which only gives context.
    """
    time, rows, columns = tile
    end = (time.end - 1) * grid.time + 1 if grid.causal else time.end * grid.time
    part = pixels[
        :,
        :,
        time.start * grid.time : end,
        rows.start * grid.space : rows.end * grid.space,
        columns.start * grid.space : columns.end * grid.space,
    ]
    found = encode(part.contiguous().to(device)).float().cpu()
    expected = tuple(each.end - each.start for each in tile)
    if tuple(found.shape[2:]) != expected:
        why = f"it gave latents of {tuple(found.shape[2:])} where {expected} were expected"
        raise Refusal(Invalid("encoder", why, "The VAE does not belong to this size."))
    return found


def _place(whole: torch.Tensor, part: torch.Tensor, tile: tuple[Tile, Tile, Tile]) -> None:
    """Add a tile's weighted latents to the whole."""
    inner, place = part, whole
    for axis, each in enumerate(tile, 2):
        size = each.none - each.rise
        ramp = _ramp(each, lambda latent: latent)
        shape = [-1 if dim == axis else 1 for dim in range(5)]
        inner = inner.narrow(axis, each.rise - each.start, size) * ramp.view(shape)
        place = place.narrow(axis, each.rise, size)
    place += inner


def _untold(done: int, total: int) -> None:
    """Nobody wants to know."""


@dataclass
class _Waiting:
    """Frames whose weight is not complete yet: the next stretch of time adds to them."""

    frames: torch.Tensor | None = None

    def join(self, stretch: torch.Tensor, first: int, complete: int) -> Iterator[torch.Tensor]:
        """Add what waited, yield what is complete up to frame `complete`, keep the rest."""
        if self.frames is not None:
            stretch[:, :, : self.frames.shape[2]] += self.frames
        finished = complete - first
        self.frames = stretch[:, :, finished:].clone() if finished < stretch.shape[2] else None
        yield stretch[:, :, :finished]


def _edge(place: int, grid: Grid) -> int:
    """Return the first frame that belongs to latent frame `place`."""
    if not grid.causal:
        return place * grid.time
    return 0 if place == 0 else (place - 1) * grid.time + 1


def _add(
    stretch: torch.Tensor,
    latents: torch.Tensor,
    decode: Decode,
    grid: Grid,
    tile: tuple[Tile, Tile, Tile],
) -> None:
    """Decode one tile and add its weighted frames to the stretch of time it belongs to."""
    time, rows, columns = tile
    part = latents[:, :, time.start : time.end, rows.start : rows.end, columns.start : columns.end]
    size = (time.end - time.start, rows.end - rows.start, columns.end - columns.start)
    frames = _checked(decode(part.contiguous()), size, grid)
    # A causal tile that starts inside gives its first latent one frame: the last of that latent's.
    zero = time.start * grid.time
    first, last = _edge(time.rise, grid) - zero, _edge(time.none, grid) - zero
    inner = frames[
        :,
        :,
        first:last,
        (rows.rise - rows.start) * grid.space : (rows.none - rows.start) * grid.space,
        (columns.rise - columns.start) * grid.space : (columns.none - columns.start) * grid.space,
    ]
    down = _ramp(rows, lambda place: place * grid.space).view(1, 1, 1, -1, 1)
    right = _ramp(columns, lambda place: place * grid.space).view(1, 1, 1, 1, -1)
    place = stretch[
        ...,
        rows.rise * grid.space : rows.none * grid.space,
        columns.rise * grid.space : columns.none * grid.space,
    ]
    place += inner * down * right


def _ramp(tile: Tile, edge: Callable[[int], int]) -> torch.Tensor:
    """Return the weights of a tile's frames or pixels from `rise` to `none`.

    Rise and fall of two neighbours are the same straight line, so that they add up to 1.
    """
    rise, full, fall, none = (edge(place) for place in tile[2:])
    places = torch.arange(rise, none, dtype=torch.float32) + 0.5
    weights = torch.ones(none - rise)
    if full > rise:
        weights = weights.minimum((places - rise) / (full - rise))
    if none > fall:
        weights = weights.minimum(1 - (places - fall) / (none - fall))
    return weights.clamp(0, 1)


def _checked(frames: torch.Tensor, size: tuple[int, int, int], grid: Grid) -> torch.Tensor:
    count = _edge(size[0], grid)
    expected = (count, size[1] * grid.space, size[2] * grid.space)
    if tuple(frames.shape[1:]) != (3, *expected):
        why = f"it gave frames of {tuple(frames.shape[1:])} where {(3, *expected)} were expected"
        raise Refusal(Invalid("decoder", why, "The VAE does not belong to these latents."))
    return frames.float().cpu()

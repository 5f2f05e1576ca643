"""How large the pieces are that codecs work on at once, and what frames take beside the models.

The same arithmetic as the decode node's, on the plan's facts. Used by `forecasting`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aiprod_studio.diffusion.tiles import Cut
    from aiprod_studio.models.descriptor import Part

REACH = 1
"""Latents of context around a tile, where a codec says nothing else; the nodes use the same."""
BLEND = 1
WHOLE = 1 << 30
CODECS = ("video_vae", "diffusion_decoder")

Facts = Mapping[str, Any]


def piece_of(phase: str, part: Part, facts: Facts) -> tuple[int, int, int] | None:
    """Return frames, height and width of the largest piece, or None where it is everything."""
    height, width = int(facts["height"]), int(facts["width"])
    if phase == "encode_image":
        return 1, height, width
    if phase == "upscale" and part.class_name == "FrameUpscaler":
        tile = 2 * int(facts.get("tile") or 0) or WHOLE
        return 1, min(height, tile), min(width, tile)
    if phase != "decode" or part.component not in CODECS:
        return None
    time, space = _scales(facts)
    found = _cut(facts, _reach(part)).largest(_latents(facts))
    return (found[0] - 1) * time + 1, found[1] * space, found[2] * space


def pieces(phase: str, facts: Facts) -> int:
    """Return how many pieces a film is decoded in; 1 where it is not cut."""
    if phase != "decode" or not _has_size(facts):
        return 1
    return _cut(facts, REACH).count(_latents(facts))


def beside(phase: str, facts: Facts) -> tuple[int, int]:
    """Return bytes of RAM and of disk that a step's frames take beside its models.

    Decoded frames are mixed in float32, one stretch of time and what waits of the one before, and
    lie on the disk as bytes.
    """
    if not _has_size(facts) or phase not in ("decode", "upscale"):
        return 0, 0
    area, frames = int(facts["width"]) * int(facts["height"]) * 3, int(facts["frames"])
    if phase == "upscale":
        return (8 * area, area * frames) if facts.get("space") == "frames" else (0, 0)
    time, _ = _scales(facts)
    stretch = _cut(facts, REACH).largest(_latents(facts))[0] * time
    return math.ceil(area * 4 * min(frames, stretch) * 1.5), area * frames


def _has_size(facts: Facts) -> bool:
    return all(isinstance(facts.get(name), int) for name in ("width", "height", "frames"))


def _cut(facts: Facts, reach: int) -> Cut:
    from aiprod_studio.diffusion.tiles import Axis, Cut

    time, space = _scales(facts)
    tile, length = int(facts.get("tile") or 0), int(facts.get("tile_frames") or 0)
    sides = Axis(tile // space if tile else WHOLE, reach, BLEND)
    return Cut(Axis((length - 1) // time + 1 if length else WHOLE, REACH, BLEND), sides, sides)


def _latents(facts: Facts) -> tuple[int, int, int]:
    time, space = _scales(facts)
    frames = (int(facts["frames"]) - 1) // time + 1
    return frames, int(facts["height"]) // space, int(facts["width"]) // space


def _scales(facts: Facts) -> tuple[int, int]:
    """Frames and pixels of one latent."""
    told = facts.get("positions")
    scales = told.get("scales") if isinstance(told, Mapping) else None
    if not scales:
        return 8, 32
    return int(scales[0]), int(scales[1])


def _reach(part: Part) -> int:
    """The starter's codec says how far a pixel sees; others take the usual."""
    depth = part.config.get("polish_depth")
    if part.class_name != "PatchAutoencoder" or not isinstance(depth, int):
        return REACH
    return (4 * (2 * depth + 2) + 15) // 16 + 1

"""How large the pieces are that codecs work on at once, and what frames take beside the models.

The same arithmetic as the nodes' that decode and encode, on the plan's facts; `tile` and
`tile_frames` among them are the step's own. Used by `forecasting` and `tile_choice`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aiprod_studio.diffusion.tiles import Axis, Cut
    from aiprod_studio.models.descriptor import Part

REACH = 1
"""Latents of context around a tile, where a codec says nothing else; the nodes use the same."""
BLEND = 1
WHOLE = 1 << 30
CODECS = ("video_vae", "diffusion_decoder")
TILED = ("decode", "encode_video")
"""Phases that cut a film into tiles."""
MIXED = 1.5
"""Stretches of decoded frames in memory at once: one, and what waits of the one before."""

REFINED = 115
"""Bytes of RAM beside each byte of a frame while it is refined: motions, doubts, candidates."""
KEPT = 256 << 20
"""As many bytes of finished frames the refine node keeps for its checkpoint."""

Facts = Mapping[str, Any]


def piece_of(phase: str, part: Part, facts: Facts) -> tuple[int, int, int] | None:
    """Return frames, height and width of the largest piece, or None where it is everything."""
    height, width = int(facts["height"]), int(facts["width"])
    if phase == "encode_image":
        return 1, height, width
    if phase == "upscale" and part.class_name == "FrameUpscaler":
        tile = 2 * int(facts.get("tile") or 0) or WHOLE
        return 1, min(height, tile), min(width, tile)
    if phase not in TILED or part.component not in CODECS:
        return None
    time, space = scales_of(facts)
    found = cut_of(facts, reach_of(phase, part)).largest(latents_of(facts))
    return (found[0] - 1) * time + 1, found[1] * space, found[2] * space


def pieces(phase: str, facts: Facts) -> int:
    """Return how many pieces a film is decoded or encoded in; 1 where it is not cut."""
    if phase not in TILED or not has_size(facts):
        return 1
    return cut_of(facts, REACH).count(latents_of(facts))


def beside(phase: str, facts: Facts) -> tuple[int, int]:
    """Return bytes of RAM and of disk that a step's frames take beside its models.

    A film to be encoded lies in RAM in the compute type. Decoded frames are mixed in float32, one
    stretch of time and what waits of the one before, and lie on the disk as bytes.
    """
    if not has_size(facts) or phase not in (*TILED, "upscale", "refine"):
        return 0, 0
    area, frames = int(facts["width"]) * int(facts["height"]) * 3, int(facts["frames"])
    if phase == "upscale":
        return (8 * area, area * frames) if facts.get("space") == "frames" else (0, 0)
    if phase == "refine":
        return _refining(area, frames, facts), area * frames
    if phase == "encode_video":
        return 4 * area * frames, 0
    time, _ = scales_of(facts)
    stretch = cut_of(facts, REACH).largest(latents_of(facts))[0] * time
    return math.ceil(area * 4 * min(frames, stretch) * MIXED), area * frames


def _refining(area: int, frames: int, facts: Facts) -> int:
    """Return the RAM of refining: motions and candidates, a stretch of frames, and the checkpoint.

    The checkpoint is stacked once more when it is written.
    """
    pins = [0, *(int(pin) for pin in facts.get("pins") or ()), frames]
    stretch = max(after - before for before, after in pairwise(pins))
    return REFINED * area + area * stretch + 2 * min(area * frames, KEPT)


def has_size(facts: Facts) -> bool:
    """Say whether width, height and frames are known."""
    return all(isinstance(facts.get(name), int) for name in ("width", "height", "frames"))


def axes(facts: Facts, reach: int) -> tuple[Axis, Axis]:
    """Return how time and both sides are cut."""
    from aiprod_studio.diffusion.tiles import Axis

    time, space = scales_of(facts)
    tile, length = int(facts.get("tile") or 0), int(facts.get("tile_frames") or 0)
    sides = Axis(tile // space if tile else WHOLE, reach, BLEND)
    return Axis((length - 1) // time + 1 if length else WHOLE, REACH, BLEND), sides


def cut_of(facts: Facts, reach: int) -> Cut:
    """Return how a film is cut; `reach` is the codec's along both sides, in latents."""
    from aiprod_studio.diffusion.tiles import Cut

    time, sides = axes(facts, reach)
    return Cut(time, sides, sides)


def latents_of(facts: Facts) -> tuple[int, int, int]:
    """Return a film's latents along time, height and width."""
    time, space = scales_of(facts)
    frames = (int(facts["frames"]) - 1) // time + 1
    return frames, int(facts["height"]) // space, int(facts["width"]) // space


def scales_of(facts: Facts) -> tuple[int, int]:
    """Return the frames and the pixels of one latent."""
    told = facts.get("positions")
    scales = told.get("scales") if isinstance(told, Mapping) else None
    if not scales:
        return 8, 32
    return int(scales[0]), int(scales[1])


def reach_of(phase: str, part: Part) -> int:
    """Return how far a pixel sees: the starter's decoder says it, for others it is the usual."""
    depth = part.config.get("polish_depth")
    starter = part.class_name == "PatchAutoencoder" and phase == "decode"
    if not starter or not isinstance(depth, int):
        return REACH
    return (4 * (2 * depth + 2) + 15) // 16 + 1

"""Enlarging finished frames."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any

from aiprod_studio.sdk import (
    Facts,
    Group,
    Invalid,
    Missing,
    Number,
    Refusal,
    Run,
    Upscaler,
    Video,
    node,
    weights_of,
)

if TYPE_CHECKING:
    from aiprod_studio.sdk.values import UInt8Array

USUAL_REACH = 32
"""Pixels around a tile that give context, for networks that do not say what they need."""


def _facts(params: Facts, inputs: Mapping[str, Facts]) -> Facts:
    upscaler, video = inputs.get("upscaler", {}), inputs.get("video", {})
    factor = int(upscaler.get("upscale", 2))
    sides = {name: video[name] * factor for name in ("width", "height") if name in video}
    # What else is known of the video belongs to the model that made it.
    seen = {name: video[name] for name in ("frames", "rate") if name in video}
    return {**upscaler, **seen, **sides}


@node(
    "upscale.frames",
    "Upscale Video",
    since="1.0",
    costs=weights_of("upscaler", phase="upscale"),
    facts=_facts,
)
def upscale_frames(
    run: Run,
    video: Video,
    upscaler: Upscaler,
    *,
    tile: Annotated[
        int, Number(0, 8192, step=32, unit="px", zero="automatic"), Group(advanced=True)
    ] = 0,
) -> Video:
    """Enlarge a video with a learned upscaler, frame by frame; its sound stays.

    Args:
        video: the video
        upscaler: the upscaler of a model; it must work on frames
        tile: the largest piece of a frame enlarged at once, in pixels; 0 lets the plan choose
    """
    _check(upscaler)
    from aiprod_studio.media import store_frames

    with run.use(upscaler) as network:
        return store_frames(
            _enlarged(run, video, network, tile),
            run.scratch(".frames"),
            video.rate,
            run.check,
            audio=video.audio,
            progress=lambda done, total: run.progress(done, total, "upscaling"),
            total=video.frame_count,
        )


def _check(upscaler: Upscaler) -> None:
    if not upscaler.files:
        why = "the model has no upscaler"
        raise Refusal(Missing("input 'upscaler'", why, "Choose a model with one."))
    space = upscaler.settings.get("space", "latents")
    if space != "frames":
        why = f"this upscaler works on {space}, not on frames"
        remedy = "Use the node 'Upscale Latents' before decoding."
        raise Refusal(Invalid("input 'upscaler'", why, remedy))


def _enlarged(run: Run, video: Video, network: Any, tile: int) -> Iterator[UInt8Array]:
    from aiprod_studio.diffusion.colours import as_frames, as_video
    from aiprod_studio.diffusion.enlarging import enlarged

    reach = int(getattr(network, "reach", USUAL_REACH))
    for frame in video.frames():
        even = _evened(frame)
        picture = as_video(even[None])[:, :, 0].to(run.device, run.dtype)
        made = enlarged(picture, network, tile=tile, reach=reach, check=run.check)
        factor = made.shape[2] // even.shape[0]
        whole = as_frames(made[:, :, None])[0]
        yield whole[: frame.shape[0] * factor, : frame.shape[1] * factor]


def _evened(frame: UInt8Array) -> UInt8Array:
    """Repeat the last row or column of a frame with odd sides; it is cut off again."""
    import numpy as np

    return np.pad(frame, ((0, frame.shape[0] % 2), (0, frame.shape[1] % 2), (0, 0)), mode="edge")

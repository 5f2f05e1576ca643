"""Pictures pinned to frames, for a film that is made between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from aiprod_studio.sdk import (
    Facts,
    Image,
    Invalid,
    Keyframes,
    Number,
    Pinned,
    Refusal,
    Run,
    Slider,
    Video,
    node,
)

Strength = Annotated[float, Slider(0.05, 1, step=0.05)]


def _facts(params: Facts, inputs: Mapping[str, Facts]) -> Facts:
    return _with(inputs.get("image", {}), inputs.get("others", {}), {params["frame"]})


@node("refine.pin", "Pin Picture", since="1.0", facts=_facts)
def pin_picture(
    run: Run,
    image: Image,
    others: Keyframes | None = None,
    *,
    frame: Annotated[int, Number(0, 100_000)] = 0,
    strength: Strength = 1.0,
) -> Keyframes:
    """Pin a picture to a frame of a film that is to be made; link one after the other.

    A picture at a frame that has one already takes its place.

    Args:
        image: what is seen at that frame
        others: pictures that are pinned already
        frame: the number of the frame; the first is 0
        strength: 1 keeps the picture as it is, to the last bit; less makes it a proposal, which
            gives way to what the pictures around it suggest
    """
    before = others.pinned if others else ()
    kept = tuple(pinned for pinned in before if pinned.frame != frame)
    if len(kept) < len(before):
        run.say(f"frame {frame} had a picture already; this one takes its place")
    return _ordered(*kept, Pinned(image, frame, strength))


def _video_facts(params: Facts, inputs: Mapping[str, Facts]) -> Facts:
    video, (every, spread, start) = (
        inputs.get("video", {}),
        (int(params[name]) for name in ("every", "spread", "start")),
    )
    count = -(-int(video.get("frames", 0)) // every)
    own = {start + number * spread for number in range(max(1, count))}
    return _with(video, inputs.get("others", {}), own)


def _with(own: Facts, others: Facts, frames: set[int]) -> Facts:
    """Return what is known of keyframes when `frames` are pinned too; `pins` are all of them."""
    pins = tuple(sorted({*others.get("pins", ()), *frames}))
    return {**own, **others, "pins": pins, "last": pins[-1]}


@node("refine.pin_video", "Pin Video Frames", since="1.0", facts=_video_facts)
def pin_video(
    run: Run,
    video: Video,
    others: Keyframes | None = None,
    *,
    every: Annotated[int, Number(1, 1000)] = 1,
    spread: Annotated[int, Number(1, 1000)] = 6,
    start: Annotated[int, Number(0, 100_000)] = 0,
    strength: Strength = 1.0,
) -> Keyframes:
    """Pin frames of a video as keyframes, evenly, for example those of a first, coarse phase.

    Pictures that are pinned already stay; the video's are left out at their frames.

    Args:
        video: where the pictures come from
        others: pictures that are pinned already
        every: takes each frame, each second one, each third one...
        spread: how many frames of the film lie from one picture to the next
        start: the frame that the first picture is pinned to
        strength: 1 keeps the pictures as they are; less makes them proposals, weaker than those of
            strength 1
    """
    before = others.pinned if others else ()
    taken = {pinned.frame for pinned in before}
    found = []
    for number, pixels in enumerate(video.frames()):
        run.progress(number + 1, video.frame_count, "reading")
        frame = start + number // every * spread
        if number % every == 0 and frame not in taken:
            found.append(Pinned(Image(pixels.copy()), frame, strength))
    if not found and not before:
        why = "the video has no frame to pin"
        raise Refusal(Invalid("input 'video'", why, "Choose another video."))
    return _ordered(*before, *found)


def _ordered(*pinned: Pinned) -> Keyframes:
    return Keyframes(tuple(sorted(pinned, key=lambda each: each.frame)))

"""Pieces of films put together: a frame as a picture, windows joined, a part made anew."""

from typing import Annotated, Any

from aiprod_studio.sdk import Facts, Image, Invalid, Number, Refusal, Video, node


def _frame_facts(params: Facts, inputs: Any) -> Facts:
    known = inputs.get("video", {})
    return {name: known[name] for name in ("width", "height") if name in known}


@node("story.frame", "Frame of Video", since="1.0", facts=_frame_facts)
def frame(video: Video, *, frame: Annotated[int, Number(-1_000_000, 1_000_000)] = 0) -> Image:
    """Take one frame out of a video as a picture.

    Args:
        video: the video
        frame: which one, from 0; negative numbers count from the end, -1 is the last
    """
    index = frame if frame >= 0 else video.frame_count + frame
    if not 0 <= index < video.frame_count:
        why = f"frame {frame} is not in the video, which has {video.frame_count}"
        raise Refusal(Invalid("param 'frame'", why, "Choose one of them."))
    return Image(next(iter(video.frames(index, index + 1))).copy())


def _joined_facts(params: Facts, inputs: Any) -> Facts:
    first, second = inputs.get("first", {}), inputs.get("second", {})
    if "frames" in first and "frames" in second:
        return {**first, "frames": first["frames"] + second["frames"] - params["overlap"]}
    return {name: value for name, value in first.items() if name != "frames"}


@node("story.join", "Join with Overlap", since="1.0", facts=_joined_facts)
def join(first: Video, second: Video, *, overlap: Annotated[int, Number(0, 100_000)] = 9) -> Video:
    """Put two videos one after the other, passing from one to the other over frames of both.

    Args:
        first: what comes first
        second: what follows; its first frames show the same moments as the last of the other
        overlap: how many frames they share
    """
    from aiprod_studio.media.overlapping import OverlappedVideo

    return OverlappedVideo(first, second, overlap)


def _spliced_facts(params: Facts, inputs: Any) -> Facts:
    return dict(inputs.get("video", {}))


@node("story.splice", "Splice", since="1.0", facts=_spliced_facts)
def splice(
    video: Video,
    part: Video,
    *,
    at: Annotated[int, Number(0, 10_000_000)] = 0,
    start: Annotated[int, Number(0, 10_000_000)] = 0,
    stop: Annotated[int, Number(0, 10_000_000)] = 0,
) -> Video:
    """Put a part that was made anew into a video; all other frames and the sound stay.

    Args:
        video: the whole
        part: what was made anew
        at: the frame of the whole that the part's first frame stands for
        start: the first frame of the whole that is taken from the part alone
        stop: the frame after the last one; around both the two pass into each other, as far as the
            part reaches
    """
    from aiprod_studio.media.overlapping import SplicedVideo

    return SplicedVideo(video, part, at, start, stop or at + part.frame_count)

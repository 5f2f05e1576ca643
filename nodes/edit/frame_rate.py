"""Changing when frames are shown."""

from fractions import Fraction
from typing import Annotated, Any, Literal

from aiprod_studio.sdk import Facts, Number, Rate, Video, node


def _rate_facts(params: Facts, inputs: Any) -> Facts:
    known = dict(inputs.get("video", {}))
    if params["keep"] == "length" and "frames" in known and "rate" in known:
        known["frames"] = max(1, round(known["frames"] * params["rate"] / known["rate"]))
    return {**known, "rate": params["rate"]}


@node("edit.frame_rate", "Frame Rate", since="1.0", facts=_rate_facts)
def frame_rate(
    video: Video,
    *,
    rate: Annotated[Fraction, Rate()] = Fraction(24),
    keep: Literal["length", "frames"] = "length",
    blend: bool = False,
) -> Video:
    """Give a film another frame rate.

    Args:
        video: the film
        rate: frames a second, a whole number or a fraction such as 24000/1001
        keep: length drops or repeats frames; frames keeps them all and plays faster or slower
            (without the sound)
        blend: mix neighbouring frames instead of choosing one (only where the length is kept)
    """
    from aiprod_studio.media import RatedVideo, RetimedVideo

    if keep == "frames":
        return RatedVideo(video, rate)
    return RetimedVideo(video, rate, blend)


def _trim_facts(params: Facts, inputs: Any) -> Facts:
    known = dict(inputs.get("video", {}))
    if "frames" in known:
        last = params["end"] or known["frames"]
        known["frames"] = max(0, min(last, known["frames"]) - params["start"])
    return known


@node("edit.trim", "Trim Video", since="1.0", facts=_trim_facts)
def trim(
    video: Video,
    *,
    start: Annotated[int, Number(0, 10_000_000, unit="frames")] = 0,
    end: Annotated[int, Number(0, 10_000_000, unit="frames", zero="the end")] = 0,
) -> Video:
    """Keep a range of a film's frames, with their part of the sound.

    Args:
        video: the film
        start: the first frame that is kept, counted from 0
        end: the frame after the last one that is kept; 0 is the film's end
    """
    from aiprod_studio.media import TrimmedVideo

    return TrimmedVideo(video, start, end or video.frame_count)

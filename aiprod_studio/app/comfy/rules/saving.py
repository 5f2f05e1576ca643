"""Nodes of ComfyUI at the end of a workflow: films are put together and written."""

from __future__ import annotations

import re

from aiprod_studio.app.comfy.rules.pictures import as_rate
from aiprod_studio.app.comfy.sheet import Part
from aiprod_studio.app.comfy.work import NOTHING, Given, Work
from aiprod_studio.graph.records import Json

FORMATS = {"gif": "gif", "webm": "webm", "prores": "prores_hq", "h264": "h264", "mp4": "h264"}


def film(part: Part, work: Work) -> tuple[Given, ...]:
    """Frames, sound and rate as a film; here the sound is given to whoever saves it."""
    found = _at_rate(part, work, work.given(part, "images"), "fps")
    return (found.known(audio=work.given(part, "audio")),)


def saved_film(part: Part, work: Work) -> tuple[Given, ...]:
    """A film written to a file."""
    video = work.given(part, "video")
    _save(part, work, video, video.facts.get("audio", NOTHING), {})
    return ()


def saved_frames(part: Part, work: Work) -> tuple[Given, ...]:
    """Frames written to a file as a film, in the nearest of our formats."""
    rate = "frame_rate" if part.kind.startswith("VHS") else "fps"
    video = _at_rate(part, work, work.given(part, "images"), rate)
    wanted = _wanted(part, work)
    format = next((ours for theirs, ours in FORMATS.items() if theirs in wanted), "")
    if not format:
        format = "webm" if "webp" in wanted or "av1" in wanted else "h264"
        work.remarks.say(part.title or part.kind, f"there is no {wanted} here; it saves {format}")
    audio = work.given(part, "audio")
    if audio.source is None:
        audio = video.facts.get("audio", NOTHING)
    _save(part, work, video, audio, {"format": format})
    return ()


def saved_pictures(part: Part, work: Work) -> tuple[Given, ...]:
    """A picture, or the frames of a film one by one."""
    images = work.given(part, "images")
    name = _name(work.text(part, "filename_prefix"))
    if images.type == "image":
        work.add(part, "files.save_image", {"image": images}, {"name": name}, name="save")
    else:
        work.add(part, "files.save_images", {"video": images}, {"name": name}, name="save")
    return ()


def _wanted(part: Part, work: Work) -> str:
    if part.kind in ("SaveAnimatedWEBP", "SaveAnimatedPNG"):
        return part.kind.removeprefix("SaveAnimated").casefold()
    return "webm" if part.kind == "SaveWEBM" else work.text(part, "format", "h264").casefold()


def _save(
    part: Part, work: Work, video: Given, audio: Given, params: dict[str, Json | Given]
) -> None:
    if video.type == "image":
        saved_name = _name(work.text(part, "filename_prefix"))
        work.add(part, "files.save_image", {"image": video}, {"name": saved_name}, name="save")
        return
    name = _name(work.text(part, "filename_prefix"))
    inputs = {"video": video, "audio": audio}
    work.add(part, "files.save_video", inputs, {"name": name, **params}, name="save")


def _name(prefix: str) -> str:
    """Return a file's name: the last piece of ComfyUI's prefix, without its patterns."""
    last = prefix.replace("\\", "/").rstrip("/").rpartition("/")[2]
    plain = re.sub(r"%[^%]*%", "", last)
    return re.sub(r'[\x00-\x1f\x7f:*?"<>|]+', "_", plain).strip(" ._-")[:120] or "film"


def _at_rate(part: Part, work: Work, video: Given, name: str) -> Given:
    """Return a film at the rate that is asked for; its own rate needs no node."""
    asked = work.given(part, name)
    own = video.facts.get("rate")
    if video.type != "video" or asked.source is not None:
        return video
    fps = work.value(part, name)
    if (
        not isinstance(fps, int | float)
        or not 1 <= fps <= 240
        or own in (None, as_rate(float(fps)))
    ):
        return video
    params: dict[str, Json | Given] = {"rate": as_rate(float(fps)), "keep": "frames"}
    made = work.add(part, "edit.frame_rate", {"video": video}, params, name="rate", titled=False)
    return work.out(made, "video", {**video.facts, "rate": as_rate(float(fps))})

"""Nodes of ComfyUI that deal in pictures and films; it has one type for both, we have two."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction

from aiprod_studio.app.comfy.sheet import Part
from aiprod_studio.app.comfy.work import NOTHING, Given, Work
from aiprod_studio.graph.records import Json

SMOOTH = {"nearest-exact": "nearest", "bilinear": "linear", "area": "linear", "bicubic": "cubic"}
BROADCAST = {23.976: "24000/1001", 29.97: "30000/1001", 59.94: "60000/1001"}
Size = tuple[int, int]


def picture(part: Part, work: Work) -> tuple[Given, ...]:
    """A picture file; masks have no counterpart."""
    made = work.add(part, "files.load_image", {}, {"file": _path(work.text(part, "image"))},
                    name="picture")  # fmt: skip
    return work.out(made, "image"), NOTHING


def film(part: Part, work: Work) -> tuple[Given, ...]:
    """A film file."""
    made = work.add(part, "files.load_video", {}, {"file": _path(work.text(part, "file"))},
                    name="film")  # fmt: skip
    return (_film(work, made),)


def film_of_suite(part: Part, work: Work) -> tuple[Given, ...]:
    """A film file of VideoHelperSuite, which can also be cut and slowed while it is read."""
    made = work.add(part, "files.load_video", {}, {"file": _path(work.text(part, "video"))},
                    name="film")  # fmt: skip
    found, source = _film(work, made), _film(work, made)
    rate = work.number(part, "force_rate", 0)
    if rate > 0:
        found = _again(part, work, found, "edit.frame_rate", {"rate": as_rate(rate)})
        found = found.known(rate=as_rate(rate))
    start, cap = work.whole(part, "skip_first_frames", 0), work.whole(part, "frame_load_cap", 0)
    if start > 0 or cap > 0:
        found = _again(part, work, found, "edit.trim",
                       {"start": start, "end": start + cap if cap > 0 else 0})  # fmt: skip
        found = found.known(frames=cap if cap > 0 else None)
    size = (work.whole(part, "custom_width", 0), work.whole(part, "custom_height", 0))
    if all(size):
        found = resized(part, work, found, size, "crop")
    count = Given(value=cap) if cap > 0 else work.out(made, "frames")
    sound = work.add(part, "audio.of_video", {"video": source}, name="sound", titled=False) \
        if _is_used(part, work, 2) else ""  # fmt: skip
    return found, count, work.out(sound, "audio") if sound else NOTHING, NOTHING


def sound(part: Part, work: Work) -> tuple[Given, ...]:
    """A sound file."""
    file = work.text(part, "audio") or work.text(part, "audio_file")
    made = work.add(part, "files.load_audio", {}, {"file": _path(file)}, name="sound")
    return work.out(made, "audio"), NOTHING


def apart(part: Part, work: Work) -> tuple[Given, ...]:
    """A film's pictures, sound and rate."""
    video = work.given(part, "video")
    heard: Given = video.facts.get("audio", NOTHING)
    if heard is NOTHING and _is_used(part, work, 1):
        made = work.add(part, "audio.of_video", {"video": video}, name="sound")
        heard = work.out(made, "audio")
    rate = video.facts.get("rate")
    return video, heard, rate if isinstance(rate, Given) else Given(value=rate)


def blank(part: Part, work: Work) -> tuple[Given, ...]:
    """A picture of one colour: only its size is of interest, to whoever asks for it."""
    size = (work.whole(part, "width", 512), work.whole(part, "height", 512))
    return (Given(type="image", facts={"width": size[0], "height": size[1], "frames": 1}),)


def sized(part: Part, work: Work) -> tuple[Given, ...]:
    """The size of a picture or film, where it is known without opening a file."""
    image = work.given(part, "image")
    facts = image.facts
    values = [Given(value=facts.get(name)) for name in ("width", "height")]
    count = facts.get("frames_of", Given(value=facts.get("frames")))
    return (image, *values, count) if part.kind == "GetImageSizeAndCount" else (*values, count)


def scaled(part: Part, work: Work) -> tuple[Given, ...]:
    """A picture or film brought to a given size."""
    image = work.given(part, "image")
    size = (work.whole(part, "width", 0), work.whole(part, "height", 0))
    crop = work.text(part, "crop") or work.text(part, "keep_proportion")
    fit = "crop" if crop in ("center", "crop") else "bars" if crop.startswith("pad") else "stretch"
    found = resized(part, work, image, _whole_size(image, size), fit)
    return (found, *(Given(value=found.facts.get(n)) for n in ("width", "height")), NOTHING)


def scaled_by(part: Part, work: Work) -> tuple[Given, ...]:
    """A picture or film made larger or smaller by a factor."""
    factor = work.number(part, "scale_by", 1.0)
    return (_by(part, work, work.given(part, "image"), lambda *_: factor),)


def scaled_to_side(part: Part, work: Work) -> tuple[Given, ...]:
    """A picture or film whose longer side gets a given length."""
    longest = work.number(part, "longer_edge", work.number(part, "largest_size", 1536))
    image = work.given(part, "images" if "images" in part.sources else "image")
    return (_by(part, work, image, lambda width, height: longest / max(width, height)),)


def scaled_to_area(part: Part, work: Work) -> tuple[Given, ...]:
    """A picture or film of a given number of pixels."""
    area = work.number(part, "megapixels", 1.0) * 1024 * 1024
    return (_by(part, work, work.given(part, "image"), lambda w, h: math.sqrt(area / (w * h))),)


def scaled_somehow(part: Part, work: Work) -> tuple[Given, ...]:
    """A picture or film brought to another size, in one of several ways."""
    image, way = work.given(part, "input"), work.text(part, "resize_type")

    def asked(name: str) -> float:
        return work.number(part, f"resize_type.{name}", 0)

    if way == "scale dimensions":
        fit = "crop" if work.text(part, "resize_type.crop") == "center" else "stretch"
        size = (round(asked("width")), round(asked("height")))
        return (resized(part, work, image, _whole_size(image, size), fit),)
    factors: dict[str, Callable[[int, int], float]] = {
        "scale longer dimension": lambda w, h: asked("longer_size") / max(w, h),
        "scale shorter dimension": lambda w, h: asked("shorter_size") / min(w, h),
        "scale by multiplier": lambda *_: asked("multiplier"),
        "scale width": lambda w, _: asked("width") / w,
        "scale height": lambda _, h: asked("height") / h,
        "scale total pixels": lambda w, h: math.sqrt(asked("megapixels") * 1024**2 / (w * h)),
    }
    return (_by(part, work, image, factors[way]) if way in factors else image,)


def one_frame(part: Part, work: Work) -> tuple[Given, ...] | None:
    """A frame of a film as a picture, or a stretch of it."""
    images = work.given(part, "image" if "image" in part.sources else "images")
    first = work.whole(part, "batch_index", work.whole(part, "start_index", 0))
    count = work.whole(part, "length", work.whole(part, "num_frames", 1))
    if images.type != "video":
        return (images, NOTHING) if images.source and first == 0 else None
    if count > 1:
        params = {"start": first, "end": first + count}
        return _again(part, work, images, "edit.trim", params), NOTHING
    made = work.add(part, "story.frame", {"video": images}, {"frame": first},
                    name="frame")  # fmt: skip
    return work.out(made, "image"), NOTHING


def resized(part: Part, work: Work, image: Given, size: Size | None, fit: str) -> Given:
    """Return a picture or film at another size; where the size is unknown, as it is."""
    if size is None or min(size) < 1:
        kept = {n: fact for n, fact in image.facts.items() if n not in ("width", "height")}
        return replace(image, facts=kept)
    if image.source is None:
        return image.known(width=size[0], height=size[1])
    kind = "edit.resize" if image.type == "video" else "edit.resize_image"
    method = work.text(part, "upscale_method") or work.text(part, "scale_method")
    params: dict[str, Json | Given] = {
        "width": size[0], "height": size[1], "fit": fit, "smooth": SMOOTH.get(method, "lanczos"),
    }  # fmt: skip
    found = _again(part, work, image, kind, params)
    return found.known(width=size[0], height=size[1])


def as_rate(fps: float) -> Json:
    """Return a frame rate as the document writes it; 23.976 and its like as exact fractions."""
    for near, exact in BROADCAST.items():
        if abs(fps - near) < 0.005:
            return exact
    close = Fraction(fps).limit_denominator(1000)
    return int(close) if close.denominator == 1 else f"{close.numerator}/{close.denominator}"


def _again(
    part: Part, work: Work, given: Given, kind: str, params: Mapping[str, Json | Given]
) -> Given:
    """Return a film or picture after one more node."""
    picture = kind.endswith("_image")
    socket = "image" if picture else "video"
    made = work.add(part, kind, {socket: given}, params)
    return work.out(made, socket, given.facts)


def _film(work: Work, made: str) -> Given:
    facts = {"rate": work.out(made, "rate"), "frames_of": work.out(made, "frames")}
    return work.out(made, "video", facts)


def _whole_size(image: Given, size: Size) -> Size | None:
    """Return both sides; one that is 0 follows the proportions, where they are known."""
    width, height = size
    known = image.facts.get("width"), image.facts.get("height")
    if width > 0 and height > 0:
        return size
    if not all(isinstance(side, int) and side > 0 for side in known) or width <= 0 >= height:
        return None
    if width > 0:
        return width, max(1, round(known[1] * width / known[0]))  # type: ignore[operator]
    return max(1, round(known[0] * height / known[1])), height  # type: ignore[operator]


def _by(part: Part, work: Work, image: Given, factor: Callable[[int, int], float]) -> Given:
    """Return a picture by a factor, which is found from its sides; as it is if they are unknown."""
    width, height = image.facts.get("width"), image.facts.get("height")
    if not (isinstance(width, int) and isinstance(height, int) and width > 0 and height > 0):
        return resized(part, work, image, None, "stretch")
    scale = factor(width, height)
    if not 0 < scale < 100:
        return image
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return resized(part, work, image, size, "stretch")


def _is_used(part: Part, work: Work, slot: int) -> bool:
    return any(number == slot for _, _, number in work.users.get(part.key, ()))


def _path(name: str) -> str:
    """Return a file's name as it stands in a document: no mark of ComfyUI's folder behind it."""
    for mark in (" [input]", " [output]", " [temp]"):
        name = name.removesuffix(mark)
    return name.replace("\\", "/")

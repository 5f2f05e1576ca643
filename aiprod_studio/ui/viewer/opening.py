"""What a result looks like: frames, a waveform, or words. Read in a thread, never in the window's.

The viewer panel asks it through `Studio.later`.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiprod_studio.sdk import Audio, Image, Refusal, SavedFile, Video
from aiprod_studio.ui.viewer.source import ArrayFrames, Frames, VideoFrames

if TYPE_CHECKING:
    from aiprod_studio.app.session.results import Result
    from aiprod_studio.sdk.values import Float32Array, UInt8Array

WAVE = (1200, 320)
"""Width and height of the picture of a sound."""
MOST_SAMPLES = 48_000 * 60 * 20
LONGEST = 4000


@dataclass(frozen=True)
class Opened:
    """What can be shown; `frames` None leaves the words alone. `facts` is one line."""

    frames: Frames | None = None
    words: str = ""
    facts: str = ""


def open_result(result: Result) -> Opened:
    """Return what a result looks like.

    Raises:
        Refusal: it is no longer there, or cannot be read.
    """
    return open_value(result.value(), result.kind)


def open_value(value: Any, kind: str = "") -> Opened:
    """Return what a value of a node looks like.

    Raises:
        Refusal: it cannot be read.
    """
    if isinstance(value, SavedFile):
        return open_path(value.path)
    if isinstance(value, Video):
        return _video(value)
    if isinstance(value, Image):
        return Opened(ArrayFrames(value.pixels), facts=f"{value.width} × {value.height}")
    if isinstance(value, Audio):
        seconds = value.sample_count / max(1, value.sample_rate)
        facts = f"{seconds:.3g} s, {value.sample_rate / 1000:g} kHz"
        return Opened(ArrayFrames(waveform(value)), facts=facts)
    if isinstance(value, str | int | float | bool | Fraction):
        return Opened(words=str(value)[:LONGEST] or "An empty text.")
    return Opened(words=_described(value, kind))


def open_path(path: Path) -> Opened:
    """Return what a media file looks like.

    Raises:
        Refusal: it cannot be read.
    """
    from aiprod_studio.app.session.results import open_file

    seen = open_file(path)
    if seen is not None:
        return open_value(seen)
    try:
        from aiprod_studio.media import open_audio

        return open_value(open_audio(path))
    except Refusal:
        return Opened(words=f"{path.name}\n{path.parent}")


def _video(video: Video) -> Opened:
    seconds = float(video.frame_count / video.rate)
    facts = f"{video.width} × {video.height}, {float(video.rate):.5g} fps, {seconds:.3g} s"
    return Opened(VideoFrames(video), facts=facts)


def _described(value: Any, kind: str) -> str:
    """Say what a value is that has no picture: latents, conditioning, a model."""
    name = type(value).__name__
    facts = [
        f"{field.replace('_', ' ')} {found}"
        for field in ("family", "component", "width", "height", "frames", "rate", "text")
        if (found := getattr(value, field, None)) not in (None, "")
    ]
    line = ", ".join(facts)
    return f"{name} has no picture of its own.\n{line}" if line else f"{name} ({kind or 'value'})"


def waveform(sound: Audio) -> UInt8Array:
    """Return a picture of a sound, uint8 (height, width, 3): peaks over time."""
    import numpy as np

    width, height = WAVE
    count = min(sound.sample_count, MOST_SAMPLES)
    low, high = np.zeros(width), np.zeros(width)
    at = 0
    for chunk in sound.chunks(0, count):
        _peaks(chunk.mean(axis=0), at, count, low, high)
        at += chunk.shape[1]
    picture = np.full((height, width, 3), (20, 22, 26), np.uint8)
    rows = np.arange(height)[:, None]
    middle, reach = height / 2, height / 2 - 8
    inside = (rows >= middle - high * reach) & (rows <= middle - low * reach)
    inside |= rows == int(middle)
    picture[inside] = (95, 191, 143)
    return picture


def _peaks(chunk: Float32Array, at: int, count: int, low: Any, high: Any) -> None:
    import numpy as np

    columns = ((at + np.arange(chunk.size)) * low.size // max(1, count)).clip(0, low.size - 1)
    np.minimum.at(low, columns, chunk)
    np.maximum.at(high, columns, chunk)

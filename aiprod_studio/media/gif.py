"""Films as animated GIF: one palette for the whole film, found in a first pass.

Used by `write`. Both passes stream, so length costs no memory. A GIF counts time in hundredths of
a second; ffmpeg spreads the rounding so that the film keeps its length.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from aiprod_studio.media.placing import placing
from aiprod_studio.media.process import LOCAL_ONLY, ByteSink, url
from aiprod_studio.media.provenance import add_gif_recipe
from aiprod_studio.media.watch import Progress, check_now

if TYPE_CHECKING:
    from aiprod_studio.media.formats import Format
    from aiprod_studio.sdk import Video


def save_gif(video: Video, path: Path, format: Format, *, recipe: str, progress: Progress) -> None:
    """Write a GIF that plays for ever; the frames are read twice."""
    format.check(path, video.width, video.height, video.rate)
    with tempfile.TemporaryDirectory(prefix="aiprod-") as folder, placing(path) as part:
        palette = Path(folder) / "palette.png"
        made = ["-vf", "palettegen=stats_mode=full", "-f", "image2", "-update", "1"]
        _feed(video, path, [*_input(video), *made, "-y", url(palette)], progress, 0)
        used = [
            *_input(video), *LOCAL_ONLY, "-f", "png_pipe", "-i", url(palette), "-lavfi",
            "[0:v][1:v]paletteuse=dither=bayer:bayer_scale=3:diff_mode=rectangle",
            "-fps_mode", "passthrough", "-loop", "0", "-f", "gif", "-y", url(part),
        ]  # fmt: skip
        _feed(video, path, used, progress, video.frame_count)
        if recipe:
            add_gif_recipe(part, recipe)


def _input(video: Video) -> list[str]:
    return [
        *LOCAL_ONLY, "-thread_queue_size", "1", "-f", "rawvideo", "-pix_fmt", "rgb24",
        "-video_size", f"{video.width}x{video.height}", "-framerate", str(video.rate),
        "-i", "pipe:0",
    ]  # fmt: skip


def _feed(video: Video, path: Path, arguments: list[str], progress: Progress, done: int) -> None:
    with ByteSink(arguments, path) as sink:
        for number, frame in enumerate(video.frames(), 1):
            check_now()
            sink.write(np.ascontiguousarray(frame).reshape(-1))
            progress(done + number, 2 * video.frame_count)
        sink.finish()

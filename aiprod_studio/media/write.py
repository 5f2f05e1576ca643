"""Writing films: frames and sound in, one finished file out, with the recipe inside.

`save_video` is the door for whole videos; `VideoWriter` takes frames one by one. The sound is
fitted to the pictures to the sample, padded with silence or cut. Nothing appears under the final
name before everything is on the disk; on error or cancel nothing is left.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import numpy as np

from aiprod_studio.media.faults import invalid, unwritable
from aiprod_studio.media.formats import TAGS, Format, format_named
from aiprod_studio.media.gif import save_gif
from aiprod_studio.media.placing import placing
from aiprod_studio.media.process import LOCAL_ONLY, ByteSink, url
from aiprod_studio.media.provenance import metadata_text
from aiprod_studio.media.sequence import save_sequence
from aiprod_studio.media.sounds import FittedAudio
from aiprod_studio.media.watch import Check, Progress, Say, check_now, silent, watching
from aiprod_studio.sdk import Audio, Video

if TYPE_CHECKING:
    from aiprod_studio.sdk.values import UInt8Array


_EXACT = "flags=bicubic+accurate_rnd"


class VideoWriter:
    """A film being written; use it in a `with` block.

    All `frame_count` frames, uint8 (height, width, 3), are to be written; leaving the block early
    or by an error leaves no file.
    """

    def __init__(
        self,
        path: Path,
        format: Format,
        width: int,
        height: int,
        rate: Fraction,
        frame_count: int,
        *,
        quality: int | None = None,
        audio: Audio | None = None,
        recipe: str = "",
    ) -> None:
        format.check(path, width, height, rate)
        self._path, self._format, self._audio, self._recipe = path, format, audio, recipe
        self._shape, self._rate, self.frame_count = (height, width, 3), rate, frame_count
        self._encoder = format.encoder(path, quality, width * height)
        self.written = 0
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            part = stack.enter_context(placing(self._path))
            folder = stack.enter_context(_beside(self._path))
            arguments = self._arguments(part, folder)
            self._sink = stack.enter_context(ByteSink(arguments, self._path))
            self._stack = stack.pop_all()
        return self

    def write(self, frame: UInt8Array) -> None:
        """Add the next frame; the array must not be changed afterwards."""
        if frame.shape != self._shape or frame.dtype != np.uint8:
            got, wanted = f"{frame.dtype} {frame.shape}", f"uint8 {self._shape}"
            raise invalid(self._path, f"frame {self.written} is {got}, {wanted} is expected")
        self._sink.write(np.ascontiguousarray(frame).reshape(-1))
        self.written += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if error is not None:
            self._stack.__exit__(kind, error, at)
            return
        with self._stack:
            self._finish()

    def _finish(self) -> None:
        if self.written != self.frame_count:
            why = f"the film ended after {self.written} of {self.frame_count} frames"
            raise invalid(self._path, why, "Check what makes the frames.")
        self._sink.finish()

    def _arguments(self, part: Path, folder: Path) -> list[str]:
        height, width, _ = self._shape
        inputs = [
            *LOCAL_ONLY, "-thread_queue_size", "1", "-f", "rawvideo", "-pix_fmt", "rgb24",
            "-video_size", f"{width}x{height}", "-framerate", str(self._rate), "-i", "pipe:0",
        ]  # fmt: skip
        outputs = ["-map", "0:v:0", "-vf", self._conversion(), "-filter_threads", "1"]
        outputs += [*self._encoder, "-fps_mode", "passthrough"]
        if self._audio is not None:
            inputs += self._sound_input(self._audio, folder)
            outputs += ["-map", "1:a:0", *self._format.sound]
        if self._recipe:
            number = 2 if self._audio is not None else 1
            inputs += self._recipe_input(folder)
            outputs += ["-map_metadata", str(number)]
        return [*inputs, *outputs, *self._format.extras, "-f", self._format.muxer, "-y", url(part)]

    def _conversion(self) -> str:
        pixels = self._format.pixels
        return f"scale=out_color_matrix=bt709:out_range=tv:{_EXACT},format={pixels},{TAGS}"

    def _sound_input(self, audio: Audio, folder: Path) -> list[str]:
        """Put the fitted sound into a raw file: ffmpeg cannot be fed two pipes on all systems."""
        count = round(Fraction(self.frame_count) / self._rate * audio.sample_rate)
        file = folder / "sound"
        with file.open("wb") as raw:
            for chunk in FittedAudio(audio, 0, count).chunks():
                check_now()
                raw.write(np.ascontiguousarray(chunk.T, "<f4").tobytes())
        return [
            *LOCAL_ONLY, "-f", "f32le", "-ar", str(audio.sample_rate),
            "-ac", str(audio.channels), "-i", url(file),
        ]  # fmt: skip

    def _recipe_input(self, folder: Path) -> list[str]:
        file = folder / "recipe"
        file.write_bytes(metadata_text(self._recipe))
        return [*LOCAL_ONLY, "-f", "ffmetadata", "-i", url(file)]


def save_video(
    video: Video,
    path: Path | str,
    format: str = "h264",
    *,
    quality: int | None = None,
    audio: Audio | None = None,
    recipe: str = "",
    progress: Progress | None = None,
    check: Check | None = None,
    say: Say | None = None,
) -> None:
    """Write a video in one of `FORMATS`; `path` is a folder for "png", else a file.

    `audio` takes the place of the video's own sound; it is cut or padded to the film's length.
    `quality` is the encoder's scale (smaller is better), None for the usual one; `recipe` is the
    workflow to embed, as JSON; `progress` receives (frames done, frames in all).

    Raises:
        Refusal: the format cannot hold this size or rate, a source is damaged, the disk is full.
    """
    path, progress, say = Path(path), progress or silent, say or silent
    chosen = format_named(format, path)
    sound = audio or video.audio
    if sound is not None and not chosen.sound:
        say(f"{chosen.title} carries no sound; the film is saved without it.")
        sound = None
    _refuse_empty(video, path)
    with watching(check):
        if format == "png":
            save_sequence(video, path, audio=sound, recipe=recipe, progress=progress)
        elif format == "gif":
            save_gif(video, path, chosen, recipe=recipe, progress=progress)
        else:
            _save(video, path, chosen, quality, sound, recipe, progress)


def _save(
    video: Video,
    path: Path,
    format: Format,
    quality: int | None,
    sound: Audio | None,
    recipe: str,
    progress: Progress,
) -> None:
    writer = VideoWriter(
        path, format, video.width, video.height, video.rate, video.frame_count,
        quality=quality, audio=sound, recipe=recipe,
    )  # fmt: skip
    with writer:
        for frame in video.frames():
            writer.write(frame)
            progress(writer.written, video.frame_count)


def _refuse_empty(video: Video, path: Path) -> None:
    if video.frame_count < 1:
        raise invalid(path, "the film has no frames", "Give it at least one.")


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """Give a folder for raw sound on the same disk as the file, gone afterwards."""
    try:
        with tempfile.TemporaryDirectory(prefix=".", suffix=".part", dir=path.parent) as folder:
            yield Path(folder)
    except OSError as error:
        raise unwritable(path, error) from error

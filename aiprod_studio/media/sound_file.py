"""Sound that lies in a file: opened, counted to the sample, read in chunks.

The first opening decodes the sound once to count it, since headers of compressed formats lie.
Gaps in a file become silence, so that a sample number always means a moment. Used by `open_audio`
and by videos with sound; writing is in `wav` and `write`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from aiprod_studio.media.containers import AUDIO, media_file, sniff
from aiprod_studio.media.faults import damaged, invalid, refuse_if_cut_short
from aiprod_studio.media.header import has_streams, input_arguments
from aiprod_studio.media.identity import Stamp, source_of, stamp, verify
from aiprod_studio.media.process import ByteSource, listing
from aiprod_studio.media.watch import Check, watching
from aiprod_studio.media.wav import CHUNK_SAMPLES, bounded
from aiprod_studio.sdk import Audio, SourceFile, stored

if TYPE_CHECKING:
    from aiprod_studio.sdk.values import Float32Array

_RATE = re.compile(r"#sample_rate 0: (\d+)")
_BASE = re.compile(r"#tb 0: (\d+)/(\d+)")
_FRAME = re.compile(r"0, +-?\w+, +(-?\d+), +\d+, +(\d+),")
_SEEKABLE = ("mov", "matroska", "wav", "w64")
_RUN_UP_SECONDS = 10
_SHORT_SECONDS = 0.25
"""How much a second decode may fall short of the first before the file counts as damaged."""


@dataclass(frozen=True)
class SoundFacts:
    """Sound of a file: `first` is the file's own time, in samples, of our sample 0."""

    sample_rate: int
    channels: int
    sample_count: int
    first: int


@stored("media.FileAudio")
@dataclass(frozen=True)
class FileAudio(Audio):
    """The first sound stream of a file of the artist's."""

    source: SourceFile
    sample_rate: int
    channels: int
    sample_count: int
    first: int = 0
    socket: ClassVar[str] = "audio"

    def chunks(self, start: int = 0, stop: int | None = None) -> Iterator[Float32Array]:
        """Yield float32 (channels, n) in [-1, 1], together exactly samples [start, stop)."""
        start, stop = bounded(start, stop, self.sample_count)
        path = verify(self.source)
        if start == stop:
            return
        left = stop - start
        block = 4 * self.channels * CHUNK_SAMPLES
        with ByteSource(self._arguments(path, start), block, path) as source:
            for data in source:
                chunk = self._samples(data)[:, :left]
                left -= chunk.shape[1]
                yield chunk
                if not left:
                    return
        if left > _SHORT_SECONDS * self.sample_rate:
            raise damaged(path, f"its sound ends {left / self.sample_rate:.1f} seconds early")
        yield np.zeros((self.channels, left), np.float32)

    def _arguments(self, path: Path, start: int) -> list[str]:
        """Decode so that the first sample written is ours with number `start`."""
        demuxer, begin = sniff(path, AUDIO, "sound"), self.first + start
        seek: list[str] = []
        if demuxer in _SEEKABLE and start > 2 * _RUN_UP_SECONDS * self.sample_rate:
            at = f"{begin / self.sample_rate - _RUN_UP_SECONDS:.6f}"
            seek = ["-seek_timestamp", "1", "-noaccurate_seek", "-ss", at]
        return [
            "-threads", "1", "-copyts", *seek, *input_arguments(path, demuxer), "-map", "0:a:0",
            "-af", f"aresample=async=1:first_pts={begin}", "-ar", str(self.sample_rate),
            "-ac", str(self.channels), "-f", "f32le", "pipe:1",
        ]  # fmt: skip

    def _samples(self, data: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> Float32Array:
        frames = data[: len(data) // (4 * self.channels) * 4 * self.channels].view("<f4")
        chunk = frames.reshape(-1, self.channels).T
        return np.ascontiguousarray(np.clip(np.nan_to_num(chunk), -1, 1), np.float32)


def open_audio(
    path: Path | str, source: SourceFile | None = None, check: Check | None = None
) -> FileAudio:
    """Open the sound of a sound file or of a video.

    Raises:
        Refusal: the file is missing, is not a media file, holds no sound or is damaged.
    """
    with watching(check):
        path = media_file(path)
        facts = sound_facts(path, sniff(path, AUDIO, "sound"), origin=None)
    if facts is None:
        remedy = "Choose a file with sound."
        raise invalid(path, "holds no sound, a sound file is expected", remedy)
    return file_audio(source or source_of(path), facts)


def file_audio(source: SourceFile, facts: SoundFacts) -> FileAudio:
    """Put a source and its facts together."""
    return FileAudio(source, facts.sample_rate, facts.channels, facts.sample_count, facts.first)


def sound_facts(path: Path, demuxer: str, origin: Fraction | None) -> SoundFacts | None:
    """Count the sound of a file from `origin` (seconds of its clock; None: where it begins)."""
    return _facts(path, stamp(path), demuxer, origin)


@lru_cache(maxsize=256)
def _facts(path: Path, mark: Stamp, demuxer: str, origin: Fraction | None) -> SoundFacts | None:
    if not has_streams(path)[1]:
        return None
    arguments = [
        "-copyts", *input_arguments(path, demuxer), "-map", "0:a:0",
        "-c:a", "pcm_s16le", "-f", "framecrc", "pipe:1",
    ]  # fmt: skip
    lines, complaints, _ = listing(arguments, path)
    refuse_if_cut_short(path, complaints)
    rate = next((int(found[1]) for line in lines if (found := _RATE.match(line))), 0)
    base = next((found for line in lines if (found := _BASE.match(line))), None)
    frames = [(int(f[1]), int(f[2])) for line in lines if (f := _FRAME.match(line))]
    if not rate or base is None or not frames:
        return None
    channels = _channels(path, lines, frames)
    tick = Fraction(int(base[1]), int(base[2])) * rate
    begin = round(frames[0][0] * tick)
    end = _end(frames, tick, rate, 2 * channels)
    first = begin if origin is None else round(origin * rate)
    return SoundFacts(rate, channels, end - first, first) if end > first else None


def _end(frames: list[tuple[int, int]], tick: Fraction, rate: int, step: int) -> int:
    """Return where the sound ends; small steps in its clock are rounding, large ones silence."""
    by_length = round(frames[0][0] * tick) + sum(size for _, size in frames) // step
    by_clock = round(frames[-1][0] * tick) + frames[-1][1] // step
    return by_clock if by_clock - by_length > rate // 10 else by_length


def _channels(path: Path, lines: list[str], frames: list[tuple[int, int]]) -> int:
    """Return how many channels: the duration of a raw frame is its samples, so size tells."""
    for line in lines:
        found = re.match(r"0, +-?\w+, +-?\d+, +(\d+), +(\d+),", line)
        if found and int(found[1]):
            return max(1, int(found[2]) // (2 * int(found[1])))
    raise damaged(path, "its sound has no length")

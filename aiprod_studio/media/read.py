"""Videos that lie in a file: opened with exact facts, read frame by frame from any frame.

Decoding starts at the keyframe before the wanted frame and drops what comes earlier by its time,
so frame n is the same picture whether it is reached by seeking or by reading on. Frames come
upright, with square pixels, as RGB converted by the file's own colour tags.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from aiprod_studio.media.containers import media_file
from aiprod_studio.media.faults import damaged, invalid
from aiprod_studio.media.header import MAX_FRAME_PIXELS, Header, input_arguments, read_header
from aiprod_studio.media.identity import source_of, verify
from aiprod_studio.media.packets import packet_table
from aiprod_studio.media.probe import probe, sound_of_video, timing
from aiprod_studio.media.process import ByteSource
from aiprod_studio.media.sound_file import FileAudio, file_audio
from aiprod_studio.media.watch import Check, watching
from aiprod_studio.media.wav import bounded
from aiprod_studio.sdk import SourceFile, Video, stored

if TYPE_CHECKING:
    from aiprod_studio.sdk.values import UInt8Array

DECODE_THREADS = 2
"""Each decoding thread holds several frames; two keep 4K under 300 MB."""
_EXACT = "flags=bicubic+accurate_rnd+full_chroma_int+full_chroma_inp"
# Exact conversion straight to packed RGB is four times slower than through planes.
_PACKED = ("format=gbrp", "format=rgb24")
_HDR = ("smpte2084", "arib-std-b67")
_MATRICES = {"smpte170m": "bt601", "bt470bg": "bt601", "bt2020nc": "bt2020", "bt2020c": "bt2020",
             "bt709": "bt709", "smpte240m": "smpte240m", "fcc": "fcc"}  # fmt: skip
_WITH_ALPHA = ("rgba", "bgra", "argb", "abgr", "yuva", "gbrap", "ya8", "ya16", "pal8")


@stored("media.FileVideo")
@dataclass(frozen=True)
class FileVideo(Video):
    """A video file of the artist's."""

    source: SourceFile
    width: int
    height: int
    frame_count: int
    rate: Fraction
    sound: FileAudio | None = None
    variable_rate: bool = False
    socket: ClassVar[str] = "video"

    @property
    def audio(self) -> FileAudio | None:
        """The sound of the file; its sample 0 is the moment of frame 0."""
        return self.sound

    def frames(self, start: int = 0, stop: int | None = None) -> Iterator[UInt8Array]:
        """Yield uint8 (height, width, 3) RGB for frames [start, stop), one at a time."""
        start, stop = bounded(start, stop, self.frame_count)
        path = verify(self.source)
        header = read_header(path)
        if start == stop:
            return
        if (header.width, header.height) != (self.width, self.height):
            raise invalid(path, "has changed since it was opened", "Open it again.")
        choice = timing(path).choice if self.variable_rate else None
        if choice is None:
            yield from _decoded(path, header, start, stop)
        else:
            yield from _chosen(path, header, choice[start:stop].tolist())


def open_video(
    path: Path | str, source: SourceFile | None = None, check: Check | None = None
) -> FileVideo:
    """Open a video file; its frames are counted now and read later.

    `probe(path).notes` says what was adapted, such as a variable frame rate.

    Raises:
        Refusal: the file is missing, no video, damaged, empty of frames or too large to open.
    """
    with watching(check):
        path = media_file(path)
        info = probe(path)
        facts = sound_of_video(path, read_header(path))
        source = source or source_of(path)
    sound = file_audio(source, facts) if facts else None
    return FileVideo(
        source, info.width, info.height, info.frame_count, info.rate, sound, info.variable_rate
    )


def _chosen(path: Path, header: Header, choice: list[int]) -> Iterator[UInt8Array]:
    """Yield stored frames by number; numbers never go back."""
    stored_frames = _decoded(path, header, choice[0], choice[-1] + 1)
    try:
        at, frame = choice[0], next(stored_frames)
        for number in choice:
            while at < number:
                at, frame = at + 1, next(stored_frames)
            yield frame.copy()
    finally:
        stored_frames.close()


def _decoded(
    path: Path, header: Header, start: int, stop: int
) -> Generator[UInt8Array, None, None]:
    """Yield stored frames [start, stop) in the order they are shown."""
    shape = (header.height, header.width, 3)
    arguments = [*_input(path, header, start), "-vf", ",".join(_filters(path, header, start))]
    arguments += ["-fps_mode", "passthrough", "-frames:v", str(stop - start)]
    # ffmpeg would keep eight raw frames waiting for us: 200 MB of 4K.
    arguments += ["-thread_queue_size", "1", "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"]
    size = int(np.prod(shape))
    at = start
    with ByteSource(arguments, size, path) as source:
        for block in source:
            if len(block) < size:
                break
            yield block.reshape(shape)
            at += 1
    if at < stop:
        raise damaged(path, f"frame {at} of {stop} cannot be decoded")


def _input(path: Path, header: Header, start: int) -> list[str]:
    at = packet_table(path).start_for(start) if start else None
    # A microsecond more, so that rounding does not land one keyframe earlier than needed.
    seek = [] if at is None else ["-seek_timestamp", "1", "-noaccurate_seek", "-ss",
                                  f"{float(at) + 1e-6:.6f}"]  # fmt: skip
    return [
        "-threads", str(DECODE_THREADS), "-max_pixels", str(MAX_FRAME_PIXELS), "-copyts", *seek,
        "-thread_queue_size", "4", *input_arguments(path, header.demuxer), "-map", "0:V:0",
        "-filter_threads", "1",
    ]  # fmt: skip


def _filters(path: Path, header: Header, start: int) -> list[str]:
    """Drop frames before `start` by time, then convert colour; turning is ffmpeg's own."""
    filters = []
    if start:
        table = packet_table(path)
        gap = table.seconds(start) - table.seconds(start - 1)
        # A quarter of a gap early: the filter rounds to whole ticks, and a gap may be one tick.
        filters.append(f"trim=start={float(table.seconds(start) - gap / 4):.7f}")
    if header.transfer in _HDR:
        filters.append(_tone_mapped())
        header = _as_bt709(header)
    size = f"{header.width}:{header.height}"
    if header.pix_fmt.startswith(_WITH_ALPHA):
        return [*filters, f"scale={size}:{_EXACT}", "format=gbrap", "premultiply=inplace=1",
                *_PACKED]  # fmt: skip
    return [*filters, f"scale={size}:{_colour(header)}out_range=pc:{_EXACT}", *_PACKED]


def _colour(header: Header) -> str:
    """Name the matrix: the tag, or by custom BT.709 for HD and BT.601 for smaller pictures."""
    if header.pix_fmt.startswith(("rgb", "bgr", "gbr", "gray", "pal", "0rgb", "argb", "x2")):
        return ""
    hd = header.coded_width >= 1280 or header.coded_height > 576
    matrix = _MATRICES.get(header.matrix, "bt709" if hd else "bt601")
    full = header.full_range if header.full_range is not None else "yuvj" in header.pix_fmt
    return f"in_color_matrix={matrix}:in_range={'pc' if full else 'tv'}:"


def _tone_mapped() -> str:
    return (
        "zscale=transfer=linear:npl=203,format=gbrpf32le,zscale=primaries=bt709,"
        "tonemap=mobius:param=0.4:desat=0,zscale=transfer=bt709:matrix=bt709:range=tv,format=yuv444p10le"
    )


def _as_bt709(header: Header) -> Header:
    from dataclasses import replace

    return replace(header, matrix="bt709", pix_fmt="yuv444p10le", full_range=False)

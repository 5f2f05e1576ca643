"""What a video file holds, exactly: size as shown, rate, number of frames, sound, colour.

`probe` is what the file dialogs, the nodes and `open_video` ask. The first call reads the file
once to count its frames; later calls cost nothing until the file changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

from aiprod_studio.media.containers import media_file
from aiprod_studio.media.faults import invalid
from aiprod_studio.media.header import Header, read_header
from aiprod_studio.media.identity import Stamp, stamp
from aiprod_studio.media.packets import packet_table
from aiprod_studio.media.sound_file import SoundFacts, sound_facts
from aiprod_studio.media.timing import Timing, timing_of
from aiprod_studio.media.watch import Check, watching


@dataclass(frozen=True)
class MediaInfo:
    """Facts about a video file; `duration` in seconds, sizes in pixels as shown.

    `matrix`, `primaries` and `transfer` are ffmpeg's names of the colour tags, or "unknown".
    `variable_rate` says that frames are chosen to make a constant rate. `sample_rate` in Hz and
    `channels` are 0 without sound.
    """

    width: int
    height: int
    rate: Fraction
    frame_count: int
    duration: Fraction
    codec: str
    pix_fmt: str
    matrix: str
    primaries: str
    transfer: str
    full_range: bool | None
    rotation: int
    variable_rate: bool
    has_audio: bool
    sample_rate: int
    channels: int
    sample_count: int

    @property
    def notes(self) -> tuple[str, ...]:
        """What the artist should know about how the file was understood."""
        notes = []
        if self.variable_rate:
            rate = float(self.rate)
            notes.append(f"its frame rate varies; read as {self.frame_count} frames at {rate:g}")
        if self.transfer in ("smpte2084", "arib-std-b67"):
            notes.append("its colours are HDR; they are shown in the range of BT.709")
        return tuple(notes)


def probe(path: Path | str, check: Check | None = None) -> MediaInfo:
    """Describe a video file.

    Raises:
        Refusal: the file is missing, no video, damaged, empty of frames or too large to open.
    """
    with watching(check):
        return _info(media_file(path), stamp(media_file(path)))


def timing(path: Path) -> Timing:
    """Return the rate, count and choice of frames of a video."""
    return _timing(path, stamp(path))


def sound_of_video(path: Path, header: Header) -> SoundFacts | None:
    """Return the facts of the sound beside the pictures, counted from the first picture."""
    if not header.has_audio:
        return None
    table = packet_table(path)
    return sound_facts(path, header.demuxer, origin=table.seconds(0))


@lru_cache(maxsize=256)
def _timing(path: Path, mark: Stamp) -> Timing:
    header = read_header(path)
    try:
        return timing_of(packet_table(path), header.fps, header.tbr)
    except ValueError as error:
        raise invalid(path, str(error), "Convert it to mp4 first.") from None


@lru_cache(maxsize=256)
def _info(path: Path, mark: Stamp) -> MediaInfo:
    header = read_header(path)
    timed = timing(path)
    sound = sound_of_video(path, header)
    return MediaInfo(
        width=header.width,
        height=header.height,
        rate=timed.rate,
        frame_count=timed.frame_count,
        duration=timed.frame_count / timed.rate,
        codec=header.codec,
        pix_fmt=header.pix_fmt,
        matrix=header.matrix,
        primaries=header.primaries,
        transfer=header.transfer,
        full_range=header.full_range,
        rotation=header.rotation,
        variable_rate=timed.choice is not None,
        has_audio=sound is not None,
        sample_rate=sound.sample_rate if sound else 0,
        channels=sound.channels if sound else 0,
        sample_count=sound.sample_count if sound else 0,
    )

"""WAV files, written and read in chunks: what artists get, and how the store keeps sound.

16 and 24 bit integers for exchange, 32 bit floats for the store. Sizes are patched in at the end,
through `placing`, so a half-written file never appears.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, ClassVar

import numpy as np

from aiprod_studio.media.faults import damaged, invalid, unreadable
from aiprod_studio.media.placing import placing
from aiprod_studio.media.watch import Check, Progress, check_now, silent, watching
from aiprod_studio.sdk import Audio, StoredFile, stored

if TYPE_CHECKING:
    from aiprod_studio.sdk.values import Float32Array

HEADER_BYTES = 58
CHUNK_SAMPLES = 1 << 16
_LARGEST = 0xFFFF_FFFF - HEADER_BYTES
_INTEGER, _FLOAT = 1, 3
_HEADER = struct.Struct("<4sI4s4sIHHIIHHH4sII4sI")


@stored("media.StoredAudio")
@dataclass(frozen=True)
class StoredAudio(Audio):
    """Sound in a 32 bit float WAV file that a step wrote."""

    file: StoredFile
    sample_rate: int
    channels: int
    sample_count: int
    socket: ClassVar[str] = "audio"

    def chunks(self, start: int = 0, stop: int | None = None) -> Iterator[Float32Array]:
        """Yield float32 (channels, n), together exactly samples [start, stop)."""
        start, stop = bounded(start, stop, self.sample_count)
        path, step = self.file.path, 4 * self.channels
        try:
            with path.open("rb") as file:
                file.seek(HEADER_BYTES + start * step)
                for at in range(start, stop, CHUNK_SAMPLES):
                    wanted = min(CHUNK_SAMPLES, stop - at) * step
                    data = file.read(wanted)
                    if len(data) < wanted:
                        raise damaged(path, f"its sound ends before sample {stop}")
                    yield np.frombuffer(data, "<f4").reshape(-1, self.channels).T.copy()
        except OSError as error:
            raise unreadable(path, error) from None


def bounded(start: int, stop: int | None, count: int) -> tuple[int, int]:
    """Clip a half-open range to [0, count]."""
    stop = count if stop is None else min(stop, count)
    start = min(max(0, start), count)
    return start, max(start, stop)


def save_audio(
    audio: Audio,
    path: Path,
    *,
    bits: int = 16,
    progress: Progress | None = None,
    check: Check | None = None,
) -> None:
    """Write a WAV file of 16 or 24 bit integers, or of 32 bit floats.

    Raises:
        Refusal: the sound does not fit a WAV file (4 GB), or the disk is full or closed to us.
    """
    size = audio.sample_count * audio.channels * bits // 8
    if size > _LARGEST:
        raise invalid(path, "a WAV file holds at most 4 GB of sound", "Trim it or use 16 bits.")
    with watching(check), placing(path) as part, part.open("w+b") as file:
        _write(file, audio.chunks(), audio.sample_rate, audio.channels, bits,
               audio.sample_count, progress or silent)  # fmt: skip


def store_audio(
    chunks: Iterable[Float32Array],
    path: Path,
    sample_rate: int,
    channels: int,
    check: Check | None = None,
) -> StoredAudio:
    """Keep sound, float32 (channels, n) chunks in [-1, 1], in a file of the step's own."""
    with watching(check), placing(path) as part, part.open("w+b") as file:
        count = _write(file, chunks, sample_rate, channels, 32, 0, silent)
    return StoredAudio(StoredFile(path), sample_rate, channels, count)


def _write(
    file: BinaryIO,
    chunks: Iterable[Float32Array],
    sample_rate: int,
    channels: int,
    bits: int,
    total: int,
    progress: Progress,
) -> int:
    """Write header and samples; returns how many samples there were."""
    file.write(_header(sample_rate, channels, bits, 0))
    count = 0
    for chunk in chunks:
        check_now()
        file.write(_packed(chunk, bits))
        count += chunk.shape[1]
        progress(count, total or count)
    data = count * channels * bits // 8
    if data % 2:
        file.write(b"\0")
    file.seek(0)
    file.write(_header(sample_rate, channels, bits, count))
    return count


def _packed(chunk: Float32Array, bits: int) -> bytes:
    """Interleave and quantise; integers are rounded and clipped."""
    frames = np.ascontiguousarray(chunk.T)
    if bits == 32:
        return bytes(frames.astype("<f4").data)
    top = 1 << (bits - 1)
    whole = np.clip(np.rint(frames.astype(np.float64) * top), -top, top - 1).astype("<i4")
    if bits == 16:
        return bytes(whole.astype("<i2").data)
    return bytes(np.ascontiguousarray(whole.view(np.uint8).reshape(-1, 4)[:, :3]).data)


def _header(sample_rate: int, channels: int, bits: int, count: int) -> bytes:
    step = channels * bits // 8
    data = min(count * step, _LARGEST)
    kind = _FLOAT if bits == 32 else _INTEGER
    riff = min(data + data % 2 + HEADER_BYTES - 8, 0xFFFF_FFFF)
    return _HEADER.pack(
        b"RIFF", riff, b"WAVE", b"fmt ", 18, kind, channels, sample_rate, sample_rate * step,
        step, bits, 0, b"fact", 4, min(count, 0xFFFF_FFFF), b"data", data,
    )  # fmt: skip

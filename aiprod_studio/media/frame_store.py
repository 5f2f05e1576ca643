"""Frames on the disk: one file, no loss, any frame at any time, and never a wrong one.

Layout: a head (magic, JSON facts, checksum), one record per frame (predictor, sizes, checksum,
payload), a table of the records and a foot. The foot is written and flushed last, so a file that
was cut short is recognised at once; every record is checked when it is read. Used for all videos
that steps compute; the store of the engine takes the file over as it is.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, ClassVar, Self

import numpy as np

from aiprod_studio.media import frame_codec
from aiprod_studio.media.faults import damaged, invalid, unreadable, unwritable
from aiprod_studio.media.identity import Stamp, stamp
from aiprod_studio.media.placing import placing
from aiprod_studio.media.watch import Check, Progress, check_now, silent, watching
from aiprod_studio.media.wav import bounded
from aiprod_studio.sdk import Audio, Refusal, StoredFile, Video, stored

if TYPE_CHECKING:
    from aiprod_studio.sdk.values import UInt8Array

SUFFIX = ".frames"
_MAGIC = b"AIPRODFRAMES\x01\n"
_END = b"AIPRODFRAMESEND\n"
_HEAD = struct.Struct("<14sI16s")
_RECORD = struct.Struct("<BI16s")
_ENTRY = struct.Struct("<QBI16s")
_FOOT = struct.Struct("<QI16s16s")
_RUN = 16
"""At most this many frames are decoded to reach one frame."""
_MAX_HEAD = 1 << 16


@dataclass(frozen=True)
class _Entry:
    """Where a frame lies, how it was predicted, how long it is and its checksum."""

    offset: int
    predictor: int
    size: int
    digest: bytes


@dataclass(frozen=True)
class _Index:
    shape: tuple[int, ...]
    rate: Fraction
    entries: tuple[_Entry, ...]


class FrameWriter:
    """Append frames, uint8 of one shape, to a new store; used in a `with` block.

    The file takes its name when the block ends well; otherwise nothing is left.
    """

    def __init__(self, path: Path, rate: Fraction) -> None:
        self._path, self._rate = path, rate
        self._entries: list[_Entry] = []
        self._shape: tuple[int, ...] | None = None
        self._before: UInt8Array | None = None
        self._placing = placing(path)

    def __enter__(self) -> Self:
        part = self._placing.__enter__()
        try:
            self._file: BinaryIO = part.open("xb")
        except OSError as error:
            raise unwritable(self._path, error) from error
        return self

    def append(self, frame: UInt8Array) -> None:
        """Add the next frame."""
        if self._shape is None:
            self._start(frame)
        if frame.shape != self._shape or frame.dtype != np.uint8:
            got = f"{frame.dtype} {frame.shape}"
            raise invalid(self._path, f"frame {len(self._entries)} is {got}, not {self._shape}")
        frame = np.ascontiguousarray(frame)
        fresh = len(self._entries) % _RUN == 0
        predictor, payload = frame_codec.encode(frame, None if fresh else self._before)
        digest = _digest(payload)
        entry = _Entry(self._file.tell(), predictor, len(payload), digest)
        self._file.write(_RECORD.pack(predictor, len(payload), digest))
        self._file.write(payload)
        self._entries.append(entry)
        self._before = frame.copy()

    @property
    def frame_count(self) -> int:
        """How many frames were added."""
        return len(self._entries)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if error is not None:
            self._file_closed()
            self._placing.__exit__(kind, error, at)
            return
        try:
            self._finish()
            self._file.close()
        except (OSError, Refusal) as problem:
            self._file_closed()
            self._placing.__exit__(type(problem), problem, problem.__traceback__)
            raise
        self._placing.__exit__(None, None, None)

    def _file_closed(self) -> None:
        """Close for good, whatever the disk says."""
        try:
            self._file.close()
        except OSError:
            return

    def _start(self, frame: UInt8Array) -> None:
        if frame.ndim < 1 or frame.size == 0:
            raise invalid(self._path, f"a frame of shape {frame.shape} holds nothing")
        self._shape = frame.shape
        facts = {"shape": list(frame.shape), "rate": str(self._rate)}
        text = json.dumps(facts, sort_keys=True).encode()
        self._file.write(_HEAD.pack(_MAGIC, len(text), _digest(text)) + text)

    def _finish(self) -> None:
        if self._shape is None:
            raise invalid(self._path, "the film has no frames", "Give it at least one.")
        table = b"".join(
            _ENTRY.pack(e.offset, e.predictor, e.size, e.digest) for e in self._entries
        )
        at = self._file.tell()
        self._file.write(table)
        self._file.write(_FOOT.pack(at, len(self._entries), _digest(table), _END))
        self._file.flush()


class FrameStore:
    """A finished store, open for reading; frames come in any order."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._index = _index(path, stamp(path))

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of every frame."""
        return self._index.shape

    @property
    def rate(self) -> Fraction:
        """Frames a second."""
        return self._index.rate

    def __len__(self) -> int:
        return len(self._index.entries)

    def frames(self, start: int = 0, stop: int | None = None) -> Iterator[UInt8Array]:
        """Yield frames [start, stop); each is a fresh array.

        Raises:
            Refusal: a frame was altered since it was written.
        """
        start, stop = bounded(start, stop, len(self))
        if start == stop:
            return
        first = start
        while self._index.entries[first].predictor == frame_codec.BEFORE:
            first -= 1
        try:
            with self._path.open("rb") as file:
                before: UInt8Array | None = None
                for number in range(first, stop):
                    check_now()
                    before = self._frame(file, number, before)
                    if number >= start:
                        yield before.copy()
        except OSError as error:
            raise unreadable(self._path, error) from None

    def _frame(self, file: BinaryIO, number: int, before: UInt8Array | None) -> UInt8Array:
        entry = self._index.entries[number]
        file.seek(entry.offset)
        record = file.read(_RECORD.size)
        payload = file.read(entry.size)
        expected = _RECORD.pack(entry.predictor, entry.size, entry.digest)
        if record != expected or _digest(payload) != entry.digest:
            raise damaged(self._path, f"frame {number} was altered")
        needed = before if entry.predictor == frame_codec.BEFORE else None
        try:
            return frame_codec.decode(entry.predictor, payload, self.shape, needed)
        except Refusal:
            raise damaged(self._path, f"frame {number} does not decode") from None


@stored("media.StoredVideo")
@dataclass(frozen=True)
class StoredVideo(Video):
    """A video in a frame store that a step wrote."""

    file: StoredFile
    width: int
    height: int
    frame_count: int
    rate: Fraction
    sound: Audio | None = None
    socket: ClassVar[str] = "video"

    @property
    def audio(self) -> Audio | None:
        """The sound that was kept with it."""
        return self.sound

    def frames(self, start: int = 0, stop: int | None = None) -> Iterator[UInt8Array]:
        """Yield uint8 (height, width, 3) RGB for frames [start, stop)."""
        store = FrameStore(self.file.path)
        if store.shape != (self.height, self.width, 3) or len(store) != self.frame_count:
            raise damaged(self.file.path, "it holds other frames than were stored")
        yield from store.frames(start, stop)


def store_frames(
    frames: Iterable[UInt8Array],
    path: Path,
    rate: Fraction,
    check: Check | None = None,
    *,
    audio: Audio | None = None,
    progress: Progress | None = None,
    total: int = 0,
) -> StoredVideo:
    """Keep frames, uint8 (height, width, 3), in a file of the step's own.

    Raises:
        Refusal: frames differ in shape, there are none, or the disk is full.
    """
    progress, shape = progress or silent, (0, 0, 3)
    with watching(check), FrameWriter(path, rate) as writer:
        for frame in frames:
            check_now()
            if frame.ndim != 3 or frame.shape[-1] != 3:
                raise invalid(path, f"a frame has shape {frame.shape}, (height, width, 3) is right")
            writer.append(frame)
            shape = (frame.shape[0], frame.shape[1], 3)
            progress(writer.frame_count, total or writer.frame_count)
    count = writer.frame_count
    return StoredVideo(StoredFile(path), shape[1], shape[0], count, rate, audio)


@lru_cache(maxsize=64)
def _index(path: Path, mark: Stamp) -> _Index:
    try:
        with path.open("rb") as file:
            return _read_index(path, file, size=mark[2])
    except OSError as error:
        raise unreadable(path, error) from None
    except (ValueError, KeyError, TypeError, struct.error, ZeroDivisionError):
        raise damaged(path, "its head or table was altered") from None


def _read_index(path: Path, file: BinaryIO, size: int) -> _Index:
    magic, length, digest = _HEAD.unpack(file.read(_HEAD.size))
    text = file.read(min(length, _MAX_HEAD))
    if magic != _MAGIC or _digest(text) != digest:
        raise damaged(path, "it is not a frame store, or its head was altered")
    file.seek(max(0, size - _FOOT.size))
    at, count, digest, end = _FOOT.unpack(file.read(_FOOT.size))
    if end != _END or at + count * _ENTRY.size + _FOOT.size != size:
        raise damaged(path, "it was not finished or has been cut short")
    file.seek(at)
    table = file.read(count * _ENTRY.size)
    if _digest(table) != digest:
        raise damaged(path, "its table was altered")
    facts = json.loads(text)
    entries = tuple(_Entry(*_ENTRY.unpack_from(table, n * _ENTRY.size)) for n in range(count))
    return _Index(tuple(facts["shape"]), Fraction(facts["rate"]), entries)


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=16).digest()

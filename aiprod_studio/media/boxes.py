"""Frame times from the index of an mp4 or mov file, without reading its frames.

A master of 50 GB is opened at once this way. Only plain files are trusted: one video track, one
edit that shows all of it, every sample inside the file. For anything else the answer is None and
`packets` counts by reading. Formula source: ISO/IEC 14496-12, sections 8.4 to 8.7.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from aiprod_studio.media.faults import damaged, unreadable

Ticks = np.ndarray[Any, np.dtype[np.int64]]

_MAX_INDEX = 256 << 20
_HANDLER_AT = 8


class _Unusual(Exception):
    """The index is not of the plain kind that is trusted here."""


@dataclass(frozen=True)
class TrackTimes:
    """Ticks of `time_base` seconds for each sample in stored order; `keys` are sample numbers."""

    time_base: Fraction
    shown: Ticks
    started: Ticks
    durations: Ticks
    keys: Ticks


def track_times(path: Path) -> TrackTimes | None:
    """Read the times of the only video track, or return None when they had better be counted.

    Raises:
        Refusal: the index names samples beyond the end of the file.
    """
    try:
        with path.open("rb") as file:
            moov = _moov(file)
        return _times(path, moov) if moov else None
    except OSError as error:
        raise unreadable(path, error) from None
    except (_Unusual, struct.error, ValueError, LookupError, OverflowError):
        return None


def _moov(file: BinaryIO) -> bytes:
    """Find the index among the outermost boxes."""
    end = file.seek(0, 2)
    at = 0
    while at + 8 <= end:
        file.seek(at)
        size, kind, head = _box_head(file.read(16), end - at)
        if kind == b"moov":
            if size > _MAX_INDEX or at + size > end:
                return b""
            file.seek(at + head)
            return file.read(size - head)
        at += size
    return b""


def _box_head(data: bytes, left: int) -> tuple[int, bytes, int]:
    """Return (size, kind, bytes of the head)."""
    size, kind = struct.unpack_from(">I4s", data)
    head = 8
    if size == 1:
        (size,) = struct.unpack_from(">Q", data, 8)
        head = 16
    size = size or left
    if size < head:
        raise _Unusual
    return size, kind, head


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(data):
        size, kind, head = _box_head(data[at : at + 16], len(data) - at)
        yield kind, data[at + head : at + size]
        at += size


def _inside(data: bytes, *names: bytes) -> bytes:
    """Return the body of a nested box; the last of a kind counts, as there should be one."""
    for name in names:
        found = dict(_boxes(data))
        if name not in found:
            raise _Unusual
        data = found[name]
    return data


def _times(path: Path, moov: bytes) -> TrackTimes:
    kinds = [kind for kind, _ in _boxes(moov)]
    tracks = [body for kind, body in _boxes(moov) if kind == b"trak"]
    videos = [body for body in tracks if _handler(body) == b"vide"]
    if len(videos) != 1 or b"mvex" in kinds:
        raise _Unusual
    track = videos[0]
    media = _inside(track, b"mdia")
    table = dict(_boxes(_inside(media, b"minf", b"stbl")))
    timescale = _timescale(_inside(media, b"mdhd"))
    sizes = _sizes(table)
    _check_inside(path, table, sizes)
    durations = _runs(table[b"stts"], ">u4", len(sizes))
    started = np.concatenate([[0], np.cumsum(durations)[:-1]]).astype(np.int64)
    late = _runs(table[b"ctts"], ">i4", len(sizes)) if b"ctts" in table else 0
    begin = _edit(track, int((started + late).max() + durations[-1]), timescale, moov)
    shown = started + late - begin
    if shown.min() != 0:
        raise _Unusual
    keys = _integers(table[b"stss"], 4) - 1 if b"stss" in table else np.arange(len(sizes))
    keys = keys[(keys >= 0) & (keys < len(sizes))]
    if not len(keys) or keys[0] != 0:
        raise _Unusual
    return TrackTimes(Fraction(1, timescale), shown, started - begin, durations, keys)


def _handler(track: bytes) -> bytes:
    return _inside(track, b"mdia", b"hdlr")[_HANDLER_AT : _HANDLER_AT + 4]


def _timescale(head: bytes) -> int:
    """Read ticks a second from a media or movie header, of version 0 or 1."""
    (ticks,) = struct.unpack_from(">I", head, 20 if head[0] == 1 else 12)
    if not ticks:
        raise _Unusual
    return int(ticks)


def _integers(body: bytes, skip: int) -> Ticks:
    """Read a counted table of 32 bit numbers; `skip` bytes come before the count."""
    (count,) = struct.unpack_from(">I", body, skip)
    return np.frombuffer(body, ">u4", count, skip + 4).astype(np.int64)


def _runs(body: bytes, kind: str, count: int) -> Ticks:
    """Unfold a table of (how many, value)."""
    (entries,) = struct.unpack_from(">I", body, 4)
    pairs = np.frombuffer(body, ">u4", 2 * entries, 8)
    values = np.frombuffer(body, kind, 2 * entries, 8)[1::2].astype(np.int64)
    if int(pairs[::2].sum()) != count:
        raise _Unusual
    return np.repeat(values, pairs[::2].astype(np.int64))


def _sizes(table: dict[bytes, bytes]) -> Ticks:
    body = table.get(b"stsz")
    if body is None or b"stsd" not in table or struct.unpack_from(">I", table[b"stsd"], 4)[0] != 1:
        raise _Unusual
    same, count = struct.unpack_from(">II", body, 4)
    if not count or (count > len(body) and not same):
        raise _Unusual
    return np.full(count, same, np.int64) if same else _integers(body, 8)


def _check_inside(path: Path, table: dict[bytes, bytes], sizes: Ticks) -> None:
    """Refuse a file that ends before its last sample does."""
    chunks = _chunk_starts(table)
    first, each = np.frombuffer(table[b"stsc"], ">u4", offset=8).reshape(-1, 3)[:, :2].T
    lengths = np.diff(np.append(first.astype(np.int64), len(chunks) + 1))
    per_chunk = np.repeat(each.astype(np.int64), lengths)
    if int(per_chunk.sum()) != len(sizes):
        raise _Unusual
    ends = np.concatenate([[0], np.cumsum(sizes)])[np.cumsum(per_chunk)]
    bytes_in_chunk = np.diff(ends, prepend=0)
    if int((chunks + bytes_in_chunk).max()) > path.stat().st_size:
        raise damaged(path, "its index names frames beyond its end")


def _chunk_starts(table: dict[bytes, bytes]) -> Ticks:
    if b"stco" in table:
        return _integers(table[b"stco"], 4)
    body = table.get(b"co64")
    if body is None:
        raise _Unusual
    (count,) = struct.unpack_from(">I", body, 4)
    return np.frombuffer(body, ">u8", count, 8).astype(np.int64)


def _edit(track: bytes, end: int, timescale: int, moov: bytes) -> int:
    """Return where in the media the film begins; one edit at normal speed must show the rest."""
    parts = dict(_boxes(track))
    if b"edts" not in parts:
        return 0
    body = _inside(parts[b"edts"], b"elst")
    entry = struct.Struct(">QqI" if body[0] == 1 else ">IiI")
    if struct.unpack_from(">I", body, 4)[0] != 1:
        raise _Unusual
    length, begin, speed = entry.unpack_from(body, 8)
    shown = Fraction(length, _timescale(_inside(moov, b"mvhd")))
    ticks_a_frame = 1 / Fraction(timescale)
    if begin < 0 or speed != 1 << 16 or shown + Fraction(1, 500) < (end - begin) * ticks_a_frame:
        raise _Unusual
    return int(begin)

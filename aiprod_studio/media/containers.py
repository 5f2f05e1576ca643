"""Which media files may be read, told by their first bytes and never by their names.

`sniff` gives the one ffmpeg demuxer that a file is opened with. Playlists and segment formats
(HLS, DASH, concat, SDP) can name other files and addresses, so they are refused, as is text.
"""

from __future__ import annotations

import re
import stat
from pathlib import Path

from aiprod_studio.media.faults import invalid, missing, unreadable

INDEXED = ("mov", "matroska")
"""Demuxers whose packets carry exact times, keyframe marks and a seek index."""
VIDEO = ("mov", "matroska", "avi", "mpegts", "mpeg", "flv", "asf", "mxf", "ogg", "yuv4mpegpipe",
         "gif", "apng", "webp_anim")  # fmt: skip
AUDIO = ("wav", "w64", "mp3", "aac", "flac", "aiff", "caf", "mov", "matroska", "avi", "mpegts",
         "mpeg", "flv", "asf", "mxf", "ogg")  # fmt: skip

_ASF = bytes.fromhex("3026b2758e66cf11")
_MXF = bytes.fromhex("060e2b34")
_STARTS = (
    (b"\x1aE\xdf\xa3", "matroska"), (b"OggS", "ogg"), (b"fLaC", "flac"), (b"GIF87a", "gif"),
    (b"GIF89a", "gif"), (b"\x89PNG\r\n\x1a\n", "apng"), (b"ID3", "mp3"), (b"FLV\x01", "flv"),
    (b"caff", "caf"), (b"YUV4MPEG2", "yuv4mpegpipe"), (b"RF64", "wav"), (b"riff\x2e\x91", "w64"),
    (b"\x00\x00\x01\xba", "mpeg"), (_ASF, "asf"), (_MXF, "mxf"),
)  # fmt: skip
_RIFF = {b"WAVE": "wav", b"AVI ": "avi", b"WEBP": "webp_anim"}
_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
_ADDRESS = re.compile(r"^[A-Za-z][A-Za-z0-9+.\-]+:")
_REMEDY = "Use an mp4, mov, mkv, webm, avi, gif, wav, mp3 or flac file."


def media_file(path: Path | str) -> Path:
    """Check that this is a regular file of the disk; an address or a device is refused."""
    shown = str(path)
    if any(ord(sign) < 32 for sign in shown):
        raise invalid(repr(shown), "the name holds control characters", "Rename the file.")
    path = Path(path)
    try:
        mode = path.stat().st_mode
    except FileNotFoundError as error:
        if _ADDRESS.match(shown) and not re.match(r"^[A-Za-z]:[\\/]", shown):
            why = "is an address, only files on this machine are read"
            raise invalid(shown, why, "Download it and choose the file.") from None
        raise unreadable(path, error) from None
    except OSError as error:
        raise unreadable(path, error) from None
    if not stat.S_ISREG(mode):
        what = "is a folder" if stat.S_ISDIR(mode) else "is not a regular file"
        raise missing(path, f"{what}, a media file is expected", "Choose a file.")
    return path


def sniff(path: Path, allowed: tuple[str, ...], kind: str) -> str:
    """Return the demuxer for a file; `kind` (video, sound) words the refusal."""
    head = _head(path)
    if not head:
        raise invalid(path, f"is empty, a {kind} file is expected", "Copy or export it again.")
    demuxer = _demuxer(head)
    if demuxer in allowed:
        return demuxer
    raise invalid(path, f"is not a {kind} file; it looks like {_looks_like(head)}", _REMEDY)


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(2048)
    except OSError as error:
        raise unreadable(path, error) from None


def _demuxer(head: bytes) -> str:
    for start, name in _STARTS:
        if head.startswith(start):
            return name
    if head[:4] in (b"RIFF", b"RIFX"):
        return _RIFF.get(head[8:12], "")
    if head[:4] == b"FORM" and head[8:11] == b"AIF":
        return "aiff"
    if head[4:8] in _BOXES:
        return "mov"
    return _unframed(head)


def _unframed(head: bytes) -> str:
    """Recognise streams without a header: MPEG-TS, ADTS AAC and MP3 frames."""
    for packet, offset in ((188, 0), (192, 4)):
        marks = head[offset::packet][:5]
        if len(marks) >= 3 and set(marks) == {0x47}:
            return "mpegts"
    if len(head) > 2 and head[0] == 0xFF:
        if head[1] & 0xF6 == 0xF0:
            return "aac"
        if head[1] & 0xE0 == 0xE0 and head[1] & 0x06:
            return "mp3"
    return ""


def _looks_like(head: bytes) -> str:
    if head.lstrip().startswith((b"#EXTM3U", b"<MPD", b"ffconcat", b"v=0")):
        return "a playlist, which may point to other files"
    demuxer = _demuxer(head)
    if demuxer:
        return f"{demuxer} data"
    text = head.rstrip(b"\x00")
    if text and all(byte >= 32 or byte in (9, 10, 13) for byte in text):
        return "text"
    return "unknown data"

"""What `ffmpeg -i` prints about a file, as data: codec, size, shape of pixels, colour, turn.

Used by `probe` and the readers. The words are parsed strictly by token, since titles and other
metadata of a file could imitate anything. Nothing is decoded here and counts are not believed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

from aiprod_studio.media.containers import AUDIO, VIDEO, media_file, sniff
from aiprod_studio.media.faults import damaged, invalid, reason
from aiprod_studio.media.identity import Stamp, stamp
from aiprod_studio.media.process import LOCAL_ONLY, listing, url

MAX_FRAME_PIXELS = 1 << 26
"""Largest frame that is opened (67 megapixels, twice 8K): a guard against size bombs."""

_STREAM = re.compile(r"^  Stream #0:\d+(?:\[\w+\])?(?:\([^)]*\))?: (Video|Audio): (.*)$")
_SIZE = re.compile(r"(\d{1,6})x(\d{1,6})(?: \[(SAR .*)\])?")
_ASPECT = re.compile(r"SAR (\d+):(\d+)\b.*")
_PIXELS = re.compile(r"([a-z]\w*)(?:\((.*)\))?")
_PER_SECOND = re.compile(r"([\d.]+)(k?) (fps|tbr)")
_TURN = re.compile(r"(?i)^ +display ?matrix: rotation of (-?[\d.]+) degrees")
_SHADES = re.compile(r"/|^bt|^smpte|^fcc|^gbr")
_RANGES = {"tv": False, "pc": True}


@dataclass(frozen=True)
class Header:
    """The first video stream of a file, and whether there is sound beside it.

    `rotation` is how far the picture is turned clockwise for display, 0, 90, 180 or 270 degrees;
    `sample_aspect` is the shape of a pixel; `fps` and `tbr` are hints rounded to two digits.
    """

    demuxer: str
    codec: str
    pix_fmt: str
    coded_width: int
    coded_height: int
    sample_aspect: Fraction = Fraction(1)
    rotation: int = 0
    matrix: str = "unknown"
    primaries: str = "unknown"
    transfer: str = "unknown"
    full_range: bool | None = None
    fps: Fraction | None = None
    tbr: Fraction | None = None
    has_audio: bool = False

    @property
    def width(self) -> int:
        """Width as shown: pixels made square, turned upright."""
        return self._shown[self.rotation in (90, 270)]

    @property
    def height(self) -> int:
        """Height as shown."""
        return self._shown[self.rotation not in (90, 270)]

    @property
    def _shown(self) -> tuple[int, int]:
        return max(1, round(self.coded_width * self.sample_aspect)), self.coded_height


def input_arguments(path: Path, demuxer: str) -> list[str]:
    """Open one file with one demuxer and the file protocol; nothing else may be opened."""
    return [*LOCAL_ONLY, "-format_whitelist", demuxer, "-f", demuxer, "-i", url(path)]


def read_header(path: Path) -> Header:
    """Describe the video stream of a file; remembered until the file changes.

    Raises:
        Refusal: the file is missing, is not a video, is damaged or its frames are far too large.
    """
    path = media_file(path)
    return _read_header(path, stamp(path))


def has_streams(path: Path) -> tuple[bool, bool]:
    """Tell whether a media file holds (video, sound)."""
    path = media_file(path)
    lines = _printed(path, sniff(path, tuple({*VIDEO, *AUDIO}), "media"))
    kinds = [found[1] for line in lines if (found := _video_or_audio(line))]
    return "Video" in kinds, "Audio" in kinds


@lru_cache(maxsize=256)
def _read_header(path: Path, mark: Stamp) -> Header:
    demuxer = sniff(path, VIDEO, "video")
    lines = _printed(path, demuxer)
    videos = [n for n, line in enumerate(lines) if _kind(line) == "Video"]
    has_audio = any(_kind(line) == "Audio" for line in lines)
    if not videos:
        what = "holds sound but no pictures" if has_audio else "holds no video"
        raise invalid(path, f"{what}, a video is expected", "Choose another file.")
    header = _parsed(path, demuxer, lines[videos[0] :], has_audio)
    if header.coded_width * header.coded_height > MAX_FRAME_PIXELS:
        size = f"{header.coded_width} x {header.coded_height}"
        raise invalid(path, f"has frames of {size}, too large to open", "Scale it down first.")
    return header


def _printed(path: Path, demuxer: str) -> list[str]:
    _, lines, _ = listing(input_arguments(path, demuxer), path, listen=_worth)
    streams = [line for line in lines if _STREAM.match(line) or _TURN.match(line)]
    if not any(line.startswith("Input #0") for line in lines):
        told = [line for line in lines if not line.startswith("  ")]
        raise damaged(path, reason(1, told))
    return streams


def _worth(line: str) -> bool:
    """Keep streams, turns and errors; drop metadata, which may be megabytes."""
    return not line.startswith("  ") or bool(_STREAM.match(line) or _TURN.match(line))


def _video_or_audio(line: str) -> re.Match[str] | None:
    found = _STREAM.match(line)
    return None if found is None or "(attached pic)" in line else found


def _kind(line: str) -> str:
    found = _video_or_audio(line)
    return found[1] if found else ""


def _parsed(path: Path, demuxer: str, lines: list[str], has_audio: bool) -> Header:
    found = _STREAM.match(lines[0])
    assert found is not None
    tokens = _split(found[2])
    sizes = [size for token in tokens if (size := _SIZE.fullmatch(token))]
    if not sizes or not int(sizes[0][1]) or not int(sizes[0][2]):
        raise damaged(path, "its video stream has no frame size")
    per_second = {m[3]: _rate(m) for t in tokens if (m := _PER_SECOND.fullmatch(t))}
    matrix, primaries, transfer, full = _colour(tokens)
    return Header(
        demuxer=demuxer,
        codec=tokens[0].split(" ")[0],
        pix_fmt=_pixel_format(tokens),
        coded_width=int(sizes[0][1]),
        coded_height=int(sizes[0][2]),
        sample_aspect=_sample_aspect([sizes[0][3] or "", *tokens]),
        rotation=_rotation(lines[1:]),
        matrix=matrix,
        primaries=primaries,
        transfer=transfer,
        full_range=full,
        fps=per_second.get("fps"),
        tbr=per_second.get("tbr"),
        has_audio=has_audio,
    )


def _split(text: str) -> list[str]:
    """Split at the commas that are not inside brackets."""
    return [part.strip() for part in re.split(r", (?![^(\[]*[)\]])", text)]


def _rate(found: re.Match[str]) -> Fraction | None:
    value = Fraction(found[1].rstrip(".")) * (1000 if found[2] else 1)
    return value or None


def _pixel_format(tokens: list[str]) -> str:
    found = _PIXELS.fullmatch(tokens[1]) if len(tokens) > 1 else None
    return found[1] if found else "unknown"


def _colour(tokens: list[str]) -> tuple[str, str, str, bool | None]:
    found = _PIXELS.fullmatch(tokens[1]) if len(tokens) > 1 else None
    words = [word.strip() for word in (found[2] or "").split(",")] if found else []
    full = next((_RANGES[word] for word in words if word in _RANGES), None)
    shades = next((word for word in words if _SHADES.search(word)), "")
    parts = shades.split("/") if shades else ["unknown"]
    matrix, primaries, transfer = parts if len(parts) == 3 else parts[:1] * 3
    return matrix, primaries, transfer, full


def _sample_aspect(tokens: list[str]) -> Fraction:
    for token in tokens:
        found = _ASPECT.fullmatch(token)
        if found and int(found[1]) and int(found[2]):
            aspect = Fraction(int(found[1]), int(found[2]))
            return aspect if Fraction(1, 8) < aspect < 8 else Fraction(1)
    return Fraction(1)


def _rotation(lines: list[str]) -> int:
    """Return the turn of this stream; the lines of the next stream end the search."""
    for line in lines:
        if _STREAM.match(line):
            break
        if found := _TURN.match(line):
            return -round(float(found[1]) / 90) * 90 % 360
    return 0

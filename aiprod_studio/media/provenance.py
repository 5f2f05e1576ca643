"""The recipe in a file: the workflow that made a picture or a film, embedded and found again.

Films carry it as a metadata tag, PNG as a text chunk, JPEG and GIF as comments. `extract` reads
any of them; it parses bytes and never runs or fetches anything. Recipes may be several megabytes.
"""

from __future__ import annotations

import json
import re
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from aiprod_studio.media.containers import VIDEO, media_file, sniff
from aiprod_studio.media.faults import damaged, invalid, unreadable
from aiprod_studio.media.header import input_arguments
from aiprod_studio.media.process import listing

RECIPE_KEY = "aiprod-workflow"
MAX_RECIPE_BYTES = 64 << 20
_MARK = b"aiprod-workflow\x00"
_PNG = b"\x89PNG\r\n\x1a\n"
_WITHOUT_TEXT = (b"II*\0", b"MM\0*", b"BM", b"P6", b"P5")
_SEGMENT = 65533 - len(_MARK)
_ESCAPES = {ord(sign): f"\\{sign}" for sign in "=;#\\\n"}
_TAG = re.compile(r"^((?:\\.|[^=\\\n])+)=((?:\\[\s\S]|[^\\\n]+)*)$", re.M)
_SURROGATE = re.compile("[\ud800-\udfff]")


def storable(recipe: str) -> str:
    """Return the recipe as text that every format can keep.

    A lone surrogate has no UTF-8 form; JSON has an escape for it that means the same.

    Raises:
        Refusal: it holds NUL characters (JSON never does) or is larger than 64 MB.
    """
    text = _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", recipe)
    if "\x00" in text or len(text.encode()) > MAX_RECIPE_BYTES:
        raise invalid("the recipe", "is not JSON text of at most 64 MB", "Save without it.")
    return text


def metadata_text(recipe: str) -> bytes:
    """Return an ffmpeg metadata file that holds the recipe as one tag."""
    # Carriage returns would be taken for ends of lines; in JSON they are only white space.
    text = _one_line(storable(recipe))
    return f";FFMETADATA1\n{RECIPE_KEY}={text.translate(_ESCAPES)}\n".encode()


def extract(path: Path | str) -> str | None:
    """Return the recipe embedded in a picture or film, or None when there is none.

    Raises:
        Refusal: the file is missing or is no media file.
    """
    found = texts_of(path)
    return found.get(RECIPE_KEY)


def texts_of(path: Path | str) -> dict[str, str]:
    """Return all texts embedded in a file by lower-case name; other programs put theirs here too.

    Raises:
        Refusal: the file is missing, is no media file or is damaged.
    """
    path = media_file(path)
    try:
        with path.open("rb") as file:
            head = file.read(12)
            file.seek(0)
            if head.startswith(_PNG):
                return dict(_png_texts(file))
            if head.startswith(b"\xff\xd8\xff"):
                return _joined(_jpeg_comments(file))
            if head.startswith(b"GIF8"):
                return _joined(_gif_comments(file))
            if head.startswith(_WITHOUT_TEXT) or head[8:12] == b"WEBP":
                return {}
    except OSError as error:
        raise unreadable(path, error) from None
    except (struct.error, IndexError, ValueError, zlib.error):
        raise damaged(path, "its texts cannot be read") from None
    return _film_texts(path)


def jpeg_with_recipe(data: bytes, recipe: str) -> bytes:
    """Return a JPEG with the recipe in comment segments behind its first marker."""
    if not recipe:
        return data
    payload = storable(recipe).encode()
    segments = b"".join(
        b"\xff\xfe" + struct.pack(">H", len(part) + 2) + part
        for part in (_MARK + payload[at : at + _SEGMENT] for at in range(0, len(payload), _SEGMENT))
    )
    return data[:2] + segments + data[2:]


def add_gif_recipe(path: Path, recipe: str) -> None:
    """Append the recipe to a finished GIF as a comment extension before its end mark."""
    payload = _MARK + storable(recipe).encode()
    blocks = (payload[at : at + 255] for at in range(0, len(payload), 255))
    comment = b"".join(bytes([len(block)]) + block for block in blocks)
    with path.open("r+b") as file:
        file.seek(-1, 2)
        if file.read(1) != b";":
            raise damaged(path, "the GIF has no end mark")
        file.seek(-1, 2)
        file.write(b"!\xfe" + comment + b"\x00;")


def _one_line(text: str) -> str:
    """Replace the white space of JSON that metadata files cannot keep, only where it means none."""
    if "\r" not in text:
        return text
    try:
        return json.dumps(json.loads(text), ensure_ascii=False)
    except ValueError:
        return text.replace("\r", " ")


def _joined(comments: Iterator[bytes]) -> dict[str, str]:
    """Put our comments together; the others are called `comment`."""
    texts: dict[str, bytes] = {}
    for comment in comments:
        ours = comment.startswith(_MARK)
        name, part = (RECIPE_KEY, comment[len(_MARK) :]) if ours else ("comment", comment)
        texts[name] = texts.get(name, b"") + part
    return {name: data.decode("utf-8", "replace") for name, data in texts.items()}


def _png_texts(file: BinaryIO) -> Iterator[tuple[str, str]]:
    file.seek(len(_PNG))
    while len(head := file.read(8)) == 8:
        length, kind = struct.unpack(">I4s", head)
        if kind not in (b"tEXt", b"zTXt", b"iTXt") or length > MAX_RECIPE_BYTES:
            file.seek(length + 4, 1)
            continue
        name, _, rest = file.read(length).partition(b"\x00")
        file.seek(4, 1)
        yield name.decode("latin-1").lower(), _png_text(kind, rest)


def _png_text(kind: bytes, rest: bytes) -> str:
    if kind == b"tEXt":
        return rest.decode("latin-1")
    if kind == b"zTXt":
        return _inflated(rest[1:]).decode("latin-1")
    compressed, (_, _, text) = rest[0], rest[2:].split(b"\x00", 2) if rest[2:3] else (b"", b"", b"")
    return (_inflated(text) if compressed else text).decode("utf-8", "replace")


def _inflated(data: bytes) -> bytes:
    return zlib.decompressobj().decompress(data, MAX_RECIPE_BYTES)


def _jpeg_comments(file: BinaryIO) -> Iterator[bytes]:
    file.seek(2)
    while len(head := file.read(4)) == 4:
        mark, kind, length = struct.unpack(">BBH", head)
        if mark != 0xFF or kind == 0xDA or length < 2:
            return
        if kind == 0xFE:
            yield file.read(length - 2)
        else:
            file.seek(length - 2, 1)


def _gif_comments(file: BinaryIO) -> Iterator[bytes]:
    head = file.read(13)
    if head[10] & 0x80:
        file.seek(3 << ((head[10] & 7) + 1), 1)
    while (mark := file.read(1)) in (b"!", b","):
        if mark == b",":
            flags = file.read(9)[8]
            file.seek((3 << ((flags & 7) + 1) if flags & 0x80 else 0) + 1, 1)
            _gif_blocks(file, keep=False)
            continue
        kind = file.read(1)
        data = _gif_blocks(file, keep=kind == b"\xfe")
        if kind == b"\xfe":
            yield data


def _gif_blocks(file: BinaryIO, *, keep: bool) -> bytes:
    parts = []
    while size := file.read(1)[0]:
        if keep:
            parts.append(file.read(size))
        else:
            file.seek(size, 1)
    return b"".join(parts)


def _film_texts(path: Path) -> dict[str, str]:
    """Ask ffmpeg for the tags of a film; the names come in the case of the container."""
    demuxer = sniff(path, VIDEO, "picture or video")
    lines, complaints, code = listing(
        [*input_arguments(path, demuxer), "-f", "ffmetadata", "pipe:1"], path
    )
    if code:
        raise damaged(path, complaints[0] if complaints else "its tags cannot be read")
    texts: dict[str, str] = {}
    for tag in _TAG.finditer("\n".join(lines)):
        # Tags of the file come first, then those of its streams.
        texts.setdefault(_unescaped(tag[1]).lower(), _unescaped(tag[2]))
    return texts


def _unescaped(text: str) -> str:
    """Drop the backslashes that escape; NUL stands for an escaped one, tags cannot hold it."""
    return text.replace("\\\\", "\0").replace("\\", "").replace("\0", "\\")

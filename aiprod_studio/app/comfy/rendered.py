"""The workflow that ComfyUI puts into the files it renders: PNG, WebP, MP4 and their like.

`session.drops` asks. Texts that `media` reads are handed in; of a WebP file, which keeps them in
its EXIF part, the parts are walked here. Nothing raises for a damaged file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from aiprod_studio.app.comfy.reading import Converted, is_comfy, parsed, read_comfy
from aiprod_studio.graph.records import Json
from aiprod_studio.graph.specs import Specs
from aiprod_studio.sdk import Invalid, Refusal

NAMES = ("workflow", "prompt")
"""Under which ComfyUI keeps the forms of its canvas and of its server; the first is preferred."""

FILMS = ("LTXV", "Wan", "EmptyHunyuanLatentVideo", "CreateVideo", "VHS_VideoCombine")
"""How the classes of nodes begin that only workflows for films have."""

LARGEST = 64 * 1024 * 1024


def inside(path: Path, texts: Mapping[str, str]) -> str:
    """Return the workflow of ComfyUI in a rendered file, or nothing.

    Args:
        path: the file.
        texts: its texts by name, as `media.provenance` reads them.
    """
    found = {**dict(_in_comment(texts.get("comment", ""))), **dict(_in_webp(path)), **texts}
    for name in NAMES:
        text = found.get(name, "")
        try:
            if text and is_comfy(parsed(text, name)):
                return text
        except Refusal:
            continue
    return ""


def open_comfy(path: Path, specs: Specs) -> Converted:
    """Return the workflow of ComfyUI in a file, its own or one that it rendered, as a document.

    Raises:
        Refusal: the file cannot be read, or holds no such workflow.
    """
    from aiprod_studio.media.provenance import texts_of

    if path.suffix.lower() == ".json":
        return read_comfy(path, specs)
    text = inside(path, texts_of(path))
    if not text:
        why = "it holds no workflow of ComfyUI"
        remedy = "Give a .json that ComfyUI saved, or a film or picture that it rendered."
        raise Refusal(Invalid(f"file {path.name}", why, remedy))
    return read_comfy(text, specs)


def makes_film(text: str) -> bool:
    """Say whether a workflow of ComfyUI makes a film; most of them make pictures."""
    return any(f'"{start}' in text for start in FILMS)


def _in_comment(comment: str) -> Iterator[tuple[str, str]]:
    """Yield the texts that VideoHelperSuite puts into a film's comment, as one JSON object."""
    if not comment.startswith("{"):
        return
    try:
        raw: Json = parsed(comment, "comment")
    except Refusal:
        return
    for name in NAMES:
        value = raw.get(name) if isinstance(raw, dict) else None
        if value:
            yield name, value if isinstance(value, str) else json.dumps(value)


def _in_webp(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the texts in a WebP file's EXIF part, which ComfyUI writes as `workflow:{...}`."""
    if path.suffix.lower() != ".webp":
        return
    for piece in _exif(path).split(b"\0"):
        for name in NAMES:
            mark = f"{name}:".encode()
            if piece.startswith(mark):
                yield name, piece[len(mark) :].decode("utf-8", "replace")


def _exif(path: Path) -> bytes:
    """Return the EXIF part of a WebP file; what lies before it is skipped, not read."""
    try:
        with path.open("rb") as file:
            if file.read(4) != b"RIFF" or file.read(8)[4:] != b"WEBP":
                return b""
            while len(head := file.read(8)) == 8:
                size = int.from_bytes(head[4:], "little")
                if head[:4] == b"EXIF":
                    return file.read(min(size, LARGEST))
                file.seek(size + size % 2, 1)
    except (OSError, ValueError):
        pass
    return b""

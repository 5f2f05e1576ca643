"""Tell what kind of file this is from its first bytes, and refuse what is no model file by name.

Used by `files.open_model` alone; it reads nothing itself.
"""

from __future__ import annotations

import struct
from pathlib import Path

from aiprod_studio.models.files import refused
from aiprod_studio.sdk import Refusal

LFS = b"version https://git-lfs.github.com/spec/"

WHY_NOT: dict[str, tuple[str, str]] = {
    "empty": ("it is empty (0 bytes)", "Download it again."),
    "pickle": (
        "it is a Python pickle (.ckpt, .pt, .pth or .bin), which can run code when it is opened",
        "Use the .safetensors or .gguf version of this model.",
    ),
    "zip": (
        "it is a zip archive, most likely a PyTorch pickle, which can run code when it is opened",
        "Use the .safetensors or .gguf version of this model.",
    ),
    "archive": ("it is a compressed archive", "Unpack it and choose the model file inside."),
    "lfs": (
        "it is a Git LFS pointer, a note of a few lines that stands for the real file",
        "Run `git lfs pull` in its folder, or download the file itself.",
    ),
    "html": (
        "it is a web page, not a model: the download was answered with a page",
        "Log in or accept the model's terms on its page, then download the file again.",
    ),
    "json": (
        "it is a JSON text, not weights",
        "Choose the .safetensors or .gguf file; a folder of parts is chosen as a folder.",
    ),
    "text": ("it is a text file, not a model", "Choose a .safetensors or .gguf file."),
    "truncated": (
        "it breaks off within its first bytes, so the download is not complete",
        "Download it again.",
    ),
    "unknown": (
        "its first bytes are those of no model format this program knows",
        "Choose a .safetensors or .gguf file.",
    ),
}


def kind_of(head: bytes, size: int) -> str:
    """Return the kind of file: safetensors, gguf, or a key of `WHY_NOT`.

    `head` holds the first bytes (up to 4,096) and `size` the length of the whole file.
    """
    if not head:
        return "empty"
    if head.startswith(b"GGUF"):
        return "gguf"
    if head.startswith(LFS):
        return "lfs"
    if _is_safetensors(head):
        return "safetensors"  # first: the length of its header may read as any other kind's mark
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if head.startswith((b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"\x28\xb5\x2f\xfd", b"BZh")):
        return "archive"
    if len(head) > 2 and head[0] == 0x80 and head[1] in range(2, 6):
        return "pickle"
    return _text_or_tensors(head, size)


def _is_safetensors(head: bytes) -> bool:
    """A length whose high bytes are zero, and then a JSON object; no pickle or archive is that."""
    return len(head) >= 10 and head[5:8] == b"\0\0\0" and head[8:9] == b"{" and head[9:10] in b'"}'


def _text_or_tensors(head: bytes, size: int) -> str:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<head", b"<body")):
        return "html"
    if len(head) >= 9 and head[8:9] == b"{" and _plausible(head, size):
        return "safetensors"
    if start.startswith((b"{", b"[")):
        return "json"
    if all(byte in b"\t\n\r\f" or byte >= 32 for byte in head[:512]) and len(head) > 1:
        return "text"
    if len(head) < 16 or len(set(head)) == 1:
        return "truncated"
    return "unknown"


def _plausible(head: bytes, size: int) -> bool:
    """A length that reads as printable text means JSON or text, not a header's length."""
    (length,) = struct.unpack("<Q", head[:8])
    return bool(length < 1 << 40) or (size < 1 << 20 and 0 in head[:8])


def refusal(path: Path, kind: str, size: int) -> Refusal:
    """Return the refusal that names a file for what it is."""
    why, remedy = WHY_NOT[kind]
    return refused(path, f"{why} ({size:,} bytes)" if kind == "lfs" else why, remedy)

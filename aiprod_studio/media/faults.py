"""Refusals about files, worded once: unreadable, unwritable, no space, damaged.

Every module of this room raises these; each is one sentence that names the file, what was found
and what to do. Nothing here touches the disk.
"""

from __future__ import annotations

import errno
import signal
from pathlib import Path

from aiprod_studio.sdk import Failed, Invalid, Missing, Refusal

NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_NO_SPACE_WORDS = ("No space left", "Disk quota exceeded", "File too large")
_CUT_SHORT = ("partial file", "runcat", "moov atom not found", "File ended prematurely")
_NOISE = (
    "Conversion failed", "Last message repeated", "Task finished", "Terminating thread",
    "Error closing file", "Nothing was written", "Error muxing", "Error submitting",
    "Error while opening encoder",
)  # fmt: skip


def invalid(path: Path | str, why: str, remedy: str = "") -> Refusal:
    """Say that the content of a file, or what is asked of it, is wrong."""
    return Refusal(Invalid(str(path), why, remedy))


def missing(path: Path | str, why: str, remedy: str = "") -> Refusal:
    """Say that a file is not there or cannot be read."""
    return Refusal(Missing(str(path), why, remedy))


def unreadable(path: Path, error: OSError) -> Refusal:
    """Say why the operating system did not let us read a file."""
    if isinstance(error, FileNotFoundError):
        return missing(path, "there is no such file", "Choose the file again.")
    if isinstance(error, PermissionError):
        return missing(path, "this user may not read the file", "Change its permissions.")
    if isinstance(error, IsADirectoryError):
        return missing(path, "is a folder, a file is expected", "Choose a file.")
    return missing(path, f"cannot be read ({error.strerror or error})", "Check the disk.")


def no_space(path: Path) -> Refusal:
    """Say that a write stopped for lack of room."""
    why = "the disk is full, so the file was not written"
    remedy = "Free some space or choose another disk, then run again."
    return Refusal(Failed(str(path), why, remedy))


def unwritable(path: Path, error: OSError) -> Refusal:
    """Say why the operating system did not let us write a file."""
    if error.errno in NO_SPACE:
        return no_space(path)
    if isinstance(error, PermissionError):
        return invalid(path, "this user may not write here", "Choose another folder.")
    if isinstance(error, FileNotFoundError):
        return invalid(path, "its folder does not exist", "Make the folder or choose another.")
    return invalid(path, f"cannot be written ({error.strerror or error})", "Check the disk.")


def not_encoded(path: Path, code: int, lines: list[str]) -> Refusal:
    """Say why ffmpeg did not write a file."""
    text = "\n".join(lines)
    too_large = hasattr(signal, "SIGXFSZ") and code == -signal.SIGXFSZ
    if too_large or any(word in text for word in _NO_SPACE_WORDS):
        return no_space(path)
    return Refusal(Failed(str(path), f"could not be encoded ({reason(code, lines)})"))


def damaged(path: Path, what: str) -> Refusal:
    """Say that a media file is cut short or broken."""
    return invalid(path, f"is damaged or incomplete ({what})", "Copy or export it again.")


def refuse_if_cut_short(path: Path, lines: list[str]) -> None:
    """Refuse a file of which ffmpeg says that its end is missing; it would go on without."""
    cut = [line for line in lines if any(word in line for word in _CUT_SHORT)]
    if cut:
        raise damaged(path, reason(1, cut))


def reason(code: int, lines: list[str]) -> str:
    """Pick the line of ffmpeg's complaints that says most, without its address prefix."""
    told = [line for line in lines if line and not any(noise in line for noise in _NOISE)]
    if not told:
        return f"ffmpeg ended with code {code}"
    line = told[0].strip().rstrip(".")
    while line.startswith("[") and "]" in line:
        line = line.partition("]")[2].strip()
    return line[:200]

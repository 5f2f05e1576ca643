"""Writing a file or a folder so that it appears whole or not at all.

Used by every writer of this room. The work goes to a hidden neighbour, which is flushed to the
disk and takes its name at the end; on any error or cancel the neighbour is removed.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aiprod_studio.media.faults import invalid, unwritable


@contextmanager
def placing(path: Path) -> Iterator[Path]:
    """Give a hidden neighbour of `path` to write to; it replaces `path` when all went well."""
    if path.is_dir():
        raise invalid(path, "is a folder, a file is to be written", "Choose another name.")
    part = _neighbour(path)
    try:
        yield part
        _flush(part)
        part.replace(path)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def placing_folder(path: Path) -> Iterator[Path]:
    """Give a hidden new folder beside `path`; it takes that name, which must be free or empty."""
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise invalid(path, "is already there and not an empty folder", "Choose another name.")
    part = _neighbour(path)
    try:
        part.mkdir()
        yield part
        if path.exists():
            path.rmdir()
        part.replace(path)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _neighbour(path: Path) -> Path:
    if any(ord(sign) < 32 for sign in str(path)):
        raise invalid(repr(str(path)), "the name holds control characters", "Choose another name.")
    if not path.parent.is_dir():
        raise invalid(path, "its folder does not exist", "Make the folder or choose another.")
    return path.with_name(f".{secrets.token_hex(8)}.part")


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

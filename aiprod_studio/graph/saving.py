"""Putting a document on the disk so that nothing is ever lost.

A save is whole or not at all: a temporary file beside the target, flushed to the disk, then
renamed. What it replaces is kept in `NAME.assets/versions`. Autosave never touches the artist's
file. Used by the window and the headless run.
"""

from __future__ import annotations

import contextlib
import glob
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from aiprod_studio.graph.document import Document, dumps
from aiprod_studio.graph.errors import Unreadable
from aiprod_studio.graph.reading import Loaded, load
from aiprod_studio.graph.specs import Specs
from aiprod_studio.sdk import Refusal

MOST_VERSIONS = 20
ENDING = ".json"
ABANDONED = 3600.0
"""Seconds after which a temporary file belongs to nobody."""


class CannotSave(Unreadable):
    """The file system refused; what was there before is unharmed."""


def save(document: Document, path: str | Path) -> None:
    """Write the document to its file and keep what was there as a version.

    Raises:
        Refusal: it cannot be written (full disk, no permission); the old file is as it was.
    """
    path = Path(path)
    data = dumps(document).encode()
    with _told(path):
        target = path.resolve()
        _sweep(target)
        temporary = _written(target, data)
        try:
            _keep_version(target, data)
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _flush_folder(target.parent)
    with contextlib.suppress(OSError):
        _autosave_file(path).unlink(missing_ok=True)
    document.mark_saved()


def autosave(document: Document, path: str | Path) -> Path:
    """Write the document beside its file, as `NAME.assets/autosave.json`; return where.

    Raises:
        Refusal: it cannot be written; an older autosave is as it was.
    """
    with _told(Path(path)):
        target = _autosave_file(Path(path))
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = _written(target, dumps(document).encode())
        temporary.replace(target)
        _flush_folder(target.parent)
    return target


def recover(path: str | Path, specs: Specs | None = None) -> Loaded | None:
    """Return what autosave kept, if it differs from the file (or the file is gone), else None.

    Saving the document, or `discard_autosave`, ends the offer.
    """
    try:
        kept = _autosave_file(Path(path))
        data = kept.read_bytes()
    except (OSError, ValueError, RuntimeError):
        return None
    with contextlib.suppress(OSError):
        if Path(path).read_bytes() == data:
            return None
    return load(kept, specs)


def discard_autosave(path: str | Path) -> None:
    """Remove what autosave kept, because the artist does not want it."""
    with _told(Path(path)):
        _autosave_file(Path(path)).unlink(missing_ok=True)


def versions(path: str | Path) -> list[Path]:
    """Return the kept versions of a file, oldest first."""
    return sorted(_versions_folder(Path(path).resolve()).glob(f"*{ENDING}"))


def assets_folder(path: str | Path) -> Path:
    """Return the folder beside a workflow that holds what belongs to it."""
    path = Path(path)
    return path.with_name(f"{path.stem}.assets")


def _versions_folder(path: Path) -> Path:
    return assets_folder(path) / "versions"


def _autosave_file(path: Path) -> Path:
    return assets_folder(path.resolve()) / f"autosave{ENDING}"


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn errors of the file system into a sentence."""
    try:
        yield
    except (OSError, ValueError, RuntimeError) as error:
        why = f"it cannot be written: {getattr(error, 'strerror', None) or error}"
        remedy = "What was there is unharmed. Free some space, or save somewhere else."
        raise Refusal(CannotSave(str(path), why, remedy)) from error


def _written(target: Path, data: bytes) -> Path:
    """Return a new file beside the target that holds the data and has reached the disk."""
    temporary = target.with_name(f".{target.name[:100]}.{secrets.token_hex(6)}.tmp")
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            with contextlib.suppress(OSError):
                shutil.copymode(target, temporary)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _sweep(target: Path) -> None:
    """Remove what a save left that was killed long ago; another save may be at work right now."""
    for left in target.parent.glob(f".{glob.escape(target.name[:100])}.*.tmp"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > ABANDONED:
                left.unlink()


def _keep_version(target: Path, new: bytes) -> None:
    """Keep what the target holds now, unless that is kept already or stays."""
    try:
        old = target.read_bytes()
    except FileNotFoundError:
        return
    kept = versions(target)
    if old == new or any(_holds(version, old) for version in kept):
        return
    folder = _versions_folder(target)
    folder.mkdir(parents=True, exist_ok=True)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    _written(folder / f"{stamp}{ENDING}", old).replace(folder / f"{stamp}{ENDING}")
    for version in kept[: max(0, len(kept) + 1 - MOST_VERSIONS)]:
        version.unlink(missing_ok=True)


def _holds(version: Path, data: bytes) -> bool:
    try:
        return version.stat().st_size == len(data) and version.read_bytes() == data
    except OSError:
        return False


def _flush_folder(folder: Path) -> None:
    """Make the rename itself reach the disk; systems that cannot open a folder need not."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

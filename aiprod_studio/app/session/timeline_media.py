"""Where the media of an imported timeline are: beside it, in its bundle, or where it says.

`board_files` asks for every file that a timeline names. What lies in a bundle is unpacked among
the document's assets. Files elsewhere on the disk are taken only when they are media by their
ending, because a timeline may come from anybody.
"""

from __future__ import annotations

import shutil
import zipfile
from contextlib import suppress
from pathlib import Path, PurePosixPath

from aiprod_studio.app.session.files import MEDIA, copied

SEEN = (".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi", ".mxf", ".mpg", ".mpeg", ".mts", ".m2ts",
        ".ts", ".wmv", ".ogv", ".gif", ".frames")  # fmt: skip
STILL = (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".bmp", ".avif", ".exr", ".dpx")
HEARD = (".wav", ".mp3", ".flac", ".ogg", ".m4a", ".aac", ".opus", ".aif", ".aiff", ".w64", ".ac3")
ENDINGS = frozenset((*SEEN, *STILL, *HEARD))
BUNDLED = "media"
"""The folder of a bundle that its media lie in."""


def media_at(
    name: str, timeline: Path, folder: Path, assets: Path, address: str = ""
) -> Path | None:
    """Return the file that a timeline means, or None when it is nowhere to be found.

    Args:
        name: the path as the timeline says it, of any system.
        timeline: the imported file.
        folder: what the document's paths are relative to.
        assets: the folder of what belongs to the document.
        address: where the file was when the timeline was written.
    """
    plain = PurePosixPath(name.replace("\\", "/")).name
    if not plain:
        return None
    unpacked = _unpacked(plain, timeline, assets)
    if unpacked is not None:
        return unpacked
    beside = (timeline.parent / plain, timeline.parent / BUNDLED / plain)
    for path in (folder / name, timeline.parent / name, folder / (address or name), *beside):
        with suppress(OSError, ValueError):
            if path.is_file() and _may_be_read(path, timeline.parent, folder):
                return path
    return None


def _may_be_read(path: Path, *folders: Path) -> bool:
    """Say whether a file is media, or lies where the artist works anyway."""
    real = path.resolve()
    return real.suffix.lower() in ENDINGS or any(real.is_relative_to(f.resolve()) for f in folders)


def _unpacked(plain: str, timeline: Path, assets: Path) -> Path | None:
    """Return a file of a bundle, unpacked; None where the timeline is none or does not hold it."""
    if timeline.suffix.lower() != ".otioz":
        return None
    try:
        with zipfile.ZipFile(timeline) as bundle:
            part = assets / f".unpacked-{plain}"
            assets.mkdir(parents=True, exist_ok=True)
            fresh = part / plain
            part.mkdir(exist_ok=True)
            try:
                with bundle.open(f"{BUNDLED}/{plain}") as source, fresh.open("wb") as target:
                    shutil.copyfileobj(source, target)
                return copied(fresh, assets / MEDIA)
            finally:
                shutil.rmtree(part, ignore_errors=True)
    except (OSError, KeyError, zipfile.BadZipFile, RuntimeError, NotImplementedError):
        return None

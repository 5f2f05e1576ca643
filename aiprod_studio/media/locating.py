"""Where the files of a document are, and that no path leads out of the folders it may read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from aiprod_studio.media.faults import invalid

Locate = Callable[[str], Path]
"""Returns the file that a path of the document names; raises a Refusal for those not allowed."""


def within(folder: Path) -> Locate:
    """Return what finds files inside a folder and refuses all others."""
    base = folder.resolve()

    def locate(name: str) -> Path:
        try:
            path = (base / name).resolve()
        except (OSError, ValueError, RuntimeError) as error:
            raise invalid(name[:80], f"is no path ({error})") from None
        if not path.is_relative_to(base):
            why = "lies outside the folder of the document"
            raise invalid(name, why, "Move it beside the document.")
        return path

    return locate

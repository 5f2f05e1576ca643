"""The files that were open lately, for the gallery and the menu.

A small JSON file in the user's data folder. Files that are gone are not shown, but come back when
their disk does.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

MOST = 24


@dataclass(frozen=True, slots=True)
class RecentFile:
    """A workflow's file, and when it was open last, in seconds since 1970."""

    path: Path
    at: float


class RecentFiles:
    """The list, the latest first."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def all(self) -> list[RecentFile]:
        """Return the files that are there."""
        return [item for item in self._read() if item.path.is_file()]

    def add(self, path: Path) -> None:
        """Put a file at the top."""
        path = path.resolve()
        rest = [item for item in self._read() if item.path != path]
        self._write([RecentFile(path, time.time()), *rest][:MOST])

    def remove(self, path: Path) -> None:
        """Take a file out of the list; the file itself stays."""
        self._write([item for item in self._read() if item.path != path.resolve()])

    def clear(self) -> None:
        """Forget all."""
        self._write([])

    def _read(self) -> list[RecentFile]:
        try:
            raw = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return []
        found = []
        for item in raw if isinstance(raw, list) else ():
            if isinstance(item, Mapping) and isinstance(item.get("path"), str):
                at = item.get("at")
                found.append(RecentFile(Path(item["path"]), at if isinstance(at, float) else 0.0))
        return found

    def _write(self, items: list[RecentFile]) -> None:
        text = json.dumps([{"path": str(item.path), "at": item.at} for item in items], indent=1)
        with contextlib.suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            new = self._file.with_suffix(".new")
            new.write_text(text, encoding="utf-8")
            new.replace(self._file)

"""How a workflow names a file that an artist chose. No Qt.

Workflows read only their own folder and those that the settings allow; a file from elsewhere is
copied beside the workflow first (`app.session.files.bring_in`).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def named_from(path: Path, folder: Path, allowed: Iterable[str] = ()) -> str | None:
    """Return how a workflow in `folder` names a file, None when it may not read it there."""
    path, base = path.resolve(), folder.resolve()
    if path.is_relative_to(base):
        return path.relative_to(base).as_posix()
    roots = (Path(root).expanduser().resolve() for root in allowed)
    return path.as_posix() if any(path.is_relative_to(root) for root in roots) else None

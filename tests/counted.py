"""Work counted in calls and in files opened, so that a test says the same on any machine.

For tests that something stays in proportion or is not done twice; seconds belong to `benchmarks/`.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from aiprod_studio.graph import Document


def calls(action: Callable[[], object]) -> int:
    """Return how many functions, Python's and C's, the action called in this thread."""
    count = 0

    def note(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        action()
    finally:
        sys.setprofile(before)
    return count


def undo_steps(document: Document) -> int:
    """Return how many steps of a document can be undone; it is left as it was."""
    count = 0
    while document.undo():
        count += 1
    for _ in range(count):
        document.redo()
    return count


_listeners: list[Counter[Path]] = []


def _heard(event: str, arguments: tuple[object, ...]) -> None:
    if _listeners and event == "open" and isinstance(arguments[0], str):
        _listeners[-1][Path(arguments[0])] += 1


def opened(action: Callable[[], object], folder: Path) -> Counter[Path]:
    """Return how often the action opened each file below a folder."""
    if not _listeners_installed:
        sys.addaudithook(_heard)
        _listeners_installed.append(True)
    _listeners.append(Counter())
    try:
        action()
    finally:
        heard = _listeners.pop()
    return Counter({path: times for path, times in heard.items() if folder in path.parents})


_listeners_installed: list[bool] = []
"""An audit hook stays for good, so it is put in once."""

"""Importing the room that reads media, from whichever thread needs it first.

Its modules import each other, and Python gives a thread half a module when two begin with different
ones at the same time. So everybody in the window comes in through here.
"""

from __future__ import annotations

import threading

_loading = threading.Lock()


def load_media() -> None:
    """Import the room that reads media; workers call it before they import any part of it."""
    with _loading:
        import aiprod_studio.media.composing
        import aiprod_studio.media.probe  # noqa: F401

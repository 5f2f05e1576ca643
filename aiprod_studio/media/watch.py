"""The cancel check that every blocking wait of this room consults.

A frame iterator has no argument for cancelling, yet its next frame may block for long. The public
functions that take `check` therefore put it here for as long as they run, and all waits on ffmpeg
call it at least ten times a second, in the thread of the caller. Never decides to cancel itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Check = Callable[[], None]
Progress = Callable[[int, int], None]
Say = Callable[[str], None]

POLL_SECONDS = 0.1


def silent(*_: object) -> None:
    """Stand in for a check, a progress or a remark that nobody asked for."""


_current: ContextVar[Check] = ContextVar("aiprod_media_check", default=silent)


@contextmanager
def watching(check: Check | None) -> Iterator[Check]:
    """Let all waits inside the block call `check` (None keeps the one already set).

    Use it in plain functions only: in a generator it would leak to the caller between frames.
    """
    token = _current.set(check or _current.get())
    try:
        yield _current.get()
    finally:
        _current.reset(token)


def check_now() -> None:
    """Raise what the current check raises, usually `Cancelled`."""
    _current.get()()

"""From what a node raised to sentences for the artist.

The runner uses it. A refusal keeps its words and gets the node's name; running out of memory or
disk is said as such; anything else is a mistake of the node, told with its place in the code.
"""

from __future__ import annotations

import errno
import traceback

from aiprod_studio.engine.resolve import named
from aiprod_studio.sdk import DoesNotFit, Failed, Missing, Problem, Refusal

FULL = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT}
NO_MEMORY = ("out of memory", "can't allocate memory", "not enough memory")


def is_out_of_memory(error: BaseException) -> bool:
    """Say whether memory of any kind ran out."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    text = str(error).lower() if isinstance(error, RuntimeError) else ""
    return any(words in text for words in NO_MEMORY)


def problems_of(node: str, error: BaseException) -> tuple[Problem, ...]:
    """Return what to tell about a failed node, each sentence naming it."""
    where = f"node {node!r}"
    if isinstance(error, Refusal):
        return tuple(named(node, error.problems))
    if is_out_of_memory(error):
        return (DoesNotFit(where, f"memory ran out ({_short(error)})", _SMALLER),)
    if isinstance(error, OSError) and error.errno in FULL:
        why = "the disk is full" + (f" ({error.filename})" if error.filename else "")
        return (Failed(where, why, "Free some space, then run again: it goes on from here."),)
    if isinstance(error, FileNotFoundError | PermissionError) and error.filename:
        reason = "is gone" if isinstance(error, FileNotFoundError) else "may not be read or written"
        return (Missing(where, f"{error.filename} {reason}", "Check the file and its folder."),)
    return (Failed(where, f"{_short(error)} in {_place(error)}", _REPORT),)


_SMALLER = "Choose a smaller size or fewer frames, or close other programs."
_REPORT = "This is a mistake in the node; the log has the details for its author."


def _short(error: BaseException) -> str:
    """Return type and first line of an error; torch's run to pages."""
    first = str(error).strip().partition("\n")[0]
    text = f"{type(error).__name__}: {first}" if first else type(error).__name__
    return text if len(text) <= 200 else text[:197] + "..."


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return "the node"
    last = frames[-1]
    return f"{last.filename.replace(chr(92), '/').rpartition('/')[2]}:{last.lineno}"

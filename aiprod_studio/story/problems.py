"""The reasons for which the story room says no, one class each, and the words they share.

Records, edits and importers build them; the window, the log and the terminal show them as they
are. Nothing here decides anything.
"""

from __future__ import annotations

from collections.abc import Iterable

from aiprod_studio.sdk import Invalid, Missing


class BadValue(Invalid):
    """A value is of the wrong kind or out of its range."""


class BadTime(BadValue):
    """A rate, a time or a range that cannot be."""


class NoSuchThing(Invalid):
    """A name that nothing has."""


class NameTaken(Invalid):
    """A name that something else has already."""


class IsLocked(Invalid):
    """A track, clip or shot that the artist locked would change."""


class WouldOverlap(Invalid):
    """Two clips would lie on the same frames of a track."""


class OutOfMedia(Invalid):
    """A clip would play frames that its source does not have."""


class TooShort(Invalid):
    """Something would be left without a single frame."""


class DoesNotMeet(Invalid):
    """Two clips are not neighbours, or a transition has no cut to lie on."""


class TransitionTooLong(Invalid):
    """A transition needs more frames than its clips have."""


class WrongKind(Invalid):
    """A clip on a track of another kind, or a source that cannot do what is asked."""


class Repaired(Invalid):
    """Something was put right on opening; nothing was thrown away."""


class Unreadable(Missing):
    """A file that cannot be read, or is not what its name says."""


class FromTheFuture(Invalid):
    """A file written by a newer program than this."""


class LooksOdd(Invalid):
    """Something the artist may want to look at; it loads and plays all the same."""


def listed(names: Iterable[str], most: int = 8) -> str:
    """Return names as words: `a, b and c`, cut off after `most`."""
    known = list(names)
    if len(known) > most:
        return f"{', '.join(known[:most])} and {len(known) - most} more"
    if len(known) < 2:
        return known[0] if known else "none"
    return f"{', '.join(known[:-1])} and {known[-1]}"


def counted(number: int | float, thing: str) -> str:
    """Return a number of things: `1 frame`, `6 frames`, `0.5 frames`."""
    return f"{number:g} {thing}{'' if number == 1 else 's'}"


def shown(value: object, most: int = 60) -> str:
    """Return a value as a sentence can hold it."""
    text = repr(value)
    return text if len(text) <= most else text[: most - 3] + "..."

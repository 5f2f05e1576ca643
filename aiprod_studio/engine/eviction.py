"""Which entries leave the store when it is over its size.

The rule: the entry with the highest `bytes x seconds since its last use / seconds to compute again`
goes first, so that large, old, cheap results make room for small, recent, dear ones. Text
embeddings go only after everything else; what a living process uses does not go at all. Pure
arithmetic; the store asks and does the deleting.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

LEAST_SECONDS = 0.01
"""No step counts as cheaper than this: each has the cost of running it at all."""

FILL = 0.9
"""Once over its cap, the store is brought down to this share of it."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry: `size` bytes that it alone takes, `age` and `seconds` to compute it again."""

    key: str
    size: int
    age: float
    seconds: float
    precious: bool = False

    @property
    def score(self) -> float:
        """How much is won by letting it go."""
        return self.size * max(self.age, 1.0) / max(self.seconds, LEAST_SECONDS)


def leaving(candidates: Iterable[Candidate], excess: int) -> list[str]:
    """Return keys of entries to delete so that at least `excess` bytes are freed, if possible."""
    going, freed = [], 0
    for entry in sorted(candidates, key=lambda entry: (entry.precious, -entry.score)):
        if freed >= excess:
            break
        going.append(entry.key)
        freed += entry.size
    return going

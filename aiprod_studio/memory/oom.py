"""What to do when memory ran out: find out which memory, and climb a ladder of remedies, aloud.

The engine's `recover` asks a `Ladder` after a step failed; `climb` is the same as a loop. A ladder
is a list of rungs, mildest first; each may be used as long as it changes something. Rungs that may
change last bits are recorded for the recipe. Sizes and lengths are never changed here: when no
rung is left, a refusal proposes it.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from aiprod_studio.sdk import Cancelled, DoesNotFit, Refusal

T = TypeVar("T")
Say = Callable[[str], None]

DEVICE, PINNED, HOST = "device", "pinned", "host"
NAMES = {DEVICE: "graphics memory", PINNED: "pinned memory", HOST: "memory (RAM)"}

SIGNS: tuple[tuple[str, str], ...] = (
    ("cudahostalloc", PINNED),
    ("cudahostregister", PINNED),
    ("page-locked", PINNED),
    ("pin_memory", PINNED),
    ("pin memory", PINNED),
    ("cuda out of memory", DEVICE),
    ("hip out of memory", DEVICE),
    ("mps backend out of memory", DEVICE),
    ("xpu out of memory", DEVICE),
    ("cuda error: out of memory", DEVICE),
    ("cublas_status_alloc_failed", DEVICE),
    ("cublas_status_not_initialized", DEVICE),
    ("cudnn_status_alloc_failed", DEVICE),
    ("cusolver_status_alloc_failed", DEVICE),
    ("defaultcpuallocator", HOST),
    ("can't allocate memory", HOST),
    ("cannot allocate memory", HOST),
    ("not enough memory: you tried to allocate", HOST),
    ("std::bad_alloc", HOST),
    ("paging file is too small", HOST),
)
"""What the errors of torch, the drivers and the systems say, in lower case, most telling first."""


def classify(error: BaseException) -> str | None:
    """Say which memory ran out (DEVICE, PINNED or HOST), or None if it is another kind of error.

    Looks at causes too: a library may have wrapped the error.
    """
    seen: set[int] = set()
    now: BaseException | None = error
    while now is not None and id(now) not in seen:
        seen.add(id(now))
        found = _classify_one(now)
        if found is not None:
            return found
        now = now.__cause__ or now.__context__
    return None


def _classify_one(error: BaseException) -> str | None:
    if isinstance(error, Refusal | Cancelled):
        return None
    text = str(error).lower()
    names = {kind.__name__ for kind in type(error).__mro__}
    known = isinstance(error, MemoryError | RuntimeError | OSError)
    found = next((kind for sign, kind in SIGNS if sign in text), None) if known else None
    if found is not None:
        return found
    if "OutOfMemoryError" in names:
        return DEVICE
    if isinstance(error, MemoryError):
        return HOST
    return HOST if isinstance(error, OSError) and error.errno == errno.ENOMEM else None


def let_go(error: BaseException) -> None:
    """Forget the tracebacks of an error: their frames keep the failed attempt's tensors alive."""
    now: BaseException | None = error
    while now is not None and now.__traceback__ is not None:
        now.__traceback__ = None
        now = now.__cause__ or now.__context__


@dataclass(frozen=True, slots=True)
class Rung:
    """One remedy.

    Args:
        kinds: which memory it helps with.
        apply: does it, and returns the sentence to say, or None when there is nothing to change.
        records: what to write into the recipe, for remedies that may change last bits.
    """

    kinds: tuple[str, ...]
    apply: Callable[[], str | None]
    records: Callable[[], Mapping[str, object]] | None = None


@dataclass
class Ladder:
    """The remedies for one step, used up from the mildest on.

    `proposal` is the sentence of last resort: what the artist could change. `changes` collects
    what belongs in the recipe. After `most` remedies it gives up, whatever is left.
    """

    where: str
    rungs: Sequence[Rung]
    proposal: str = "Make the picture smaller or the film shorter."
    most: int = 24
    changes: list[Mapping[str, object]] = field(default_factory=list)
    _used: int = 0

    def answer(self, error: BaseException, say: Say) -> bool:
        """Apply the mildest remedy that still changes something; True when it is worth a retry."""
        kind = classify(error)
        if kind is None or self._used >= self.most:
            return False
        let_go(error)
        for rung in self.rungs:
            sentence = rung.apply() if kind in rung.kinds else None
            if sentence is not None:
                self._used += 1
                say(f"{NAMES[kind].capitalize()} ran out; {sentence}")
                if rung.records is not None:
                    self.changes.append(rung.records())
                return True
        return False

    def refusal(self, error: BaseException) -> Refusal:
        """Return what to tell the artist when no remedy is left."""
        kind = classify(error) or DEVICE
        option = "--vram" if kind == DEVICE else "--ram"
        why = f"{NAMES[kind]} ran out, and no remedy is left"
        return Refusal(DoesNotFit(self.where, why, f"{self.proposal} Or give more with {option}."))


def climb(attempt: Callable[[], T], ladder: Ladder, say: Say) -> T:
    """Try until it works or no remedy is left; other errors pass through.

    Raises:
        Refusal: memory ran out and the ladder ends.
    """
    while True:
        try:
            return attempt()
        except Exception as error:
            if classify(error) is None:
                raise
            if not ladder.answer(error, say):
                raise ladder.refusal(error) from None

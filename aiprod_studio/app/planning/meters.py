"""Memory as it is held right now, beside what may be held: for the window's status bar.

Cheap enough to be asked many times a second: it reads counters and touches no device.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiprod_studio.memory.budgets import show_size

if TYPE_CHECKING:
    from aiprod_studio.app.services import RunServices

KINDS = ("vram", "host", "pinned", "disk")
TITLES = {"vram": "VRAM", "host": "RAM", "pinned": "pinned", "disk": "disk"}


@dataclass(frozen=True, slots=True)
class Meter:
    """Bytes of one kind that models and computing hold now, and the budget."""

    kind: str
    used: int
    budget: int

    @property
    def share(self) -> float:
        """Used over budget, from 0 to 1; 0 where there is no budget."""
        return min(1.0, self.used / self.budget) if self.budget else 0.0

    def __str__(self) -> str:
        return f"{TITLES[self.kind]} {show_size(self.used)} of {show_size(self.budget)}"


@dataclass(frozen=True, slots=True)
class Meters:
    """All four kinds; iterating gives those that this machine has."""

    vram: Meter
    host: Meter
    pinned: Meter
    disk: Meter

    def __iter__(self) -> Iterator[Meter]:
        for kind in KINDS:
            meter: Meter = getattr(self, kind)
            if meter.budget:
                yield meter


def read(services: RunServices) -> Meters:
    """Return what a run's models hold now."""
    held, budgets = services.held(), services.budgets
    return Meters(*(Meter(kind, held.get(kind, 0), budgets.of(kind)) for kind in KINDS))

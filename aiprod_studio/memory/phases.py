"""What each phase of a run would need and how long it would take; shown before anything runs.

Pure arithmetic on `planning.place`: the same decision that the residency will act on. The
application fills in work (from the family's formulas) and rates (measured, or from history).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiprod_studio.memory.budgets import Budgets
from aiprod_studio.memory.planning import DEVICE, FILE, Placement, Room, Rules, Sized, place


@dataclass(frozen=True, slots=True)
class Rates:
    """How fast this machine is: floating-point operations, and bytes, per second.

    `bus` is host RAM to device, `memory` a copy within RAM, `disk` a read that no cache holds.
    """

    flops: float
    bus: float = 12e9
    memory: float = 8e9
    disk: float = 1.5e9


@dataclass(frozen=True, slots=True)
class Work:
    """What a phase computes: forward passes, and operations in each."""

    passes: int = 1
    flops: float = 0.0


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase of a plan: where its model lives, peaks in bytes, seconds as (least, most).

    `limit` says what a pass waits for: "compute", "bus" or "disk".
    """

    name: str
    placement: Placement
    resident_bytes: int
    streamed_bytes: int
    vram: int
    host: int
    pinned: int
    seconds: tuple[float, float]
    limit: str
    disk: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        placement = self.placement
        return {
            "phase": self.name,
            "whole": placement.whole,
            "resident_bytes": self.resident_bytes,
            "streamed_bytes": self.streamed_bytes,
            "slots": placement.slots,
            "activations": placement.activations,
            "vram": self.vram,
            "host": self.host,
            "pinned": self.pinned,
            "disk": self.disk,
            "seconds": [round(each, 2) for each in self.seconds],
            "limit": self.limit,
        }


def plan_phase(
    name: str,
    model: Sized,
    room: Room,
    work: Work,
    rates: Rates,
    rules: Rules | None = None,
) -> Phase:
    """Say how one phase would run, given what is free for its model.

    Raises:
        Refusal: it does not fit; the problem names the smallest change.
    """
    placement = place(model, room, rules)
    on_device = placement.bytes_from(DEVICE, model.block_bytes)
    streamed = sum(model.block_bytes) - on_device
    resident = model.outside_bytes + on_device
    seconds, limit = _seconds(placement, model, room, work, rates)
    used = placement.device + placement.activations
    host = max(placement.host, placement.loading)
    vram, host = (used, host) if room.separate else (0, used + host)
    return Phase(name, placement, resident, streamed, vram, host, placement.pinned, seconds, limit)


def plan_phases(
    models: Sequence[tuple[str, Sized, Work]], budgets: Budgets, rates: Rates, *, separate: bool
) -> list[Phase]:
    """Plan phases that follow one another, each with the whole budget: idle models make room."""
    device = budgets.vram if separate else budgets.host
    room = Room(device, budgets.host, budgets.pinned, separate)
    return [plan_phase(name, model, room, work, rates) for name, model, work in models]


def _seconds(
    placement: Placement, model: Sized, room: Room, work: Work, rates: Rates
) -> tuple[tuple[float, float], str]:
    """Return the range for all passes with loading, and what a pass waits for.

    A pass takes the longest of computing, the bus and the disk (they overlap), or their sum where
    there is one slot only. Least: the system still has the file in its cache. Most: it has not,
    and the card is half as fast again as it was measured to be.
    """
    files = placement.bytes_from(FILE, model.block_bytes)
    streamed = sum(model.block_bytes) - placement.bytes_from(DEVICE, model.block_bytes)
    compute, bus = work.flops / rates.flops, streamed / rates.bus if room.separate else 0.0
    parts = {"compute": compute, "bus": bus, "disk": files / rates.disk}
    least = _overlapped(placement, compute / 1.15, bus / 1.1, files / rates.memory)
    most = _overlapped(placement, compute * 1.5, bus * 1.25, parts["disk"] * 1.25)
    read = model.outside_bytes + sum(model.block_bytes) - files
    soonest, latest = read / rates.memory / 1.5, read / min(rates.disk, rates.memory) * 1.25
    seconds = (work.passes * least + soonest, work.passes * most + latest)
    return seconds, max(parts, key=lambda part: parts[part])


def _overlapped(placement: Placement, *parts: float) -> float:
    return sum(parts) if placement.slots == 1 else max(parts)

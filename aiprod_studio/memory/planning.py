"""Where each block of a model will live, decided by arithmetic alone; no torch.

`place` is the one place where this is decided: the residency acts on it and the plan that is shown
before a run calls it, so that they cannot disagree. Resident blocks are spread evenly between the
streamed ones rather than put first: the copy stream then has work all the time, also when copying
is the slower half, while a row of resident blocks would let it run dry after two slots.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from aiprod_studio.memory.budgets import show_more, show_size
from aiprod_studio.sdk import DoesNotFit, Refusal

DEVICE, PINNED, PAGEABLE, FILE = "device", "pinned", "pageable", "file"
"""Homes of a block: on the device, or in one of the places it is streamed from."""


class Sized(Protocol):
    """The numbers of a model; `describing.ModelOnDisk` has them."""

    @property
    def name(self) -> str: ...
    @property
    def outside_bytes(self) -> int: ...
    @property
    def block_bytes(self) -> tuple[int, ...]: ...
    @property
    def activations(self) -> int: ...
    @property
    def mapped(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Room:
    """Bytes that one model may take; on a device without memory of its own, `device` is `host`."""

    device: int
    host: int
    pinned: int = 0
    separate: bool = True


@dataclass(frozen=True, slots=True)
class Rules:
    """How a model may be held; the ladder takes freedoms away after memory ran out."""

    slots: int = 2
    most_resident: int | None = None
    pinned: bool = True
    pageable: bool = True


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a model's blocks live and what that costs, in bytes.

    `homes` holds one of DEVICE, PINNED, PAGEABLE, FILE per block. `device` is weights and slots
    on the device, `host` is RAM (with `pinned`), `loading` the most RAM on the way there.
    `staging` buffers of `slot_bytes` each carry blocks that are not pinned to the device; they lie
    in pinned memory when `staging_pinned`.
    """

    homes: tuple[str, ...]
    device: int
    activations: int
    host: int = 0
    pinned: int = 0
    loading: int = 0
    slots: int = 0
    slot_bytes: int = 0
    staging: int = 0
    staging_pinned: bool = False

    @property
    def whole(self) -> bool:
        """Whether nothing is streamed."""
        return self.slots == 0

    @property
    def resident(self) -> int:
        """How many blocks stay on the device."""
        return self.homes.count(DEVICE)

    @property
    def staging_bytes(self) -> int:
        """Bytes of the staging buffers."""
        return self.staging * self.slot_bytes

    def bytes_from(self, home: str, block_bytes: tuple[int, ...]) -> int:
        """Return the bytes of the blocks that live in `home`."""
        return sum(s for h, s in zip(self.homes, block_bytes, strict=True) if h == home)


def place(model: Sized, room: Room, rules: Rules | None = None) -> Placement:
    """Decide how a model is held within `room`: as much of it on the device as fits.

    Raises:
        Refusal: not even one block at a time fits; the problem names the smallest change.
    """
    rules = rules or Rules()
    for placement in _candidates(model, room, rules):
        if max(placement.host, placement.loading) <= room.host:
            return placement
    raise Refusal(_shortage(model, room, rules))


def _candidates(model: Sized, room: Room, rules: Rules) -> Iterator[Placement]:
    """What the device can hold, best first: whole, then streamed through ever fewer slots."""
    count = len(model.block_bytes)
    most = count if rules.most_resident is None else min(count, rules.most_resident)
    placements = [_whole(model)] if most == count else []
    if count and (room.separate or model.mapped):
        for slots in range(min(rules.slots, count), 0, -1):
            placements += [_streamed(model, k, slots) for k in range(min(most, count - 1), -1, -1)]
    for placement in placements:
        if placement.device + placement.activations <= room.device:
            yield _in_host(model, placement, room, rules) if room.separate else placement


def _whole(model: Sized) -> Placement:
    homes = (DEVICE,) * len(model.block_bytes)
    return Placement(homes, model.outside_bytes + sum(model.block_bytes), model.activations)


def _streamed(model: Sized, resident: int, slots: int) -> Placement:
    """Spread `resident` blocks evenly; the others run through at most `slots` slots."""
    sizes = model.block_bytes
    on_device = spread(len(sizes), resident)
    homes = tuple(DEVICE if index in on_device else FILE for index in range(len(sizes)))
    streamed = [size for size, home in zip(sizes, homes, strict=True) if home == FILE]
    slots, largest = min(slots, len(streamed)), max(streamed)
    device = model.outside_bytes + sum(sizes) - sum(streamed) + slots * largest
    return Placement(homes, device, model.activations, slots=slots, slot_bytes=largest)


def spread(count: int, chosen: int) -> frozenset[int]:
    """Return `chosen` indices out of `count`, as evenly spaced as can be."""
    return frozenset(i for i in range(count) if (i + 1) * chosen // count > i * chosen // count)


def _in_host(model: Sized, placement: Placement, room: Room, rules: Rules) -> Placement:
    """Decide where the host keeps what is streamed to a device with memory of its own."""
    own = 0 if model.mapped else model.outside_bytes + sum(model.block_bytes)
    if placement.whole:
        return replace(placement, host=own, loading=own)
    pinned = _pinnable(placement, room, rules, own)
    streamed = sum(model.block_bytes) - placement.bytes_from(DEVICE, model.block_bytes)
    if streamed <= pinned:
        return _homed(model, placement, room, rules, 0)
    for staging in range(placement.slots, 0, -1):
        found = _homed(model, placement, room, rules, staging)
        if max(found.host, found.loading) <= room.host:
            return found
    return found


def _pinnable(placement: Placement, room: Room, rules: Rules, own: int) -> int:
    """Bytes that may be pinned; what the model holds in RAM already moves block by block."""
    if not rules.pinned:
        return 0
    if own:
        return room.pinned if own + placement.slot_bytes <= room.host else 0
    return min(room.pinned, room.host)


def _homed(model: Sized, placement: Placement, room: Room, rules: Rules, staging: int) -> Placement:
    """Give every streamed block a home: pinned first, then pageable, then the file."""
    sizes, homes = model.block_bytes, list(placement.homes)
    own = 0 if model.mapped else model.outside_bytes + sum(sizes)
    stage = staging * placement.slot_bytes
    pinnable = _pinnable(placement, room, rules, own)
    stage_pinned = 0 < stage <= pinnable
    limit = pinnable - stage if stage_pinned else min(pinnable, room.host - own - stage)
    pinned = _settle(homes, sizes, PINNED, limit)
    if own:
        _settle(homes, sizes, PAGEABLE, own)
        host, loading = own + stage, own + (placement.slot_bytes if pinned else 0)
    else:
        free = room.host - pinned - stage if rules.pageable else 0
        host = loading = pinned + stage + _settle(homes, sizes, PAGEABLE, free)
    return replace(
        placement, homes=tuple(homes), host=host, loading=loading, staging=staging,
        pinned=pinned + (stage if stage_pinned else 0), staging_pinned=stage_pinned,
    )  # fmt: skip


def _settle(homes: list[str], sizes: Sequence[int], home: str, room: int) -> int:
    """Move as many blocks as `room` holds from the file to `home`, evenly; return their bytes."""
    left = [index for index, each in enumerate(homes) if each == FILE]
    for count in range(len(left), 0, -1):
        chosen = [left[place] for place in spread(len(left), count)]
        total = sum(sizes[index] for index in chosen)
        if total <= room:
            for index in chosen:
                homes[index] = home
            return total
    return 0


def _shortage(model: Sized, room: Room, rules: Rules) -> DoesNotFit:
    """Say what is missing, and the smallest change that makes the model fit."""
    sizes, outside = model.block_bytes, model.outside_bytes
    blocks = bool(sizes) and (room.separate or model.mapped)
    weights = outside + (max(sizes) if blocks else sum(sizes))
    lacking = weights + model.activations - room.device
    if lacking > 0:
        return _device_shortage(model, room, weights, lacking)
    frugal = _candidates(model, replace(room, host=0), rules)
    needed = min(max(each.host, each.loading) for each in frugal)
    free = max(0, room.host)
    why = f"loading it takes {show_more(needed)} of RAM, and {show_size(free)} is free for it"
    remedy = f"Close other programs or raise --ram by {show_more(needed - room.host)}."
    return DoesNotFit(model.name, why, remedy)


def _device_shortage(model: Sized, room: Room, weights: int, lacking: int) -> DoesNotFit:
    kind, option = ("graphics memory", "--vram") if room.separate else ("RAM", "--ram")
    least = "at least " if model.block_bytes else ""
    why = (
        f"it needs {least}{show_more(weights)} of {kind} for weights and "
        f"{show_more(model.activations)} for computing at this size, and "
        f"{show_size(max(0, room.device))} is free for it"
    )
    remedy = f"Raise {option} by {show_more(lacking)}"
    if model.activations > lacking:
        share = round(100 * lacking / model.activations + 0.5)
        remedy += f", or make the picture smaller or the film shorter by {share} %"
    return DoesNotFit(model.name, why, remedy + ".")

"""A device that accounts: enforces budgets on the processor, counts copies, and fails on demand.

For the tests, and for measuring what a forward pass takes without a card. It computes on the
processor but pretends to have memory of its own; what runs out raises the very errors that torch
and the system raise. Never used to render.
"""

from __future__ import annotations

import weakref
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from aiprod_studio.memory.budgets import Budgets, show_size
from aiprod_studio.memory.devices import Buffer, Device, OutOfPinned, plain_tensors
from aiprod_studio.memory.ledger import Holding, Ledger


def out_of_device(size: int) -> Exception:
    """Return the error that a card raises when `size` bytes do not fit."""
    text = f"CUDA out of memory. Tried to allocate {show_size(size)}."
    return torch.OutOfMemoryError(text)


def out_of_pinned(size: int) -> Exception:
    """Return the error of page-locking."""
    return OutOfPinned(f"{size} bytes could not be page-locked")


def out_of_host(size: int) -> Exception:
    """Return the error of the system's own memory."""
    return MemoryError(f"{size} bytes of RAM could not be had")


ERRORS: Mapping[str, Callable[[int], Exception]] = {
    "vram": out_of_device,
    "pinned": out_of_pinned,
    "host": out_of_host,
}


@dataclass(frozen=True, slots=True)
class Fault:
    """Memory of a kind ("vram", "pinned", "host") runs out at the n-th event, counted from 1.

    Events are "allocation", "copy" and "block" (a block is about to compute).
    """

    kind: str
    event: str
    nth: int


class AccountingDevice(Device):
    """The processor, in the part of a card (or, with `separate=False`, of itself).

    `events` counts allocations, copies and blocks; `copied_bytes` what went to the device.
    """

    def __init__(
        self,
        budgets: Budgets,
        ledger: Ledger | None = None,
        *,
        separate: bool = True,
        faults: Sequence[Fault] = (),
    ) -> None:
        super().__init__(ledger)
        self.budgets = budgets
        self.separate = self.staged = separate
        self.events: Counter[str] = Counter()
        self.copied_bytes = 0
        self._faults = tuple(faults)

    def hold(self, size: int, holder: str) -> Holding:
        """Hold bytes of the device, if they fit."""
        return self._allocated(self.kind, holder, size)

    def host_buffer(self, size: int, holder: str, *, pinned: bool) -> Buffer:
        """Allocate in RAM, if it fits."""
        holding = self._allocated("pinned" if pinned else "host", holder, size)
        return Buffer(torch.empty(size, dtype=torch.uint8), holding)

    def own(self, tensor: torch.Tensor) -> torch.Tensor:
        """Return a copy (`hold` has been called for it)."""
        if not self.separate:
            return super().own(tensor)
        self._count_copy(tensor.nbytes)
        with plain_tensors():
            return tensor.clone()

    def copy(self, into: torch.Tensor, source: torch.Tensor) -> None:
        """Copy and count."""
        self._count_copy(source.nbytes)
        super().copy(into, source)

    def begin_block(self, index: int) -> None:
        """Count; computing is where a card runs out most often."""
        self._event("block", 0)

    def _count_copy(self, size: int) -> None:
        self._event("copy", size)
        self.copied_bytes += size

    def _allocated(self, kind: str, holder: str, size: int) -> Holding:
        self._event("allocation", size)
        for each in ("host", "pinned") if kind == "pinned" else (kind,):
            if self.ledger.total(each) + size > self.budgets.of(each):
                raise ERRORS[each](size)
        return self.ledger.hold(kind, holder, size)

    def _event(self, event: str, size: int) -> None:
        self.events[event] += 1
        for fault in self._faults:
            if fault.event == event and fault.nth == self.events[event]:
                raise ERRORS[fault.kind](size)


class ActivationMeter(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Counts the bytes of tensors that are made and still alive while the `with` block lasts.

    `peak` is the most at once. What a kernel takes inside itself is not seen. With a `limit` (in
    bytes) it raises as a card would. Works on the meta device, where nothing is computed.
    """

    def __init__(self, limit: int | None = None) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.live = self.peak = 0
        self._limit = limit
        self._known: set[int] = set()

    def __torch_dispatch__(
        self,
        func: Any,
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """Run the operation and look at what it returned."""
        given = {id(t.untyped_storage()) for t in _tensors((args, kwargs))}
        result = func(*args, **(kwargs or {}))
        for tensor in _tensors(result):
            storage = tensor.untyped_storage()
            if id(storage) not in given and id(storage) not in self._known:
                self._made(storage)
        return result

    def _made(self, storage: torch.UntypedStorage) -> None:
        identity, size = id(storage), storage.nbytes()
        if self._limit is not None and self.live + size > self._limit:
            raise out_of_device(size)
        self._known.add(identity)
        self.live += size
        self.peak = max(self.peak, self.live)
        weakref.finalize(storage, self._gone, identity, size)

    def _gone(self, identity: int, size: int) -> None:
        self._known.discard(identity)
        self.live -= size


def _tensors(tree: Any) -> list[torch.Tensor]:
    return [leaf for leaf in tree_leaves(tree) if isinstance(leaf, torch.Tensor)]

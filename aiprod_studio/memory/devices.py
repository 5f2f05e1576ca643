"""The device as this room sees it: buffers of bytes, copies beside the computation, and fences.

`open_device` gives the processor or a graphics card behind one interface; the accounting device of
the tests is a third. Everything allocated here is written into the ledger and given back by
`close`. Copies to a card run on a stream of their own, ordered by events against the computation:
nothing here ever waits for a whole device.
"""

from __future__ import annotations

import contextlib
import mmap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch

from aiprod_studio.memory.ledger import Holding, Ledger

ALIGNED = 256
"""Every tensor in a buffer starts at a multiple of this, as cudaMalloc itself would place it."""


LIKED = 64
"""The alignment beyond which the processor's maths libraries do not look."""


PORTABLE = 1
"""The driver's flag for memory that is pinned for every card."""


class OutOfPinned(MemoryError):
    """The system refused to page-lock memory."""


@dataclass(eq=False)
class Buffer:
    """Bytes in one piece: a uint8 tensor, and its place in the ledger."""

    bytes: torch.Tensor
    holding: Holding
    undo: Callable[[], None] | None = None

    @property
    def size(self) -> int:
        """Bytes held; 0 once closed."""
        return self.holding.size

    def close(self) -> None:
        """Give the bytes back; views of them must not be used any more."""
        if self.undo is not None:
            self.undo()
            self.undo = None
        self.bytes = self.bytes.new_empty(0)
        self.holding.release()


class Device:
    """The processor: device memory is host memory, copies are plain, order is the program's.

    `separate` says whether the device has memory of its own; `kind` is where the ledger writes
    what is allocated on it.
    """

    separate = False
    staged = False
    """Whether bytes from pageable memory or files must pass through pinned memory on the way."""

    def __init__(self, ledger: Ledger | None = None, name: str = "cpu") -> None:
        self.ledger = ledger if ledger is not None else Ledger()
        self.torch = torch.device(name)

    @property
    def kind(self) -> str:
        """The ledger's name for the memory of this device."""
        return "vram" if self.separate else "host"

    @property
    def in_place(self) -> bool:
        """Whether loaded tensors are computed with as they are, without a copy."""
        return self.torch.type == "cpu" and not self.separate

    def hold(self, size: int, holder: str) -> Holding:
        """Write down bytes of the device that torch allocates by itself."""
        return self.ledger.hold(self.kind, holder, size)

    def buffer(self, size: int, holder: str) -> Buffer:
        """Allocate bytes on the device."""
        with plain_tensors():
            found = torch.empty(size, dtype=torch.uint8, device=self.torch)
        return Buffer(found, self.hold(size, holder))

    def host_buffer(self, size: int, holder: str, *, pinned: bool) -> Buffer:
        """Allocate bytes in host RAM, page-locked if asked; they go back to the system at once."""
        return Buffer(host_bytes(size), self.ledger.hold("host", holder, size))

    def own(self, tensor: torch.Tensor) -> torch.Tensor:
        """Return a tensor for the device to compute with: itself if it lies as the maths like it.

        Tensors of a mapped file start anywhere; products of unaligned operands may differ in their
        last bits, and what is computed must not depend on where a weight is kept.
        """
        with plain_tensors():
            return tensor if is_aligned(tensor) else tensor.clone()

    def copy(self, into: torch.Tensor, source: torch.Tensor) -> None:
        """Copy bytes to the device on the copy stream."""
        into.copy_(source)

    def copies_after_computing(self) -> None:
        """Let later copies wait for all that was computed so far."""

    def copied(self) -> Any:
        """Return a fence after the copies so far."""
        return None

    def computes_after(self, fence: Any) -> None:
        """Let later computation wait for a fence."""

    def wait(self, fence: Any) -> None:
        """Wait here until the copies before a fence are done."""

    def calculated(self) -> Any:
        """Return a fence after the computation so far."""
        return None

    def copies_after(self, fence: Any) -> None:
        """Let later copies wait for a fence."""

    def begin_block(self, index: int) -> None:
        """Called before a block computes; the accounting device counts and fails here."""

    def peak(self, *, reset: bool) -> int | None:
        """Return the measured peak of the device's memory in bytes, or None if it has no meter."""
        return None

    def flush(self) -> None:
        """Give memory that is cached but unused back to the system."""


class Card(Device):
    """A graphics card with memory of its own: CUDA (and ROCm under the same name)."""

    separate = True
    staged = True

    def __init__(self, ledger: Ledger | None = None, name: str = "cuda") -> None:
        super().__init__(ledger, name)
        with torch.cuda.device(self.torch):
            self._stream = torch.cuda.Stream(self.torch)  # type: ignore[no-untyped-call]

    def host_buffer(self, size: int, holder: str, *, pinned: bool) -> Buffer:
        """Allocate exactly `size` bytes; torch's own pinned pool rounds up to a power of two."""
        if not pinned:
            return super().host_buffer(size, holder, pinned=False)
        found = host_bytes(size)
        address, driver = found.data_ptr(), torch.cuda.cudart()  # type: ignore[no-untyped-call]
        code = int(driver.cudaHostRegister(address, size, PORTABLE)) if size else 0
        if code:
            self._forget_error()
            raise OutOfPinned(f"{size} bytes could not be page-locked (driver code {code})")

        def unlock() -> None:
            if size:
                driver.cudaHostUnregister(address)

        return Buffer(found, self.ledger.hold("pinned", holder, size), unlock)

    def own(self, tensor: torch.Tensor) -> torch.Tensor:
        """Return a tensor's copy on the card."""
        with plain_tensors():
            return tensor.to(self.torch)

    def copy(self, into: torch.Tensor, source: torch.Tensor) -> None:
        """Copy on the copy stream; returns at once when the source is pinned."""
        with torch.cuda.stream(self._stream):
            into.copy_(source, non_blocking=True)

    def copies_after_computing(self) -> None:
        """Let later copies wait for the present stream."""
        self._stream.wait_stream(torch.cuda.current_stream(self.torch))

    def copied(self) -> torch.cuda.Event:
        """Record an event on the copy stream."""
        event = torch.cuda.Event()  # type: ignore[no-untyped-call]
        event.record(self._stream)
        return event

    def computes_after(self, fence: torch.cuda.Event | None) -> None:
        """Let the present stream wait for an event."""
        if fence is not None:
            torch.cuda.current_stream(self.torch).wait_event(fence)

    def wait(self, fence: torch.cuda.Event | None) -> None:
        """Wait on the host for one event."""
        if fence is not None:
            fence.synchronize()

    def calculated(self) -> torch.cuda.Event:
        """Record an event on the present stream."""
        event = torch.cuda.Event()  # type: ignore[no-untyped-call]
        event.record(torch.cuda.current_stream(self.torch))
        return event

    def copies_after(self, fence: torch.cuda.Event | None) -> None:
        """Let the copy stream wait for an event."""
        if fence is not None:
            self._stream.wait_event(fence)

    def flush(self) -> None:
        """Empty the allocator's cache."""
        torch.cuda.empty_cache()

    def peak(self, *, reset: bool) -> int | None:
        """Return the most that torch has allocated on the card."""
        most = int(torch.cuda.max_memory_allocated(self.torch))
        if reset:
            torch.cuda.reset_peak_memory_stats(self.torch)
        return most

    def _forget_error(self) -> None:
        """A refused request stays the driver's last error; the next kernel would report it."""
        with contextlib.suppress(RuntimeError):
            torch.zeros(1, device=self.torch)


class Metal(Device):
    """Apple's unified memory: tensors live on the device, every copy is in order."""

    def own(self, tensor: torch.Tensor) -> torch.Tensor:
        """Return a tensor's copy for the device."""
        with plain_tensors():
            return tensor.to(self.torch)

    def flush(self) -> None:
        """Empty the allocator's cache."""
        torch.mps.empty_cache()


def open_device(name: str, ledger: Ledger | None = None, *, cap: int | None = None) -> Device:
    """Return the device that torch calls `name`; `cap` bytes make torch itself keep a budget."""
    if name.startswith("cuda"):
        card = Card(ledger, name)
        if cap is not None:
            total = torch.cuda.get_device_properties(card.torch).total_memory
            torch.cuda.set_per_process_memory_fraction(min(1.0, cap / total), card.torch)
        return card
    return Metal(ledger, name) if name.startswith("mps") else Device(ledger, name)


def is_aligned(tensor: torch.Tensor) -> bool:
    """Say whether a tensor starts where torch itself would have put it."""
    return tensor.data_ptr() % LIKED == 0


def host_bytes(size: int) -> torch.Tensor:
    """Return `size` bytes of RAM, page-aligned, that go back to the system when dropped."""
    if size == 0:
        return torch.empty(0, dtype=torch.uint8)
    try:
        pages = mmap.mmap(-1, size)
    except (OSError, ValueError) as error:
        raise MemoryError(f"{size} bytes of RAM could not be had ({error})") from error
    with plain_tensors():
        return torch.frombuffer(pages, dtype=torch.uint8)


@contextlib.contextmanager
def plain_tensors() -> Iterator[None]:
    """Weights outlive one forward pass, so they must not be made as inference tensors."""
    with torch.inference_mode(False), torch.no_grad():
        yield

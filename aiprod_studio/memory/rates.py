"""How fast this machine computes and copies, measured in half a second.

`doctor`, the plan (before there is a history) and the benchmark use it. It needs some 300 MB on
the device for a moment and gives them back.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack

import torch

from aiprod_studio.memory.devices import Device
from aiprod_studio.memory.phases import Rates


def measure_rates(device: Device, dtype: torch.dtype, *, disk: float = 1.5e9) -> Rates:
    """Measure; `disk` (bytes per second) is taken as given, since the system's cache hides it."""
    memory = measure_copies(64 << 20)
    bus = measure_bus(device, 64 << 20) if device.separate else memory
    return Rates(measure_products(device, dtype), bus, memory, disk)


def measure_bus(device: Device, size: int, *, times: int = 8) -> float:
    """Return bytes per second from pinned memory to the device, in pieces of `size` bytes."""
    with ExitStack() as held:
        source = device.host_buffer(size, "measuring", pinned=True)
        held.callback(source.close)
        into = device.buffer(size, "measuring")
        held.callback(into.close)

        def copy() -> None:
            for _ in range(times):
                device.copy(into.bytes, source.bytes)
            device.wait(device.copied())

        return size * times / _best(copy)


def measure_copies(size: int) -> float:
    """Return bytes per second of a copy within RAM."""
    one = torch.zeros(size, dtype=torch.uint8)
    two = torch.empty_like(one)
    return size / _best(lambda: two.copy_(one))


def measure_products(device: Device, dtype: torch.dtype) -> float:
    """Return floating-point operations per second of a large matrix product."""
    side = 4096 if device.torch.type != "cpu" else 768
    one = torch.randn(side, side, device=device.torch, dtype=dtype)

    def multiply() -> None:
        torch.mm(one, one)
        if device.torch.type == "cuda":
            torch.cuda.current_stream(device.torch).synchronize()

    return 2 * side**3 / _best(multiply)


def _best(work: Callable[[], object], times: int = 4) -> float:
    """Seconds of the fastest of a few runs, after one that warms up."""
    work()
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return max(min(taken), 1e-9)

"""Copies beside the computation are fenced: on a device whose copies are late, nothing is torn."""

import queue
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from aiprod_studio.memory.accounting import AccountingDevice
from aiprod_studio.memory.budgets import Budgets
from aiprod_studio.memory.describing import ModelOnDisk
from aiprod_studio.memory.residency import Residency

from .networks import Net, described, net, on_disk

PLENTY = 1 << 30
X = torch.ones(1, 32)


class LateDevice(AccountingDevice):
    """Copies happen later, in a thread, as on a card's copy stream.

    It also checks the other direction: a copy into memory that a block computed from must have
    been told to wait for that block.
    """

    def __init__(self, budgets: Budgets, delay: float) -> None:
        super().__init__(budgets)
        self.delay = delay
        self.computed = 0
        self.used: dict[int, int] = {}
        self.torn: list[str] = []
        self._copied = 0
        self._one_more = threading.Condition()
        self._waited = 0
        self._stream: queue.Queue[Any] = queue.Queue()
        self._thread = threading.Thread(target=self._work, name="late copies")
        self._thread.start()

    def copy(self, into: torch.Tensor, source: torch.Tensor) -> None:
        if self._waited < self.used.get(into.data_ptr(), 0):
            self.torn.append(f"copy over a slot that computes: {self._waited} {self.used}")
        self._count_copy(source.nbytes)
        self._stream.put((into, source))

    def copied(self) -> threading.Event:
        fence = threading.Event()
        self._stream.put(fence)
        return fence

    def computes_after(self, fence: threading.Event | None) -> None:
        self.wait(fence)

    def wait(self, fence: threading.Event | None) -> None:
        assert fence is None or fence.wait(30)

    def calculated(self) -> int:
        return self.computed

    def copies_after(self, fence: int | None) -> None:
        self._waited = max(self._waited, fence or 0)

    def copies_after_computing(self) -> None:
        self._waited = self.computed

    def block_computed(self, block: Any) -> None:
        """Note that a block has computed from where its first weight lies."""
        self.computed += 1
        self.used[block.weight.data_ptr()] = self.computed

    def has_copied(self, count: int) -> bool:
        """Wait until so many copies have arrived; False when they do not come."""
        with self._one_more:
            return self._one_more.wait_for(lambda: self._copied >= count, 30)

    def close(self) -> None:
        self._stream.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (job := self._stream.get()) is not None:
            if isinstance(job, threading.Event):
                job.set()
            else:
                time.sleep(self.delay)
                job[0].copy_(job[1])
                with self._one_more:
                    self._copied += 1
                    self._one_more.notify_all()


def watched(device: LateDevice) -> Net:
    network = net(7)
    for block in network.blocks:
        block.register_forward_hook(lambda module, *_: device.block_computed(module))
    return network


@pytest.mark.parametrize("pinned", [0, 4, 100], ids=["read", "mixed", "pinned"])
@pytest.mark.parametrize("blocks", [1, 2, 3, 5])
@pytest.mark.parametrize("mapped", [True, False], ids=["mapped", "loaded"])
def test_late_copies_tear_nothing(pinned: int, blocks: int, mapped: bool, tmp_path: Path) -> None:
    model, expected = _model(mapped, tmp_path, None)
    size = max(model.block_bytes)
    budgets = Budgets(model.outside_bytes + 1000 + blocks * size, PLENTY, pinned * size)
    device = LateDevice(budgets, 0.001)
    try:
        model, _ = _model(mapped, tmp_path, device)
        with Residency(budgets, device) as residency, torch.inference_mode():
            for skip in (frozenset[int](), frozenset({1, 2}), frozenset[int]()):
                with residency.use(model) as network:
                    assert torch.equal(network(X, skip), expected[skip])
                    assert torch.equal(network(X, skip), expected[skip])
        assert device.torn == []
        assert not residency.placement(model).whole
    finally:
        device.close()


def _model(
    mapped: bool, folder: Path, device: LateDevice | None
) -> tuple[ModelOnDisk, dict[frozenset[int], torch.Tensor]]:
    def make() -> Net:
        return net(7) if device is None else watched(device)

    if mapped:
        found = on_disk(make, folder / "net.safetensors").model
        with Residency(Budgets(0, PLENTY), "cpu") as residency, residency.use(found) as network:
            return found, _outputs(network)
    return described(make).model, _outputs(net(7))


def _outputs(network: torch.nn.Module) -> dict[frozenset[int], torch.Tensor]:
    return {skip: network(X, skip) for skip in (frozenset[int](), frozenset({1, 2}))}


def test_the_next_block_arrives_while_this_one_computes() -> None:
    """Each block computes until the one after it is there: that only ends if both go on at once."""
    used, device = 0, None

    def computing(*_: object) -> None:
        nonlocal used
        used += 1
        assert device is None or device.has_copied(used + 1)

    model = described(lambda: _hooked(computing)).model
    budgets = Budgets(model.outside_bytes + 1000 + 2 * max(model.block_bytes), PLENTY, PLENTY)
    device = LateDevice(budgets, 0.001)
    try:
        with Residency(budgets, device) as residency, residency.use(model) as network:
            network(X)
            network(X)
    finally:
        device.close()
    assert used == 2 * 8


def _hooked(computing: Callable[..., None]) -> Net:
    network = net(8)
    for block in network.blocks:
        block.register_forward_hook(computing)
    return network

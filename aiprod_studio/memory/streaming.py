"""Runs a network whose blocks are larger than the device: the next block comes while this computes.

Applied from outside with forward hooks; module code stays as it is. Streamed blocks share a ring
of fixed slots on the device. When a block has computed, its slot is filled with the next one that
has none, behind a fence; before a block computes, the computation waits for its copy. Nothing
waits for the whole device. Blocks that stay resident only get their cancel point here.

While a network is streamed, a block's weights are its own only during that block's forward.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from aiprod_studio.memory.describing import Check, no_check
from aiprod_studio.memory.devices import Buffer, Device
from aiprod_studio.memory.layout import Anatomy
from aiprod_studio.memory.reader import Delivery, Reader
from aiprod_studio.memory.sources import InBuffer, Source

PATIENCE = 0.05
"""Seconds between two looks at the cancel token while waiting for a slow disk."""


class _Slot:
    """A place on the device for one block, and what is in it or on its way there."""

    def __init__(self, buffer: Buffer, views: Mapping[int, list[torch.Tensor]]) -> None:
        self.buffer = buffer
        self.views = views
        self.index: int | None = None
        self.delivery: Delivery | None = None
        self.ready: Any = None
        self.free: Any = None


class Streamer:
    """Hooks on the blocks of one network, until `close`.

    `sources` says where the bytes of each streamed block come from; blocks without a source are
    resident. `check` may be replaced between two forward passes.
    """

    def __init__(
        self,
        device: Device,
        anatomy: Anatomy,
        sources: Mapping[int, Source],
        slots: Sequence[Buffer],
        staging: Sequence[Buffer] = (),
    ) -> None:
        self.check: Check = no_check
        self._device, self._layouts, self._sources = device, anatomy.layouts, dict(sources)
        self._order = sorted(sources)
        self._slots = [_Slot(slot, self._views(slot)) for slot in slots]
        self._last = self._order[-1] if self._order else -1
        slow = {i: s for i, s in sources.items() if not _direct(s)}
        sizes = {i: self._layouts[i].size for i in slow}
        self._reader = Reader(device, slow, sizes, staging) if slow else None
        for index in self._order:
            self._layouts[index].point(self._slots[0].views[index])
        self._hooks = [h for i, b in enumerate(anatomy.blocks) for h in self._hooked(i, b)]

    def close(self) -> None:
        """Take the hooks away; slots and staging buffers are unused afterwards.

        The streamed blocks' tensors must be pointed elsewhere by the caller.
        """
        for hook in self._hooks:
            hook.remove()
        if self._reader is not None:
            self._reader.close()
        self._device.computes_after(self._device.copied())
        for slot in self._slots:
            self._device.wait(slot.ready)
        self._slots, self._hooks, self._reader = [], [], None

    def _views(self, buffer: Buffer) -> dict[int, list[torch.Tensor]]:
        return {index: self._layouts[index].views(buffer.bytes) for index in self._order}

    def _hooked(self, index: int, block: torch.nn.Module) -> list[Any]:
        """The pre-hook runs before all others, so that they see this block's weights."""

        def before(module: torch.nn.Module, inputs: Any) -> None:
            self._before(index)

        def after(module: torch.nn.Module, inputs: Any, output: Any) -> None:
            self._after(index)

        hooks = [block.register_forward_pre_hook(before, prepend=True)]
        if index in self._sources:
            hooks.append(block.register_forward_hook(after))
        return hooks

    def _before(self, index: int) -> None:
        self.check()
        self._device.begin_block(index)
        if not self._order:
            return
        slot = self._slot_of(index)
        if index not in self._sources:
            if all(each.index is None for each in self._slots):
                self._start(self._following(index))
            return
        slot = slot or self._start(index)
        self._arrive(slot)
        self._device.computes_after(slot.ready)
        self._layouts[index].point(slot.views[index])

    def _after(self, index: int) -> None:
        slot = self._slot_of(index)
        following = self._following(self._last)
        if slot is None or self._slot_of(following) is not None:
            return
        slot.free = self._device.calculated()
        self._fill(slot, following)

    def _slot_of(self, index: int) -> _Slot | None:
        return next((slot for slot in self._slots if slot.index == index), None)

    def _following(self, index: int) -> int:
        """The next streamed block in the order of the network, the first again after the last."""
        return next((each for each in self._order if each > index), self._order[0])

    def _start(self, index: int) -> _Slot:
        """Fill the ring anew from `index` on: at the start, and after blocks were left out."""
        for slot in self._slots:
            self._forget(slot)
        self._device.copies_after_computing()
        for slot in self._slots:
            slot.free = None
            self._fill(slot, index)
            index = self._following(index)
        return self._slots[0]

    def _fill(self, slot: _Slot, index: int) -> None:
        """Order a block into a slot; its bytes are there when `ready` (or the delivery) says so."""
        self._forget(slot)
        source, size = self._sources[index], self._layouts[index].size
        if isinstance(source, InBuffer) and _direct(source):
            self._device.copies_after(slot.free)
            self._device.copy(slot.buffer.bytes[:size], source.bytes[:size])
            slot.ready = self._device.copied()
        elif self._reader is not None:
            slot.delivery = Delivery(index, slot.buffer.bytes, slot.free)
            self._reader.ask(slot.delivery)
        slot.index = self._last = index

    def _forget(self, slot: _Slot) -> None:
        if slot.delivery is not None and self._reader is not None:
            self._reader.drop(slot.delivery)
            slot.ready = slot.delivery.fence
        slot.index = slot.delivery = None

    def _arrive(self, slot: _Slot) -> None:
        """Wait until the reader has sent the block on its way; an error of its is raised here."""
        delivery = slot.delivery
        if delivery is None:
            return
        while not delivery.done.wait(PATIENCE):
            self.check()
        slot.delivery, slot.ready = None, delivery.fence
        if delivery.error is not None:
            slot.index = None
            raise delivery.error


def _direct(source: Source) -> bool:
    """Pinned memory needs no thread: the copy is only ordered, not done, by the one who asks."""
    return isinstance(source, InBuffer) and source.pinned

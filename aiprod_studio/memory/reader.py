"""The thread that brings blocks from pageable memory and files into the slots of the ring.

The streamer hands it deliveries in the order in which blocks will run. On a card it reads ahead
into staging buffers while the slots are still computing, so that a slow disk is busy all the time;
elsewhere it reads straight into the slot. An error is kept for the one who waits for the delivery.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

from aiprod_studio.memory.devices import Buffer, Device
from aiprod_studio.memory.sources import Source


class Dropped(Exception):
    """Raised inside the reader when what it reads is no longer wanted."""


@dataclass(eq=False)
class Delivery:
    """One block on its way into a slot; `after` is the fence that frees the slot."""

    index: int
    into: torch.Tensor
    after: Any = None
    done: threading.Event = field(default_factory=threading.Event)
    fence: Any = None
    error: BaseException | None = None
    dropped: bool = False


@dataclass(eq=False)
class _Stage:
    """A staging buffer, the block in it, and the fence after its last copy to the device."""

    buffer: Buffer
    index: int | None = None
    fence: Any = None


class Reader:
    """Delivers blocks in the background; `order` is the cycle in which they will be asked for."""

    def __init__(
        self, device: Device, sources: dict[int, Source], sizes: dict[int, int],
        staging: Sequence[Buffer],
    ) -> None:  # fmt: skip
        self._device, self._sources, self._sizes = device, sources, sizes
        self._order = sorted(sources)
        self._stages = [_Stage(buffer) for buffer in staging]
        self._waiting: deque[Delivery] = deque()
        self._current: Delivery | None = None
        self._last: int | None = None
        self._wake = threading.Condition()
        self._over = False
        self._thread = threading.Thread(target=self._work, name="block reader", daemon=True)
        self._thread.start()

    def ask(self, delivery: Delivery) -> None:
        """Queue a delivery."""
        with self._wake:
            self._waiting.append(delivery)
            self._wake.notify()

    def drop(self, delivery: Delivery) -> None:
        """Take back a delivery; returns once nothing will write into its slot any more."""
        with self._wake:
            delivery.dropped = True
            if delivery in self._waiting:
                self._waiting.remove(delivery)
                delivery.done.set()
        delivery.done.wait()

    def close(self) -> None:
        """Stop and wait for the thread; staging buffers are free afterwards."""
        with self._wake:
            self._over = True
            self._wake.notify()
        self._thread.join()
        for stage in self._stages:
            self._device.wait(stage.fence)

    def _work(self) -> None:
        with torch.inference_mode(False), torch.no_grad():
            while (job := self._next_job()) is not None:
                delivery, index = job
                if delivery is None:
                    self._read_ahead(index)
                else:
                    self._deliver(delivery)

    def _next_job(self) -> tuple[Delivery | None, int] | None:
        """Wait for a delivery or for a reason to read ahead; None when it is over."""
        with self._wake:
            while not self._over:
                if self._waiting:
                    self._current = self._waiting.popleft()
                    return self._current, self._current.index
                ahead = self._ahead()
                if ahead is not None:
                    return None, ahead
                self._wake.wait()
            for delivery in self._waiting:
                delivery.error = Dropped()
                delivery.done.set()
            return None

    def _ahead(self) -> int | None:
        """The next block of the cycle to read before it is asked for, if a stage is free."""
        if self._last is None:
            return None
        staged = {stage.index for stage in self._stages}
        if None not in staged:
            return None
        place = self._order.index(self._last)
        following = self._order[place + 1 :] + self._order[: place + 1]
        nearest = following[: len(self._stages)]
        return next((index for index in nearest if index not in staged), None)

    def _deliver(self, delivery: Delivery) -> None:
        try:
            size = self._sizes[delivery.index]
            if self._stages:
                stage = self._staged(delivery.index, lambda: self._stop(delivery))
                self._device.copies_after(delivery.after)
                self._device.copy(delivery.into[:size], stage.buffer.bytes[:size])
                delivery.fence = stage.fence = self._device.copied()
                stage.index = None
            else:
                self._sources[delivery.index].read(
                    delivery.into[:size], lambda: self._stop(delivery)
                )
            self._last = delivery.index
        except BaseException as error:
            delivery.error = error
        self._current = None
        delivery.done.set()

    def _read_ahead(self, index: int) -> None:
        """Fill a free stage; an error waits until the block is really asked for."""
        try:
            self._staged(index, self._stop_ahead)
        except BaseException:
            self._last = None

    def _staged(self, index: int, stop: Any) -> _Stage:
        """Return the stage that holds a block, reading it first if none does."""
        for stage in self._stages:
            if stage.index == index:
                return stage
        stage = next((s for s in self._stages if s.index is None), self._stages[0])
        stage.index = None
        self._device.wait(stage.fence)
        self._sources[index].read(stage.buffer.bytes[: self._sizes[index]], stop)
        stage.index = index
        return stage

    def _stop(self, delivery: Delivery) -> None:
        if self._over or delivery.dropped:
            raise Dropped

    def _stop_ahead(self) -> None:
        if self._over:
            raise Dropped

"""One loaded model, and everything it holds: its tensors moved to where a placement wants them.

The residency keeps one `Arrangement` per loaded model. It owns the buffers in RAM and on the
device, and the streamer. It decides nothing; `planning.place` does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import torch

from aiprod_studio.memory.describing import Check, FileSpan, ModelOnDisk
from aiprod_studio.memory.devices import Buffer, Device, is_aligned, plain_tensors
from aiprod_studio.memory.layout import Anatomy
from aiprod_studio.memory.ledger import Holding
from aiprod_studio.memory.planning import DEVICE, FILE, PAGEABLE, PINNED, Placement
from aiprod_studio.memory.sources import AsLoaded, InBuffer, InFiles, OpenFiles, Source, covers
from aiprod_studio.memory.streaming import Streamer


class Arrangement:
    """A loaded network between host and device.

    Args:
        device: where it computes.
        model: its description.
        anatomy: the network taken apart, as the loader gave it, in host memory.
        loaded: the ledger's holding for the loader's own RAM; released with the tensors.
    """

    def __init__(
        self, device: Device, model: ModelOnDisk, anatomy: Anatomy, loaded: Holding
    ) -> None:
        outside, blocks = anatomy.outside_bytes, anatomy.block_bytes
        self.model = replace(model, outside_bytes=outside, block_bytes=blocks)
        self.placement: Placement | None = None
        self._device, self._anatomy, self._loaded = device, anatomy, loaded
        self._layouts = anatomy.layouts
        self._outside = anatomy.outside.values()
        self._as_loaded = {i: AsLoaded(a, a.values()) for i, a in enumerate(self._layouts)}
        self._buffers: dict[int, InBuffer] = {}
        self._on_device: dict[int, Buffer] = {}
        self._weights: Holding | None = None
        self._files = OpenFiles()
        self._ring: list[Buffer] = []
        self._streamer: Streamer | None = None

    def settle(self, placement: Placement, check: Check) -> None:
        """Move tensors so that the model is held as `placement` says; what is right stays."""
        if placement != self.placement:
            with plain_tensors():
                self._stop_streaming()
                self.placement = None
                self._leave_blocks(placement.homes)
                self._to_host(placement.homes, check)
                self._outside_to_device(check)
                self._blocks_to_device(placement.homes, check)
                self._stream(placement)
            self.placement = placement
        self.watch(check)

    def watch(self, check: Check) -> None:
        """Call `check` before every block from now on."""
        if self._streamer is not None:
            self._streamer.check = check

    def leave_device(self) -> None:
        """Give back all that is held on the device; the model stays in host memory."""
        with plain_tensors():
            self._stop_streaming()
            self._leave_blocks(())
            self._anatomy.outside.point(self._outside)
        if self._weights is not None:
            self._weights.release()
            self._weights = None
        self.placement = None

    def close(self) -> None:
        """Give back everything; the network's tensors are empty afterwards."""
        self.leave_device()
        with plain_tensors():
            for layout in (*self._layouts, self._anatomy.outside):
                layout.point([value.new_empty(0) for value in layout.values()])
        for source in self._buffers.values():
            source.buffer.close()
        self._buffers, self._as_loaded, self._outside = {}, {}, []
        self._files.close()
        self._loaded.release()

    def _stop_streaming(self) -> None:
        if self._streamer is not None:
            self._streamer.close()
            self._streamer = None
        for index in range(len(self._layouts)):
            if index not in self._on_device:
                self._point_at_host(index)
        for buffer in self._ring:
            buffer.close()
        self._ring = []

    def _leave_blocks(self, homes: tuple[str, ...]) -> None:
        """Drop the device copies of blocks that are not to be resident."""
        for index in list(self._on_device):
            if not homes or homes[index] != DEVICE:
                self._point_at_host(index)
                self._on_device.pop(index).close()

    def _point_at_host(self, index: int) -> None:
        layout, buffer = self._layouts[index], self._buffers.get(index)
        if buffer is not None:
            layout.point(layout.views(buffer.bytes))
        elif index in self._as_loaded:
            layout.point(self._as_loaded[index].values)

    def _to_host(self, homes: tuple[str, ...], check: Check) -> None:
        """Give every streamed block its home; buffers that are not wanted go first."""
        for index, home in enumerate(homes):
            if index in self._as_loaded and index in self._buffers and not self._is_at(index, home):
                self._drop_buffer(index)
        for index, home in enumerate(homes):
            check()
            if home in (PINNED, PAGEABLE) and not self._is_at(index, home):
                self._into_buffer(index, home == PINNED, check)

    def _is_at(self, index: int, home: str) -> bool:
        """Whether the host's copy of a block is where a placement wants it."""
        buffer = self._buffers.get(index)
        if buffer is not None:
            return home == (PINNED if buffer.pinned else PAGEABLE)
        return home == PAGEABLE and not self.model.mapped

    def _drop_buffer(self, index: int) -> None:
        """Drop a copy in RAM whose original is still mapped."""
        buffer = self._buffers.pop(index)
        if index not in self._on_device:
            self._point_at_host(index)
        buffer.buffer.close()

    def _into_buffer(self, index: int, pinned: bool, check: Check) -> None:
        """Copy a block into one piece of RAM; RAM that the loader took for it is given back."""
        layout, before = self._layouts[index], self._source(index, {})
        buffer = self._device.host_buffer(layout.size, self.model.key, pinned=pinned)
        try:
            before.read(buffer.bytes, check)
        except BaseException:
            buffer.close()
            raise
        self._buffers[index] = InBuffer(buffer, pinned)
        if index not in self._on_device:
            self._point_at_host(index)
        if isinstance(before, InBuffer):
            before.buffer.close()
        elif not self.model.mapped:
            del self._as_loaded[index]
            self._loaded.resize(self._loaded.size - layout.size)

    def _source(self, index: int, spans: Mapping[str, FileSpan]) -> Source:
        """Where a block's bytes come from now."""
        if index in self._buffers:
            return self._buffers[index]
        if covers(self._layouts[index], spans):
            return InFiles(self._layouts[index], spans, self._files)
        return self._as_loaded[index]

    def _outside_to_device(self, check: Check) -> None:
        if self._weights is not None:
            return
        weights = self._device.hold(self.model.outside_bytes, self.model.key)
        try:
            self._anatomy.outside.point(self._copies(check))
        except BaseException:
            weights.release()
            raise
        self._weights = weights

    def _copies(self, check: Check) -> list[torch.Tensor]:
        copies = []
        for value in self._outside:
            check()
            copies.append(self._device.own(value))
        return copies

    def _blocks_to_device(self, homes: tuple[str, ...], check: Check) -> None:
        for index, home in enumerate(homes):
            if home == DEVICE and index not in self._on_device:
                check()
                self._on_device[index] = self._resident(index, check)

    def _resident(self, index: int, check: Check) -> Buffer:
        """Hold a block on the device, in one piece; where it was loaded if that computes too."""
        layout = self._layouts[index]
        if self._device.in_place and all(map(is_aligned, layout.values())):
            nothing = torch.empty(0, dtype=torch.uint8)
            return Buffer(nothing, self._device.hold(layout.size, self.model.key))
        buffer = self._device.buffer(layout.size, self.model.key)
        try:
            self._bring(index, buffer, check)
        except BaseException:
            buffer.close()
            raise
        layout.point(layout.views(buffer.bytes))
        return buffer

    def _bring(self, index: int, into: Buffer, check: Check) -> None:
        """Copy a block to the device and let the computation wait for it."""
        self._device.copies_after_computing()
        layout, source = self._layouts[index], self._source(index, {})
        if isinstance(source, InBuffer):
            self._device.copy(into.bytes, source.bytes)
        elif isinstance(source, AsLoaded):
            for view, value in zip(layout.views(into.bytes), source.values, strict=True):
                check()
                self._device.copy(view, value)
        self._device.computes_after(self._device.copied())

    def _stream(self, placement: Placement) -> None:
        """Put hooks on the blocks: for streaming, or only for their cancel points."""
        streamed = [i for i, home in enumerate(placement.homes) if home != DEVICE]
        spans = dict(self.model.spans()) if FILE in placement.homes else {}
        sources = {index: self._source(index, spans) for index in streamed}
        size, key = max((self._layouts[i].size for i in streamed), default=0), self.model.key
        for _ in range(placement.slots):
            self._ring.append(self._device.buffer(size, key))
        for _ in range(placement.staging if self._device.staged else 0):
            pinned = placement.staging_pinned
            self._ring.append(self._device.host_buffer(size, key, pinned=pinned))
        slots, staging = self._ring[: placement.slots], self._ring[placement.slots :]
        if self._layouts:
            self._streamer = Streamer(self._device, self._anatomy, sources, slots, staging)

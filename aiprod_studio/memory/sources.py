"""Where a streamed block's bytes come from in the host: RAM, the loaded tensors, or a file.

A `Source` fills a piece of memory with one block, as its layout orders. The reader thread and the
arranging of a model use them. They are read-only and never touch the device.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, Protocol

import torch

from aiprod_studio.memory.describing import FileSpan
from aiprod_studio.memory.devices import Buffer
from aiprod_studio.memory.layout import Layout
from aiprod_studio.sdk import Missing, Refusal

CHUNK = 16 << 20
"""Bytes read between two looks at `stop`."""

Stop = Callable[[], None]
"""Raises when the reading is no longer wanted."""


class Source(Protocol):
    """One block's bytes."""

    def read(self, into: torch.Tensor, stop: Stop) -> None:
        """Fill `into`, bytes on the processor of the layout's size."""


class InBuffer:
    """A block in one piece in RAM, pinned or pageable."""

    def __init__(self, buffer: Buffer, pinned: bool) -> None:
        self.buffer = buffer
        self.pinned = pinned

    @property
    def bytes(self) -> torch.Tensor:
        """The block's bytes."""
        return self.buffer.bytes

    def read(self, into: torch.Tensor, stop: Stop) -> None:
        """Copy out of the buffer."""
        for start in range(0, into.numel(), CHUNK):
            stop()
            into[start : start + CHUNK].copy_(self.bytes[start : start + CHUNK])


class AsLoaded:
    """A block as the loader left it: tensors in RAM, or views of a mapped file."""

    def __init__(self, layout: Layout, values: Sequence[torch.Tensor]) -> None:
        self.layout = layout
        self.values = tuple(values)

    def read(self, into: torch.Tensor, stop: Stop) -> None:
        """Gather the tensors."""
        for view, value in zip(self.layout.views(into), self.values, strict=True):
            stop()
            view.copy_(value)


class InFiles:
    """A block read from the model's own files, not through a mapping: a file that shrinks or a
    drive that fails is then an error in words and not the end of the process."""

    def __init__(self, layout: Layout, spans: Mapping[str, FileSpan], files: OpenFiles) -> None:
        self.spans = [(piece.offset, spans[piece.name]) for piece in layout.pieces]
        self.files = files

    def read(self, into: torch.Tensor, stop: Stop) -> None:
        """Read every tensor into its place."""
        memory = memoryview(into.numpy())  # type: ignore[arg-type]
        for offset, span in self.spans:
            file = self.files.open(span)
            for start in range(0, span.size, CHUNK):
                stop()
                size = min(CHUNK, span.size - start)
                place = memory[offset + start : offset + start + size]
                self.files.read(file, span, span.offset + start, place)


def covers(layout: Layout, spans: Mapping[str, FileSpan]) -> bool:
    """Say whether a block can be read from files: every tensor there, in the order of memory."""
    return all(
        piece.name in spans
        and spans[piece.name].size == piece.size
        and piece.stride == _plain_stride(piece.shape)
        for piece in layout.pieces
    )


def _plain_stride(shape: Sequence[int]) -> tuple[int, ...]:
    return tuple(torch.empty(tuple(shape), device="meta").stride())


class OpenFiles:
    """The files that blocks are read from, opened once each; refuses those that were changed."""

    def __init__(self) -> None:
        self._open: dict[Path, BinaryIO] = {}

    def open(self, span: FileSpan) -> BinaryIO:
        """Return the open file of a span.

        Raises:
            Refusal: it is gone or is not the file whose header was read.
        """
        file = self._open.get(span.path)
        try:
            if file is None:
                file = self._open[span.path] = span.path.open("rb", buffering=0)
            now = os.fstat(file.fileno())
        except OSError as error:
            raise _unreadable(span, str(error)) from error
        if (now.st_size, now.st_mtime_ns) != span.stamp:
            raise _unreadable(span, "it was replaced or changed while it was in use")
        return file

    def read(self, file: BinaryIO, span: FileSpan, offset: int, into: memoryview) -> None:
        """Read exactly `len(into)` bytes from `offset` on."""
        try:
            file.seek(offset)
            done = 0
            while done < len(into):
                count = file.readinto(into[done:])  # type: ignore[attr-defined]
                if not count:
                    raise _unreadable(span, "it ends before its weights do")
                done += count
        except OSError as error:
            raise _unreadable(span, str(error)) from error

    def close(self) -> None:
        """Close all files."""
        for file in self._open.values():
            file.close()
        self._open.clear()


def _unreadable(span: FileSpan, why: str) -> Refusal:
    remedy = "Check the drive it is on, then run again; the file is read from its start."
    return Refusal(Missing(f"file {span.path.name}", why, remedy))

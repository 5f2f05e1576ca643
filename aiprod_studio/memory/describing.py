"""What the application says of a model so that this room can hold it: sizes, and how to load it.

The numbers come from file headers; nothing is loaded to make a description. What kind of network
it is, this room never learns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

Check = Callable[[], None]
"""Called often; raises to cancel."""


@dataclass(frozen=True, slots=True)
class FileSpan:
    """Where a tensor's bytes are in a file, exactly as the device is to hold them.

    `stamp` is the file's (size, mtime_ns) when its header was read.
    """

    path: Path
    offset: int
    size: int
    stamp: tuple[int, int]


def no_check() -> None:
    """Never cancel."""


def _no_spans() -> Mapping[str, FileSpan]:
    return {}


def _keep_nothing(name: str) -> bool:
    return False


@dataclass(frozen=True)
class ModelOnDisk:
    """A network that can be loaded.

    Args:
        key: tells models apart; same key, same weights.
        name: what the artist calls it, for sentences.
        outside_bytes: weights outside the repeated blocks; all of them if there are none.
        block_bytes: weights of each block, in the order in which they run.
        activations: bytes that a forward pass needs on the device beside the weights.
        load: builds the network in host memory, in evaluation mode; given a `Check`.
        blocks: attribute path of the `nn.ModuleList` of blocks, or None.
        mapped: the loaded tensors are views of the mapped file, which cost no RAM of their own.
        spans: gives the place in a file of each tensor that is stored as it is loaded, by its
            name in the network; asked only when blocks are to be read from the disk.
        beside: says by name which tensors inside blocks never travel with the block (the side
            branches of a LoRA); count their bytes as outside.
    """

    key: str
    name: str
    outside_bytes: int
    load: Callable[[Check], torch.nn.Module]
    block_bytes: tuple[int, ...] = ()
    blocks: str | None = None
    activations: int = 0
    mapped: bool = False
    spans: Callable[[], Mapping[str, FileSpan]] = _no_spans
    beside: Callable[[str], bool] = _keep_nothing

    @property
    def weight_bytes(self) -> int:
        """All weights, in bytes."""
        return self.outside_bytes + sum(self.block_bytes)

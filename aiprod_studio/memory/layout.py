"""How the tensors of a block lie in one piece of memory, and how a network is pointed at it.

Used by the arranging of a model. A block's parameters and buffers, of whatever element type, lie
one after the other in a byte buffer; one copy moves them all. The network's own tensor objects
stay the same, only where their values lie changes (`.data`), so module code never notices. A
tensor that two blocks share, or that the rest of the network uses too, is left outside.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch

from aiprod_studio.memory.devices import ALIGNED
from aiprod_studio.sdk import Failed, Refusal


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """One tensor of a network: its name there, the tensor object, and its place in the buffer."""

    name: str
    tensor: torch.Tensor
    shape: tuple[int, ...]
    stride: tuple[int, ...]
    dtype: torch.dtype
    offset: int
    size: int

    def view(self, buffer: torch.Tensor) -> torch.Tensor:
        """Return this tensor as it lies in a buffer of bytes."""
        flat = buffer[self.offset : self.offset + self.size].view(self.dtype)
        return flat.as_strided(self.shape, self.stride)


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """The tensors of one block; `size` is what a buffer for all of them must hold, in bytes."""

    pieces: tuple[Piece, ...]
    size: int

    def views(self, buffer: torch.Tensor) -> list[torch.Tensor]:
        """Return all tensors as they lie in a buffer of at least `size` bytes."""
        return [piece.view(buffer) for piece in self.pieces]

    def values(self) -> list[torch.Tensor]:
        """Return what the network's tensors hold now."""
        return [piece.tensor.data for piece in self.pieces]

    def point(self, values: Sequence[torch.Tensor]) -> None:
        """Let the network's tensors have these values from now on; nothing is copied."""
        for piece, value in zip(self.pieces, values, strict=True):
            piece.tensor.data = value


@dataclass(frozen=True, slots=True, eq=False)
class Anatomy:
    """A network taken apart: its blocks, their layouts, and the tensors outside them."""

    blocks: tuple[torch.nn.Module, ...]
    layouts: tuple[Layout, ...]
    outside: Layout

    @property
    def block_bytes(self) -> tuple[int, ...]:
        """Bytes of each block's buffer."""
        return tuple(layout.size for layout in self.layouts)

    @property
    def outside_bytes(self) -> int:
        """Bytes of the tensors outside the blocks."""
        return sum(piece.size for piece in self.outside.pieces)


def dissect(network: torch.nn.Module, path: str | None, beside: Callable[[str], bool]) -> Anatomy:
    """Take a network apart; `path` leads to its list of blocks, `beside` names what stays put.

    Raises:
        Refusal: there is no list of blocks at `path`.
    """
    blocks = _blocks(network, path) if path else ()
    shared = _shared(network, blocks)
    layouts, inside = [], set[int]()
    prefix = f"{path}." if path else ""
    for index, block in enumerate(blocks):
        chosen = [
            (name, tensor)
            for name, tensor in _tensors(block, f"{prefix}{index}.")
            if id(tensor) not in shared and not beside(name)
        ]
        inside |= {id(tensor) for _, tensor in chosen}
        layouts.append(_lay_out(chosen))
    rest = [(name, t) for name, t in _tensors(network, "") if id(t) not in inside]
    return Anatomy(blocks, tuple(layouts), _lay_out(rest))


def _blocks(network: torch.nn.Module, path: str) -> tuple[torch.nn.Module, ...]:
    found: object = network
    for name in path.split("."):
        found = getattr(found, name, None)
    if not isinstance(found, torch.nn.ModuleList):
        why = f"it has no list of blocks at {path!r}"
        raise Refusal(Failed(type(network).__name__, why, "Its description must be mended."))
    return tuple(found)


def _tensors(module: torch.nn.Module, prefix: str) -> Iterator[tuple[str, torch.Tensor]]:
    """Every parameter and buffer once, under its first name."""
    yield from ((prefix + name, tensor) for name, tensor in module.named_parameters())
    yield from ((prefix + name, tensor) for name, tensor in module.named_buffers())


def _shared(network: torch.nn.Module, blocks: Sequence[torch.nn.Module]) -> set[int]:
    """Identities of tensors that more than one block, or a block and the rest, use."""
    users: Counter[int] = Counter()
    owned = {id(module) for block in blocks for module in block.modules()}
    for module in network.modules():
        if id(module) not in owned:
            users.update({id(t) for _, t in _direct(module)})
    for block in blocks:
        users.update({id(t) for _, t in _tensors(block, "")})
    return {identity for identity, count in users.items() if count > 1}


def _direct(module: torch.nn.Module) -> Iterator[tuple[str, torch.Tensor]]:
    yield from module.named_parameters(recurse=False)
    yield from module.named_buffers(recurse=False)


def _lay_out(tensors: Sequence[tuple[str, torch.Tensor]]) -> Layout:
    pieces, offset = [], 0
    for name, tensor in tensors:
        size, stride = tensor.numel() * tensor.element_size(), _dense_stride(tensor)
        shape = tuple(tensor.shape)
        pieces.append(Piece(name, tensor, shape, stride, tensor.dtype, offset, size))
        offset += -(-size // ALIGNED) * ALIGNED
    return Layout(tuple(pieces), offset)


def _dense_stride(tensor: torch.Tensor) -> tuple[int, ...]:
    """Keep the order of the elements (a transposed weight stays so) unless they overlap or gap."""
    dense = torch.empty_like(tensor, device="meta", memory_format=torch.preserve_format)
    return tuple(dense.stride())

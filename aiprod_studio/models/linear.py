"""One linear layer for every way weights are stored, with LoRA beside it.

`StoredLinear` holds the bytes as they are in the file (16- and 32-bit floats, cast or scaled fp8,
GGUF groups) and expands them on the device for each pass, in the type of what comes in. LoRA
branches add their own small products, so changing a strength reloads nothing and streamed weights
are never written to. Put in place of `torch.nn.Linear` by `loading` and `lora`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F

from aiprod_studio.models.quantised import READERS, dequantise

EVERY = slice(None)
AT_ONCE = 1 << 26
"""Numbers of a weight that are expanded at a time: a layer of LTX-2's transformer, whole."""
FEW = 1 << 22
"""Numbers that are float32 at a time on their way to float16."""


@dataclass
class Strength:
    """How strongly one LoRA acts, shared by all its branches; may be changed between passes."""

    name: str
    value: float = 1.0


class Branch(nn.Module):
    """Base of what is added beside a linear layer; `scale` is alpha over rank."""

    def __init__(self, strength: Strength, scale: float) -> None:
        super().__init__()
        self.strength = strength
        self.scale = scale
        self.magnitude: nn.Parameter | None = None
        self._gain: torch.Tensor | None = None

    def product(self, x: torch.Tensor) -> torch.Tensor:
        """Return the branch's own product for inputs (..., in): (..., out), without `scale`."""
        raise NotImplementedError

    def delta(self) -> torch.Tensor:
        """Return the product as a matrix (out, in) in float32, without `scale`."""
        raise NotImplementedError

    def forward(
        self, x: torch.Tensor, base: torch.Tensor, weight: torch.Tensor
    ) -> torch.Tensor | None:
        """Return what is added to the layer's output, or None where the strength is 0.

        `base` is the layer's product without bias and `weight` its expanded matrix.
        """
        strength = self.strength.value
        if strength == 0:
            return None
        added = self.product(x)
        if self.magnitude is None:
            return added * (self.scale * strength)
        gain = self._gains(weight).to(x.dtype)
        return ((gain - 1) * base + gain * added * self.scale) * strength

    def _gains(self, weight: torch.Tensor) -> torch.Tensor:
        """DoRA: the wanted length of every row over the length that it has, (out,)."""
        if self._gain is None or self._gain.device != weight.device:
            moved = weight.float() + self.delta().to(weight.device) * self.scale
            assert self.magnitude is not None
            wanted = self.magnitude.to(weight.device).float().flatten()
            self._gain = wanted / moved.norm(dim=1).clamp_min(torch.finfo(torch.float32).tiny)
        return self._gain


class LowRank(Branch):
    """LoRA: `up` (out, rank) times `down` (rank, in)."""

    def __init__(
        self, down: torch.Tensor, up: torch.Tensor, strength: Strength, scale: float
    ) -> None:
        super().__init__(strength, scale)
        self.down = nn.Parameter(down, requires_grad=False)
        self.up = nn.Parameter(up, requires_grad=False)

    def product(self, x: torch.Tensor) -> torch.Tensor:
        return F.linear(F.linear(x, self.down.to(x.dtype)), self.up.to(x.dtype))

    def delta(self) -> torch.Tensor:
        return self.up.float() @ self.down.float()


class Kronecker(Branch):
    """LoKr: the Kronecker product of `first` (o1, i1) and `second` (o2, i2), never built whole."""

    def __init__(
        self, first: torch.Tensor, second: torch.Tensor, strength: Strength, scale: float
    ) -> None:
        super().__init__(strength, scale)
        self.first = nn.Parameter(first, requires_grad=False)
        self.second = nn.Parameter(second, requires_grad=False)

    def product(self, x: torch.Tensor) -> torch.Tensor:
        grid = x.reshape(*x.shape[:-1], self.first.shape[1], self.second.shape[1])
        inner = F.linear(grid, self.second.to(x.dtype))
        outer = torch.einsum("oi,...ip->...op", self.first.to(x.dtype), inner)
        return outer.flatten(-2)

    def delta(self) -> torch.Tensor:
        return torch.kron(self.first.float(), self.second.float())


class StoredLinear(nn.Module):
    """A linear layer over a weight kept in its storage type.

    Args:
        stored: the weight as the file has it: (out, in) floats or fp8, or packed uint8 groups.
        shape: (out, in).
        kind: "" for plain numbers, else a GGUF type of `quantised.READERS`.
        bias: (out,) or None.
        scale: of scaled fp8, one number or one per row; None elsewhere.
        compute: the type that the layer says its weight has.
    """

    def __init__(
        self,
        stored: torch.Tensor,
        shape: tuple[int, int],
        *,
        kind: str = "",
        bias: torch.Tensor | None = None,
        scale: torch.Tensor | None = None,
        compute: torch.dtype = torch.float32,
    ) -> None:
        super().__init__()
        if kind and kind not in READERS:
            raise ValueError(f"weights stored as {kind} cannot be expanded")
        self.out_features, self.in_features = shape
        self.kind, self.compute = kind, compute
        self.stored = nn.Parameter(stored, requires_grad=False)
        self.bias = None if bias is None else nn.Parameter(bias, requires_grad=False)
        self.scale = None if scale is None else nn.Parameter(scale, requires_grad=False)
        self.branches = nn.ModuleList()

    @property
    def weight(self) -> torch.Tensor:
        """A stand-in without memory, for code that asks a layer for its weight's type or shape."""
        shape = (self.out_features, self.in_features)
        return torch.empty(shape, dtype=self.compute, device="meta")

    def expanded(self, dtype: torch.dtype, rows: slice = EVERY) -> torch.Tensor:
        """Return the weight (out, in), or some of its rows, as numbers of this type."""
        if self.kind:
            packed = self.stored.reshape(self.out_features, -1)[rows]
            return dequantise(packed, self.kind, (len(packed), self.in_features), dtype)
        stored = self.stored[rows]
        if self.scale is None:
            return stored.to(dtype)
        scale = self.scale.reshape(-1, 1)
        return scaled(stored, scale[rows] if len(scale) > 1 else scale, dtype)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Compute for inputs (..., in)."""
        bias = None if self.bias is None else self.bias.to(x.dtype)
        if not len(self.branches):
            return self._product(x, bias)
        weight = self.expanded(x.dtype)
        base = F.linear(x, weight)
        out = base if bias is None else base + bias
        for branch in self.branches:
            added = branch(x, base, weight)
            out = out if added is None else out + added
        return out

    def _product(self, x: torch.Tensor, bias: torch.Tensor | None) -> torch.Tensor:
        """Compute some rows at a time where the whole matrix would be costly to expand."""
        same = not self.kind and self.scale is None and self.stored.dtype == x.dtype
        if same or self.out_features * self.in_features <= AT_ONCE:
            return F.linear(x, self.expanded(x.dtype), bias)
        out = x.new_empty(*x.shape[:-1], self.out_features)
        count = max(1, AT_ONCE // self.in_features)
        for start in range(0, self.out_features, count):
            rows = slice(start, start + count)
            own = None if bias is None else bias[rows]
            out[..., rows] = F.linear(x, self.expanded(x.dtype, rows), own)
        return out

    def extra_repr(self) -> str:
        kind = self.kind or str(self.stored.dtype).removeprefix("torch.")
        return f"in={self.in_features}, out={self.out_features}, stored={kind}"


def scaled(stored: torch.Tensor, scale: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    """Return scaled fp8 (rows, in) as numbers; `scale` is (1, 1) or (rows, 1).

    float16 cannot hold small scales, so the product is made in float32, a few rows at a time.
    """
    if dtype != torch.float16:
        return stored.to(dtype, copy=True).mul_(scale.to(dtype))
    result = torch.empty(stored.shape, dtype=dtype, device=stored.device)
    scale = scale.float().expand(len(stored), 1)
    count = max(1, FEW // stored.shape[1])
    for start in range(0, len(stored), count):
        rows = slice(start, start + count)
        result[rows] = stored[rows].float().mul_(scale[rows])
    return result


def from_linear(layer: nn.Linear) -> StoredLinear:
    """Return the same layer in this form; the weight's memory is shared."""
    bias = None if layer.bias is None else layer.bias.data
    shape = (layer.out_features, layer.in_features)
    return StoredLinear(layer.weight.data, shape, bias=bias, compute=layer.weight.dtype)


def put(network: nn.Module, path: str, layer: nn.Module) -> None:
    """Put a layer in the place of another, by its dotted path."""
    owner, _, name = path.rpartition(".")
    setattr(network.get_submodule(owner), name, layer)


def stored_bytes(layers: Sequence[nn.Module]) -> int:
    """Return the bytes that parameters of these layers hold as stored."""
    return sum(p.nbytes for layer in layers for p in layer.parameters())

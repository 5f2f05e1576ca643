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

    def expanded(self, dtype: torch.dtype) -> torch.Tensor:
        """Return the weight (out, in) as numbers of this type."""
        if self.kind:
            return dequantise(self.stored, self.kind, (self.out_features, self.in_features), dtype)
        if self.scale is None:
            return self.stored.to(dtype)
        wide = torch.float32 if dtype == torch.float16 else dtype
        scale = self.scale.to(wide)
        return (self.stored.to(wide) * (scale.reshape(-1, 1) if scale.numel() > 1 else scale)).to(
            dtype
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Compute for inputs (..., in)."""
        weight = self.expanded(x.dtype)
        bias = None if self.bias is None else self.bias.to(x.dtype)
        if not len(self.branches):
            return F.linear(x, weight, bias)
        base = F.linear(x, weight)
        out = base if bias is None else base + bias
        for branch in self.branches:
            added = branch(x, base, weight)
            out = out if added is None else out + added
        return out

    def extra_repr(self) -> str:
        kind = self.kind or str(self.stored.dtype).removeprefix("torch.")
        return f"in={self.in_features}, out={self.out_features}, stored={kind}"


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

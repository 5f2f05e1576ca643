"""Turn GGUF's packed groups into numbers, with torch, on whatever device the bytes are.

Used by `linear` on every pass and by `loading` for the few quantised tensors that are no linear
weights. The layouts are ggml's; each function takes groups (n, bytes per group) of uint8 and gives
(n, elements per group) in float32. Nothing here reads files.
"""

from __future__ import annotations

from collections.abc import Callable

import torch

from aiprod_studio.models.gguf_header import TYPES

GROUPS = {name: (elements, size) for name, elements, size in TYPES.values()}
"""Elements and bytes of a group, by type name."""

AT_ONCE = 4 << 20
"""Elements expanded at a time: in float32 and with its parts a matrix takes some 14 bytes each."""

IQ4 = (-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113)
"""The 16 values that the non-linear 4-bit types choose from."""


def dequantise(
    data: torch.Tensor, kind: str, shape: tuple[int, ...], dtype: torch.dtype = torch.float32
) -> torch.Tensor:
    """Expand packed bytes to a tensor.

    Args:
        data: uint8, any shape, whole groups.
        kind: a key of `READERS`.
        shape: of the result.
        dtype: of the result.
    """
    elements, size = GROUPS[kind]
    groups, reader = data.reshape(-1, size), READERS[kind]
    most = max(1, AT_ONCE // elements)
    if len(groups) <= most:
        return reader(groups).to(dtype).reshape(shape)
    result = torch.empty(len(groups), elements, dtype=dtype, device=data.device)
    for start in range(0, len(groups), most):
        piece = groups[start : start + most]
        result[start : start + most] = reader(piece).to(dtype).reshape(len(piece), elements)
    return result.reshape(shape)


def _half(groups: torch.Tensor, at: int) -> torch.Tensor:
    """Read a float16 at a byte offset: (n, 1)."""
    return groups[:, at : at + 2].contiguous().view(torch.float16).float()


def _nibbles(packed: torch.Tensor) -> torch.Tensor:
    """Low halves first, then high halves."""
    return torch.cat([packed & 15, packed >> 4], dim=-1)


def _bits(packed: torch.Tensor) -> torch.Tensor:
    """Little-endian bits of bytes (n, b) as (n, 8 b)."""
    shifts = torch.arange(8, device=packed.device, dtype=torch.uint8)
    return ((packed[:, :, None] >> shifts) & 1).flatten(1)


def _q4_0(groups: torch.Tensor) -> torch.Tensor:
    return (_nibbles(groups[:, 2:]).float() - 8) * _half(groups, 0)


def _q4_1(groups: torch.Tensor) -> torch.Tensor:
    return _nibbles(groups[:, 4:]).float() * _half(groups, 0) + _half(groups, 2)


def _q5_0(groups: torch.Tensor) -> torch.Tensor:
    whole = _nibbles(groups[:, 6:]) | (_bits(groups[:, 2:6]) << 4)
    return (whole.float() - 16) * _half(groups, 0)


def _q5_1(groups: torch.Tensor) -> torch.Tensor:
    whole = _nibbles(groups[:, 8:]) | (_bits(groups[:, 4:8]) << 4)
    return whole.float() * _half(groups, 0) + _half(groups, 2)


def _q8_0(groups: torch.Tensor) -> torch.Tensor:
    return groups[:, 2:].view(torch.int8).float() * _half(groups, 0)


def _iq4_nl(groups: torch.Tensor) -> torch.Tensor:
    table = torch.tensor(IQ4, dtype=torch.float32, device=groups.device)
    return table[_nibbles(groups[:, 2:]).long()] * _half(groups, 0)


def _by_shift(packed: torch.Tensor, shifts: tuple[int, ...], mask: int) -> torch.Tensor:
    """Cut (n, b) bytes into planes of bits: (n, shifts, b)."""
    amounts = torch.tensor(shifts, dtype=torch.uint8, device=packed.device)
    return (packed[:, None, :] >> amounts[:, None]) & mask


def _q2_k(groups: torch.Tensor) -> torch.Tensor:
    """16 sub-groups of 16; 4-bit scale and 4-bit minimum each."""
    scales, packed = groups[:, :16], groups[:, 16:80]
    d, m = _half(groups, 80)[:, :, None], _half(groups, 82)[:, :, None]
    halves = packed.reshape(-1, 32)
    values = _by_shift(halves, (0, 2, 4, 6), 3).reshape(-1, 16, 16)
    low, high = (scales & 15).float()[:, :, None], (scales >> 4).float()[:, :, None]
    return (d * low * values.float() - m * high).flatten(1)


def _q3_k(groups: torch.Tensor) -> torch.Tensor:
    """16 sub-groups of 16; two low bits, one high bit, 6-bit scale."""
    high, packed, scales = groups[:, :32], groups[:, 32:96], groups[:, 96:108]
    low = _by_shift(packed.reshape(-1, 32), (0, 2, 4, 6), 3).reshape(-1, 16, 16)
    top = _by_shift(high, tuple(range(8)), 1).reshape(-1, 16, 16)
    values = low.to(torch.int8) - ((top ^ 1) << 2).to(torch.int8)
    ends = _nibbles(scales[:, :8])
    middles = _by_shift(scales[:, 8:], (0, 2, 4, 6), 3).flatten(1)
    six = (ends | (middles << 4)).to(torch.int8) - 32
    return (_half(groups, 108)[:, :, None] * six.float()[:, :, None] * values.float()).flatten(1)


def _scales_and_minima(packed: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Unpack the 12 bytes of Q4_K and Q5_K: 8 scales and 8 minima of 6 bits, (n, 8, 1) each."""
    first, second, third = packed[:, 0:4], packed[:, 4:8], packed[:, 8:12]
    scales = torch.cat([first & 63, (third & 15) | ((first >> 6) << 4)], dim=1)
    minima = torch.cat([second & 63, (third >> 4) | ((second >> 6) << 4)], dim=1)
    return scales.float()[:, :, None], minima.float()[:, :, None]


def _q4_k(groups: torch.Tensor) -> torch.Tensor:
    """8 sub-groups of 32; 6-bit scale and minimum each."""
    scales, minima = _scales_and_minima(groups[:, 4:16])
    values = _by_shift(groups[:, 16:].reshape(-1, 32), (0, 4), 15).reshape(-1, 8, 32).float()
    d, m = _half(groups, 0)[:, :, None], _half(groups, 2)[:, :, None]
    return (d * scales * values - m * minima).flatten(1)


def _q5_k(groups: torch.Tensor) -> torch.Tensor:
    scales, minima = _scales_and_minima(groups[:, 4:16])
    low = _by_shift(groups[:, 48:].reshape(-1, 32), (0, 4), 15).reshape(-1, 8, 32)
    high = _by_shift(groups[:, 16:48], tuple(range(8)), 1)
    values = (low | (high << 4)).float()
    d, m = _half(groups, 0)[:, :, None], _half(groups, 2)[:, :, None]
    return (d * scales * values - m * minima).flatten(1)


def _q6_k(groups: torch.Tensor) -> torch.Tensor:
    """16 sub-groups of 16; four low bits, two high bits, 8-bit scale."""
    low = _by_shift(groups[:, :128].reshape(-1, 64), (0, 4), 15).reshape(-1, 8, 32)
    high = _by_shift(groups[:, 128:192].reshape(-1, 32), (0, 2, 4, 6), 3).reshape(-1, 8, 32)
    values = (low | (high << 4)).to(torch.int8) - 32
    scales = groups[:, 192:208].contiguous().view(torch.int8).float()[:, :, None]
    d = _half(groups, 208)[:, :, None]
    return (d * scales * values.reshape(-1, 16, 16).float()).flatten(1)


def _iq4_xs(groups: torch.Tensor) -> torch.Tensor:
    """8 sub-groups of 32 over the 16-value table; 6-bit scale each."""
    high = groups[:, 2:4].contiguous().view(torch.int16).int() & 0xFFFF
    low = _by_shift(groups[:, 4:8], (0, 4), 15).transpose(1, 2).flatten(1).int()
    shifts = torch.arange(0, 16, 2, device=groups.device)
    scales = (low | (((high >> shifts) & 3) << 4)) - 32
    table = torch.tensor(IQ4, dtype=torch.float32, device=groups.device)
    packed = groups[:, 8:].reshape(-1, 8, 16)
    values = table[_nibbles(packed).long()]
    return (_half(groups, 0)[:, :, None] * scales.float()[:, :, None] * values).flatten(1)


READERS: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "Q4_0": _q4_0, "Q4_1": _q4_1, "Q5_0": _q5_0, "Q5_1": _q5_1, "Q8_0": _q8_0, "Q2_K": _q2_k,
    "Q3_K": _q3_k, "Q4_K": _q4_k, "Q5_K": _q5_k, "Q6_K": _q6_k, "IQ4_NL": _iq4_nl,
    "IQ4_XS": _iq4_xs,
}  # fmt: skip
"""The quantised types that can be run, by name."""

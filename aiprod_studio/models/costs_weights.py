"""What expanding stored weights takes while a layer computes, for the formulas; see `costs`."""

from __future__ import annotations

from aiprod_studio.models.descriptor import Part
from aiprod_studio.models.storage import FP8, GGUF

SAME = {"F32": 4, "F16": 2, "BF16": 2}
AT_ONCE = 1 << 26
"""Numbers of a weight that `linear` expands at a time."""
FEW = 1 << 22
PACKED, SCALED = 14, 8
"""Bytes beside each of so few numbers, which are unpacked or are float32 at a time."""


def scratch(part: Part, largest: float, element: int) -> float:
    """Return the bytes of the largest weight (in numbers) while it is expanded, 0 if none is."""
    stored = {s.info.dtype for s in part.tensors.values() if len(s.info.shape) == 2}
    if all(SAME.get(kind) == element for kind in stored):
        return 0
    beside = 0
    if stored & GGUF:
        beside = PACKED
    elif stored & set(FP8) and element == 2:
        beside = SCALED
    return min(largest, AT_ONCE) * element + min(largest, FEW) * beside


def numbers(part: Part) -> int:
    """Return how many numbers a part's weights are."""
    return sum(source.info.count for source in part.tensors.values())

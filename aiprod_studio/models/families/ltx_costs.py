"""What LTX models cost at a size: activation bytes by phase and arithmetic, by formula.

Measured on the published architectures on the meta device: one forward at 768x512x121 holds
0.86 GiB in bf16 and 1.58 in fp32 (tokens x 4 x width, twice, from the feed-forward's GELU, plus
attention); 199 TFLOP for the 19B. Used by the descriptors.
"""

from __future__ import annotations

from aiprod_studio.models.descriptor import Costs

GIB = 1 << 30
TOKENS_MEASURED = 6144
SAMPLE = {2: 0.86 * GIB / TOKENS_MEASURED, 4: 1.58 * GIB / TOKENS_MEASURED}
CHUNKED = {2: 0.73 * GIB / TOKENS_MEASURED, 4: 1.18 * GIB / TOKENS_MEASURED}
DECODE_PER_VOXEL = 6.4 * GIB / (768 * 512 * 121) / 4
WIDTH_MEASURED = 4096


def tokens_of(width: int, height: int, frames: int) -> int:
    """Return the number of video tokens: one per 32x32 pixels and 8 frames."""
    return (width // 32) * (height // 32) * ((frames - 1) // 8 + 1)


def predict(
    phase: str, width: int, height: int, frames: int, element: int, *, inner: int, layers: int,
    sound: bool,
) -> Costs:  # fmt: skip
    """Predict a phase; `inner` is the transformer's width and `element` the bytes of a number."""
    tokens = tokens_of(width, height, frames)
    if phase == "sample":
        scale = inner / WIDTH_MEASURED
        held, chunked = SAMPLE[_known(element)], CHUNKED[_known(element)]
        notes = {"chunked": chunked * tokens * scale, "keyframes": 2.0}
        flops = _flops(tokens, inner, layers, sound)
        return Costs(int(held * tokens * scale), flops, tokens, notes)
    if phase == "decode":
        voxels = width * height * frames
        return Costs(int(DECODE_PER_VOXEL * voxels * element), 2.4e6 * voxels, tokens)
    if phase == "upscale":
        return Costs(tokens * 1024 * 4 * 3 * element, 1.4e9 * tokens, tokens)
    return Costs(1024 * 3840 * 49 * element, 2.4e10 * 1024, 1024)


def _known(element: int) -> int:
    return 4 if element >= 4 else 2


def _flops(tokens: int, inner: int, layers: int, sound: bool) -> float:
    """Multiply-adds twice: projections and feed-forward per token, attention per pair of tokens."""
    per_token = 2.0 * inner * inner * (17.1 if sound else 16)
    pairs = 4.0 * tokens * inner
    return layers * tokens * (per_token + pairs)

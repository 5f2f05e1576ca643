"""One frame to few bytes and back, without loss: a cheap predictor, then zstandard.

Three predictors: the pixel above, the pixel above plus what changed to its left, and the frame
before. The best is guessed from a few rows. Used only by `frame_store`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import zstandard

from aiprod_studio.sdk import Invalid, Refusal

Frame = np.ndarray[Any, np.dtype[np.uint8]]

PLAIN, ABOVE, GRADIENT, BEFORE = range(4)
_LEVEL = 1
_PROBED_ROWS = 16


def encode(frame: Frame, before: Frame | None) -> tuple[int, bytes]:
    """Return (predictor, payload) for a frame; `before` may be used to predict from."""
    rows = _rows(frame)
    predictor = _guess(rows, None if before is None else _rows(before))
    residual = _residual(rows, predictor, None if before is None else _rows(before))
    return predictor, zstandard.ZstdCompressor(level=_LEVEL).compress(residual.tobytes())


def decode(predictor: int, payload: bytes, shape: tuple[int, ...], before: Frame | None) -> Frame:
    """Return the frame, uint8 of `shape`.

    Raises:
        Refusal: the payload does not decode to a frame of that shape.
    """
    size = int(np.prod(shape))
    try:
        data = zstandard.ZstdDecompressor().decompress(payload, max_output_size=size)
    except zstandard.ZstdError:
        data = b""
    if len(data) != size or (predictor == BEFORE) != (before is not None) or predictor > BEFORE:
        raise Refusal(Invalid("", "a stored frame does not decode"))
    rows = _rows(np.frombuffer(bytearray(data), np.uint8).reshape(shape))
    if predictor in (ABOVE, GRADIENT):
        _undo_above(rows)
    if predictor == GRADIENT:
        np.cumsum(rows, axis=1, dtype=np.uint8, out=rows)
    if before is not None:
        np.add(rows, _rows(before), out=rows)
    return rows.reshape(shape)


def _rows(frame: Frame) -> Frame:
    """View a frame as (rows, columns, channels)."""
    if frame.ndim == 1:
        return frame.reshape(1, -1, 1)
    channels = frame.shape[-1] if frame.ndim > 2 else 1
    return frame.reshape(frame.shape[0], -1, channels)


def _guess(rows: Frame, before: Frame | None) -> int:
    """Choose by the cost of a few rows: the size of the residual's bytes, seen as signed."""
    height = rows.shape[0]
    at = np.unique(np.linspace(min(1, height - 1), height - 1, _PROBED_ROWS).astype(np.intp))
    if before is not None and np.array_equal(rows[at], before[at]):
        return BEFORE
    if height < 2:
        return PLAIN
    here, above = rows[at], rows[at - 1]
    up = here - above
    costs = {PLAIN: _cost(here), ABOVE: _cost(up), GRADIENT: _cost(np.diff(up, axis=1))}
    if before is not None:
        costs[BEFORE] = _cost(here - before[at])
    return min(costs, key=lambda predictor: costs[predictor])


def _cost(residual: Frame) -> float:
    """Estimate bits by the entropy of the bytes."""
    counts = np.bincount(residual.reshape(-1), minlength=256)
    shares = counts[counts > 0] / max(1, residual.size)
    return float(-(shares * np.log2(shares)).sum())


def _residual(rows: Frame, predictor: int, before: Frame | None) -> Frame:
    if predictor == BEFORE and before is not None:
        return rows - before
    if predictor == PLAIN:
        return rows
    residual = rows.copy()
    if predictor == GRADIENT:
        residual[:, 1:] -= rows[:, :-1]
    source = residual.copy() if predictor == GRADIENT else rows
    residual[1:] -= source[:-1]
    return residual


def _undo_above(rows: Frame) -> None:
    for number in range(1, rows.shape[0]):
        np.add(rows[number], rows[number - 1], out=rows[number])

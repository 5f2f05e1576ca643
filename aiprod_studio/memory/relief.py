"""The rungs of the ladder that a residency offers for a step's models, mildest first.

Flush what is idle, keep fewer blocks on the device, stream from pageable instead of pinned memory,
from the file instead of RAM. None of them changes a bit of the result. The application appends its
own for chunks and tiles, made with `shrinking`.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import partial

from aiprod_studio.memory.budgets import show_size
from aiprod_studio.memory.describing import ModelOnDisk
from aiprod_studio.memory.oom import DEVICE, HOST, PINNED, Rung
from aiprod_studio.memory.residency import Residency

Remedy = Callable[[Residency, ModelOnDisk], str | None]


def rungs(residency: Residency, *models: ModelOnDisk) -> list[Rung]:
    """Return the remedies for running out of memory in a step that uses these models."""
    on_device = (DEVICE,) if residency.device.separate else (DEVICE, HOST)
    kinds: list[tuple[tuple[str, ...], Remedy]] = [
        (on_device, _fewer_resident),
        (on_device, _one_slot),
        ((PINNED, HOST), _not_pinned),
        ((HOST,), _from_file),
    ]
    first = Rung((DEVICE, PINNED, HOST), _flush(residency, {model.key for model in models}))
    return [first] + [
        Rung(each, partial(remedy, residency, model)) for each, remedy in kinds for model in models
    ]


def shrinking(
    what: str,
    now: Callable[[], int],
    set_to: Callable[[int], None],
    least: int,
    kinds: tuple[str, ...] = (DEVICE,),
) -> Rung:
    """Return a remedy that halves a setting (tokens per chunk, pixels per tile), down to `least`.

    It may change last bits of the result, so it is recorded for the recipe.
    """

    def apply() -> str | None:
        size = now()
        if size <= least:
            return None
        set_to(max(least, size // 2))
        return f"trying again with {what} of {now()} instead of {size}."

    def records() -> Mapping[str, object]:
        return {"change": what, "to": now()}

    return Rung(kinds, apply, records)


def _flush(residency: Residency, keep: Collection[str]) -> Callable[[], str | None]:
    """Give back what is idle or cached; the first time that alone is worth a try."""
    tried: list[bool] = []

    def apply() -> str | None:
        gc.collect(1)  # a failed forward pass leaves tensors in young cycles of frames and errors
        freed = residency.flush(keep=keep)
        if freed:
            return f"{show_size(freed)} of idle models were dropped, trying again."
        if tried:
            return None
        tried.append(True)
        return "what was cached is given back, trying again."

    return apply


def _fewer_resident(residency: Residency, model: ModelOnDisk) -> str | None:
    """Half the blocks that stay on the device; at last none."""
    if not model.block_bytes or not (model.mapped or residency.device.separate):
        return None
    rules = residency.rules(model.key)
    now = residency.placement(model).resident if rules.most_resident is None else (
        rules.most_resident
    )  # fmt: skip
    if now <= 0:
        return None
    residency.restrict(model.key, replace(rules, most_resident=now // 2))
    return f"trying again with {now // 2} blocks of {model.name} kept there instead of {now}."


def _one_slot(residency: Residency, model: ModelOnDisk) -> str | None:
    rules = residency.rules(model.key)
    if not model.block_bytes or rules.slots <= 1 or residency.placement(model).whole:
        return None
    residency.restrict(model.key, replace(rules, slots=1))
    return f"trying again with one block of {model.name} at a time, which is slower."


def _not_pinned(residency: Residency, model: ModelOnDisk) -> str | None:
    rules = residency.rules(model.key)
    if not residency.placement(model).pinned:
        return None
    residency.restrict(model.key, replace(rules, pinned=False))
    return f"trying again with {model.name} in plain memory, which is slower."


def _from_file(residency: Residency, model: ModelOnDisk) -> str | None:
    """Keep no copy in RAM; only mapped models can do without."""
    rules, placement = residency.rules(model.key), residency.placement(model)
    if not model.mapped or placement.whole or placement.host <= placement.staging_bytes:
        return None
    residency.restrict(model.key, replace(rules, pageable=False))
    return f"trying again with {model.name} read from the disk, which is slower."

"""What would make a plan fit: the smallest changes, found by trying them on the plan itself.

Each remedy is worked out with the same formulas and the same placement that refused, so what it
promises holds. Used by the plan that people see and by the check before a run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from aiprod_studio.app.planning.forecasting import Forecaster, Use, of_running
from aiprod_studio.app.planning.pieces import TILED
from aiprod_studio.memory.budgets import show_more, show_size
from aiprod_studio.memory.phases import Work, plan_phase
from aiprod_studio.memory.planning import Room
from aiprod_studio.sdk import DoesNotFit, Problem, Refusal

if TYPE_CHECKING:
    from aiprod_studio.engine.plan import Plan, Step

LEAST_TILE, TILE_STEP = 128, 32
LEAST_SIDE = 128
SIDES = ("width", "height", "frames")
LIGHTER = (
    (("F32", "F16", "BF16"), 0.5, "fp8"),
    (("F32", "F16", "BF16", "F8_E4M3"), 0.3, "GGUF Q4_K"),
)
"""Types of a file's matrices, what a lighter file of it weighs in bf16's terms, and its name."""

T = TypeVar("T")
Fits = Callable[[Mapping[str, Any]], bool]


def shortfalls(forecaster: Forecaster, plan: Plan) -> list[Problem]:
    """Return what does not fit in a plan, with the smallest change that makes it fit."""
    problems: list[Problem] = []
    for step in of_running(plan.steps):
        for use in forecaster.uses(step):
            problems += [_with_remedy(forecaster, step, use, p) for p in use.problems]
    disk, most = plan.peaks.disk, forecaster.budgets.disk
    if disk > most:
        why = f"it needs {show_more(disk)} of scratch space, {show_size(most)} may be used"
        problems.append(DoesNotFit("disk", why, f"Free {show_more(disk - most)} of disk space."))
    return problems


def _with_remedy(forecaster: Forecaster, step: Step, use: Use, problem: Problem) -> Problem:
    found = list(remedies(forecaster, step, use))
    more = problem.remedy.partition(", or make the picture")[0].removesuffix(".")
    text = ", or ".join([*found, more[:1].lower() + more[1:]])
    return replace(problem, remedy=f"{text[:1].upper()}{text[1:]}.")


def remedies(forecaster: Forecaster, step: Step, use: Use) -> Iterator[str]:
    """Yield changes that make one model of a step fit, the smallest first."""

    def fits(changed: Mapping[str, Any]) -> bool:
        return forecaster.use(step, use.model, changed).phase is not None

    facts = forecaster.facts_of(step)
    if step.spec.costs.phase in TILED and "tile" in step.params and _whole(facts, *SIDES):
        yield from _smaller_tile(facts, fits)
    if _whole(facts, *SIDES):
        yield from _fewer_frames(facts, fits)
        yield from _smaller_picture(facts, fits)
    yield from _lighter_file(forecaster, step, use)


def _whole(facts: Mapping[str, Any], *names: str) -> bool:
    return all(isinstance(facts.get(name), int) for name in names)


def _smaller_tile(facts: Mapping[str, Any], fits: Fits) -> Iterator[str]:
    now = int(facts["tile"]) or max(int(facts["width"]), int(facts["height"]))
    sizes = range(now // TILE_STEP * TILE_STEP - TILE_STEP, LEAST_TILE - 1, -TILE_STEP)
    tile = _first(sizes, lambda size: fits({"tile": size}))
    if tile:
        yield f"set 'tile' to {tile}"


def _fewer_frames(facts: Mapping[str, Any], fits: Fits) -> Iterator[str]:
    step, now = int(facts.get("frame_step") or 8), int(facts["frames"])
    counts = range((now - 2) // step * step + 1, 0, -step)
    frames = _first(counts, lambda count: fits({"frames": count}))
    if frames:
        yield f"make it {frames} frames instead of {now}"


def _smaller_picture(facts: Mapping[str, Any], fits: Fits) -> Iterator[str]:
    multiple = int(facts.get("multiple") or 32)
    width, height = int(facts["width"]), int(facts["height"])
    sizes = [
        (wide, max(multiple, round(height * wide / width / multiple) * multiple))
        for wide in range((width - 1) // multiple * multiple, LEAST_SIDE - 1, -multiple)
    ]
    found = _first(sizes, lambda size: fits({"width": size[0], "height": size[1]}))
    if found:
        yield f"make it {found[0]}x{found[1]} instead of {width}x{height}"


def _first(choices: Iterable[T], fits: Callable[[T], bool]) -> T | None:
    """Return the largest choice that fits; choices fall, and what is smaller fits too."""
    falling = list(choices)
    low, high = 0, len(falling)
    while low < high:
        middle = (low + high) // 2
        if fits(falling[middle]):
            high = middle
        else:
            low = middle + 1
    return falling[low] if low < len(falling) else None


def _lighter_file(forecaster: Forecaster, step: Step, use: Use) -> Iterator[str]:
    """Name a lighter file of the same part: one that is there, else its kind, if that would do."""
    from aiprod_studio.app.modelling import part_of

    model, described = use.model, use.described
    stored = {s.info.dtype for s in part_of(model).tensors.values() if len(s.info.shape) == 2}
    for heavy, share, name in LIGHTER:
        if not stored & set(heavy):
            continue
        if not _fits_at(forecaster, step, use, share):
            continue
        there = _in_library(forecaster, use, name)
        shown = described.name
        yield f"use {there}, which is here" if there else f"take the {shown} in {name}"
        return


def _fits_at(forecaster: Forecaster, step: Step, use: Use, share: float) -> bool:
    """Say whether the model would fit with its blocks at a share of their bf16 bytes."""
    from aiprod_studio.app.modelling import part_of

    tensors = part_of(use.model).tensors.values()
    large = sum(s.info.count for s in tensors if len(s.info.shape) == 2) * 2
    held = max(1, use.described.weight_bytes)
    scale = min(1.0, share * large / held)
    lighter = replace(
        use.described,
        block_bytes=tuple(int(size * scale) for size in use.described.block_bytes),
        outside_bytes=use.described.outside_bytes
        if use.described.block_bytes
        else int(use.described.outside_bytes * scale),
        mapped=True,
    )
    budgets, separate = forecaster.budgets, forecaster.separate
    host = budgets.host - forecaster.beside(step.name)
    room = Room(budgets.vram if separate else host, host, budgets.pinned, separate)
    try:
        plan_phase("", lighter, room, Work(), forecaster.rates)
    except Refusal:
        return False
    return True


def _in_library(forecaster: Forecaster, use: Use, storage: str) -> str:
    """Return the name of a file in the library that holds the part in a lighter storage."""
    own = {str(file.path) for file in use.model.files}
    generation = use.model.settings.get("generation", "")
    word = storage.partition(" ")[0]
    for entry in forecaster.library.entries():
        fitting = use.model.component in entry.parts and entry.family == use.model.family
        fitting = fitting and not entry.problem
        same = not generation or entry.generation in ("", generation)
        if fitting and same and word in entry.storage and entry.path not in own:
            return repr(entry.name)
    return ""

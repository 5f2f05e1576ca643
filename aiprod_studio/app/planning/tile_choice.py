"""Choosing tiles: the largest pieces of a film that a codec can work on within this run's budgets.

Where the artist leaves `tile` and `tile_frames` at 0, the plan takes its values from here, before
keys are made: the choice is a part of what identifies the result. Nothing is cut where everything
fits at once. The same choice, with less room, is the ladder's answer to memory that ran out. Plain
arithmetic on headers and facts; nothing is loaded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from aiprod_studio.app.planning.pieces import (
    CODECS,
    TILED,
    axes,
    has_size,
    latents_of,
    pieces,
    reach_of,
    scales_of,
)
from aiprod_studio.sdk import Model, Refusal

if TYPE_CHECKING:
    from aiprod_studio.app.planning.forecasting import Forecaster
    from aiprod_studio.engine.plan import Step
    from aiprod_studio.memory.oom import Rung

TILES = ("tile", "tile_frames")
USUAL = {"tile": 512, "tile_frames": 80}
"""What is taken where the size of a film is not known before it is there."""
LEAST = {"tile": 128, "tile_frames": 16}
UPSCALED = (0, 2048, 1024, 768, 512, 384, 256, 128)
"""Pieces of frames that an upscaler is given, in pixels; 0 is the whole frame."""
EASED = 0.6
"""The share of a choice's memory that the next smaller one may take after memory ran out."""

Sizes = Mapping[str, int]


def settled(forecaster: Forecaster, step: Step) -> dict[str, int]:
    """Return the tile sizes of a step that are not the artist's: pixels and frames, by parameter.

    Empty where the step cuts nothing, where all is chosen, and where everything fits at once.
    """
    times = forecaster.eased.get(step.name, 0)
    asked = _asked(forecaster, step)
    wanted = asked if times else {name: size for name, size in asked.items() if not size}
    model = _codec(step)
    if not wanted or model is None:
        return {}
    try:
        found = _chosen(forecaster, step, model, times)
    except Refusal:
        return {}  # its files cannot be read: the forecast says so
    changes = {name: size for name, size in found.items() if name in wanted and size != asked[name]}
    forecaster.settled[step.name] = (asked, {**asked, **changes})
    return changes


def said(step: Step, facts: Mapping[str, Any]) -> str:
    """Return a line about the tiles of a step, "" where nothing is cut."""
    count = pieces(step.spec.costs.phase, facts)
    if count < 2:
        return ""
    _, rows, columns = latents_of(facts)
    side, length = int(facts.get("tile") or 0), int(facts.get("tile_frames") or 0)
    cut = 0 < side < max(rows, columns) * scales_of(facts)[1]
    sides = f"{side} px" if cut else "whole frames"
    long = f"{length} frames" if 0 < length < int(facts["frames"]) else "the whole length"
    return f"{count} tiles of {sides}, {long}"


def smaller_tiles(forecaster: Forecaster, step: Step) -> list[Rung]:
    """Return the rung that takes smaller tiles, for steps that cut films."""
    from aiprod_studio.memory.oom import DEVICE, HOST
    from aiprod_studio.memory.oom import Rung as Remedy

    if not _asked(forecaster, step) or _codec(step) is None:
        return []

    def now() -> dict[str, int]:
        return {**_asked(forecaster, step), **settled(forecaster, step)}

    def apply() -> str | None:
        before, times = now(), forecaster.eased.get(step.name, 0)
        forecaster.eased[step.name] = times + 1
        if now() == before:
            forecaster.eased[step.name] = times
            return None
        return f"trying again with tiles of {_shown(now())}."

    def records() -> Mapping[str, object]:
        return {"change": f"tiles of {step.name}", "to": _shown(now())}

    return [Remedy((DEVICE, HOST), apply, records)]


def _asked(forecaster: Forecaster, step: Step) -> dict[str, int]:
    """What the document says of a step's tiles; a step of a plan has the choice in its place.

    Parameters that come over a link are not known.
    """
    own = {name: step.params.get(name) for name in TILES if name not in step.sources}
    now = {name: size for name, size in own.items() if isinstance(size, int)}
    before, since = forecaster.settled.get(step.name, (now, now))
    return dict(before) if now == since else now


def _codec(step: Step) -> Model | None:
    """The model that works on tiles."""
    phase = step.spec.costs.phase
    kinds = CODECS if phase in TILED else ("latent_upsampler",) if phase == "upscale" else ()
    return next((m for m in step.models.values() if m.component in kinds), None)


def _chosen(forecaster: Forecaster, step: Step, model: Model, times: int) -> Sizes:
    """Return the best sizes that fit; each time memory ran out, of those that take less."""
    key = (step.name, step.key, times)
    if key in forecaster.tiles:
        return forecaster.tiles[key]
    asked = _asked(forecaster, step)
    facts = forecaster.facts_of(step, asked)
    if not has_size(facts):
        found = _usual(step, asked, times)
    elif times:
        before = {**asked, **_chosen(forecaster, step, model, times - 1)}
        room = EASED * forecaster.room_for(step, model, before)
        choices = _choices(step, model, {**facts, **before}, set(asked))
        found = _first(forecaster, step, model, choices, room)
    else:
        free = {name for name, size in asked.items() if not size}
        found = _first(forecaster, step, model, _choices(step, model, facts, free))
    forecaster.tiles[key] = found
    return found


def _usual(step: Step, asked: Sizes, times: int) -> Sizes:
    """Return sizes for a film of which nothing is known; encoding takes a tenth of decoding."""
    if not times and step.spec.costs.phase == "encode_video":
        return {}
    return {name: max(LEAST[name], (s or USUAL[name]) >> times) for name, s in asked.items()}


def _first(
    forecaster: Forecaster,
    step: Step,
    model: Model,
    choices: Iterator[Sizes],
    room: float = float("inf"),
) -> Sizes:
    """Return the first choice that fits, else the one that takes least."""
    smallest: tuple[float, Sizes] | None = None
    for choice in choices:
        size = forecaster.room_for(step, model, choice)
        if size <= room and forecaster.use(step, model, choice).phase is not None:
            return choice
        if smallest is None or size < smallest[0]:
            smallest = (size, choice)
    return smallest[1] if smallest else {}


def _choices(step: Step, model: Model, facts: Mapping[str, Any], free: set[str]) -> Iterator[Sizes]:
    """Yield sizes worth trying, those with the least extra work first.

    Sizes that are not `free` stay; those that are become no larger than in `facts`.
    """
    if step.spec.costs.phase == "upscale":
        most = int(facts.get("tile") or 0)
        yield from ({"tile": t} for t in UPSCALED if not most or 0 < t <= most)
        return
    from aiprod_studio.app.modelling import part_of
    from aiprod_studio.diffusion.tiles import Cut, lengths

    shape, (scale, space) = latents_of(facts), scales_of(facts)
    time, sides = axes(facts, reach_of(step.spec.costs.phase, part_of(model)))
    longs = lengths(time, shape[0]) if "tile_frames" in free else [time.tile]
    broads = [sides.tile]
    if "tile" in free:
        broads = sorted({*lengths(sides, shape[1]), *lengths(sides, shape[2])}, reverse=True)
    found = []
    for long in longs:
        for broad in broads:
            side = replace(sides, tile=broad)
            cut = Cut(replace(time, tile=long), side, side)
            sizes = {
                "tile": broad * space if broad < max(shape[1:]) else 0,
                "tile_frames": (long - 1) * scale + 1 if long < shape[0] else 0,
            }
            kept = {n: size if n in free else int(facts.get(n) or 0) for n, size in sizes.items()}
            found.append((cut.work(shape), cut.count(shape), -broad, -long, kept))
    yield from (each[-1] for each in sorted(found, key=lambda each: each[:4]))


def _shown(sizes: Sizes) -> str:
    side, long = sizes.get("tile", 0), sizes.get("tile_frames", 0)
    frames = f", {long} frames" if long else ""
    return f"{side} px{frames}" if side else f"whole frames{frames}"

"""The model card: design by domain, data, training, measured numbers, limits, licence.

Written by the stage `export` from the manifest, the curves in the cache and the last evaluation, so
that no number in it is typed by hand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from aiprod_studio.training import world
from aiprod_studio.training.backbone import flow
from aiprod_studio.training.cache import Cache
from aiprod_studio.training.shapes import GROUP, Shape

CARD = "MODEL_CARD.md"
TEMPLATE = Path(__file__).with_name("card.md")
UNTRIED = "These weights have not been evaluated yet."
STAGES = (
    "text",
    "images",
    "video",
    "quality",
    "codec",
    "upscaler",
    "refiner-finder",
    "refiner-judge",
)


def card(
    cache: Cache, shape: Shape, manifest: Mapping[str, Any], evaluation: str = "",
    companions: str = "",
) -> str:  # fmt: skip
    """The card as Markdown; `evaluation` holds the tables of the last evaluation, if there is one.

    `companions` holds those of the upscaler and the refiner. Without them the card says that the
    weights were not evaluated.
    """
    stills, films = (_rows(cache, kind) for kind in ("stills", "films"))
    return TEMPLATE.read_text(encoding="utf-8").format(
        version=manifest["version"], parts=_parts(manifest["files"]), stages=_stages(cache),
        history=_history(cache),
        evaluation=evaluation.strip() or UNTRIED, companions=companions.strip() or UNTRIED,
        still=shape.still_channels, change=shape.change_channels, channels=shape.channels,
        layers=shape.layers, group=GROUP, width=64 * shape.heads, heads=shape.heads,
        text_layers=shape.text_layers, text_width=shape.text_width, mean=flow.SIGMA_MEAN,
        words=len(world.WORDS), stills=stills, films=films,
        held=len(world.HELD_OUT.object_colour), places=len(world.HELD_OUT.sky_ground_weather),
    )  # fmt: skip


def _rows(cache: Cache, kind: str) -> int:
    return sum(int(cache.notes(shard)["rows"]) for shard in cache.shards(kind))


def _history(cache: Cache) -> str:
    """What was changed by hand while these weights were trained, noted in the cache."""
    lines = cache.notes("history").get("changes", [])
    return "\n".join(f"- {line}" for line in lines) or "Nothing was changed on the way."


def _parts(files: Sequence[Mapping[str, Any]]) -> str:
    lines = ["| file | component | parameters | bytes | SHA-256 |", "|---|---|---|---|---|"]
    for entry in files:
        lines.append(
            f"| {entry['file']} | {entry['component']} | {entry['parameters']:,} "
            f"| {entry['bytes']:,} | `{entry['sha256'][:16]}` |"
        )
    return "\n".join(lines)


def _stages(cache: Cache) -> str:
    lines = ["| stage | steps | minutes | first loss | last loss (mean of 10) | caption gap |",
             "|---|---|---|---|---|---|"]  # fmt: skip
    for stage in STAGES:
        points = list(cache.curve(stage))
        if points:
            last = [point["loss"] for point in points[-10:]]
            gaps = [point["gap"] for point in points if "gap" in point][-5:]
            gap = f"{sum(gaps) / len(gaps):.2f}" if gaps else ""
            lines.append(
                f"| {stage} | {points[-1]['step']} | {points[-1]['minutes']:.0f} "
                f"| {points[0]['loss']:.3g} | {sum(last) / len(last):.3g} | {gap} |"
            )
    return "\n".join(lines)

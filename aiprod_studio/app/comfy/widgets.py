"""What the bare list of a node's widget values means: which value belongs to which widget.

ComfyUI's canvas form keeps widget values as a list. Newer files name the widgets beside it; for
older ones the order is looked up in the table. Used by `canvas_form` alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from aiprod_studio.app.comfy.table import COUNTERPARTS
from aiprod_studio.graph.records import Json

AFTER_SEEDS = ("fixed", "increment", "decrement", "randomize")
"""What ComfyUI does to a seed after a run; the value stands right behind the seed."""

SEEDS = ("seed", "noise_seed", "value")
DEEPEST = 20


def named(kind: str, values: Json, told: Sequence[str]) -> tuple[dict[str, Json], tuple[Json, ...]]:
    """Return a node's values by the names of its widgets, and those that have no name.

    Args:
        kind: the node's class.
        values: `widgets_values` as it stands in the file.
        told: the widgets that the file names, in their order.
    """
    if isinstance(values, dict):
        return {str(name): plain(value) for name, value in values.items()}, ()
    if not isinstance(values, list):
        return {}, ()
    found = [plain(value) for value in values]
    for names in (list(told), _known(kind, found)):
        paired = _paired(names, found)
        if paired is not None:
            return paired, ()
    names = _known(kind, found)
    if not names:
        return {}, tuple(found)
    kept = _without_marks(names, found)
    return dict(zip(names, kept, strict=False)), tuple(kept[len(names) :])


def _paired(names: Sequence[str], values: Sequence[Json]) -> dict[str, Json] | None:
    """Return the values by name where exactly one belongs to each, else None."""
    for kept in (list(values), _without_marks(names, values)):
        if names and len(kept) == len(names):
            return dict(zip(names, kept, strict=True))
    return None


def _without_marks(names: Sequence[str], values: Sequence[Json]) -> list[Json]:
    """Leave out what is to happen to a seed after a run."""
    kept: list[Json] = []
    for value in values:
        before = names[len(kept) - 1] if 0 < len(kept) <= len(names) else ""
        if before in SEEDS and value in AFTER_SEEDS:
            continue
        kept.append(value)
    return kept


def _known(kind: str, values: Sequence[Json]) -> list[str]:
    """Return the widgets that the table knows; some depend on the choice in one of them."""
    entry = COUNTERPARTS.get(kind)
    if entry is None:
        return []
    names: list[str] = []
    for name in entry.widgets:
        names.append(name)
        choice = values[len(names) - 1] if len(names) <= len(values) else None
        more = entry.widgets_of.get(f"{name}={choice}", ()) if isinstance(choice, str) else ()
        names += [f"{name}.{inner}" for inner in more]
    return names


def plain(value: Json, depth: int = 0) -> Json:
    """Return a value that a document can hold: numbers are finite, nothing is nested too deep."""
    if depth > DEEPEST:
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**63:
        return value % 2**53
    if isinstance(value, list):
        return [plain(item, depth + 1) for item in value]
    if isinstance(value, Mapping):
        return {str(name): plain(item, depth + 1) for name, item in value.items()}
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    return value

"""The form of ComfyUI's workflows that goes to its server: class names and inputs, no canvas.

Rendered files carry it as `prompt`. It has no places and no notes, and its sub-graphs are open
already. What is no node is left out; only a file of too many nodes is refused.
"""

from __future__ import annotations

from collections.abc import Mapping

from aiprod_studio.app.comfy.sheet import Origin, Part, Sheet, check_count
from aiprod_studio.app.comfy.widgets import plain
from aiprod_studio.graph.records import Json


def is_prompt(raw: Json) -> bool:
    """Say whether JSON is a workflow in this form."""
    if not isinstance(raw, dict):
        return False
    parts = list(raw.values())
    return bool(parts) and all(isinstance(part, dict) and "class_type" in part for part in parts)


def read_prompt(raw: Mapping[str, Json]) -> Sheet:
    """Read a workflow in this form.

    Raises:
        Refusal: it has more nodes than the program opens.
    """
    check_count(len(raw))
    sheet = Sheet()
    for key, node in raw.items():
        kind = node.get("class_type")
        if isinstance(kind, str) and kind:
            sheet.parts[str(key)] = _part(str(key), kind, node, raw)
    return sheet


def _part(key: str, kind: str, node: Mapping[str, Json], raw: Mapping[str, Json]) -> Part:
    inputs = node.get("inputs")
    values: dict[str, Json] = {}
    sources: dict[str, Origin] = {}
    for name, value in inputs.items() if isinstance(inputs, dict) else ():
        origin = _origin(value, raw)
        if origin is not None:
            sources[name] = origin
        else:
            values[name] = plain(value)
    meta = node.get("_meta")
    title = meta.get("title") if isinstance(meta, dict) else ""
    return Part(key, kind, title if isinstance(title, str) else "", values=values, sources=sources)


def _origin(value: Json, raw: Mapping[str, Json]) -> Origin | None:
    """Return where a link starts; a link is a pair of a node's key and a number."""
    if not isinstance(value, list) or len(value) != 2:
        return None
    key, slot = value
    whole = isinstance(slot, int) and not isinstance(slot, bool)
    return (str(key), slot) if whole and slot >= 0 and str(key) in raw else None

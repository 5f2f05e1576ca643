"""Steps from each older form of the workflow file to the next.

The loader applies them to plain JSON before the shape is checked, so a step converts what it
recognises, leaves the rest alone and never raises. Each has a golden file in `tests/golden`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiprod_studio.graph.format import VERSION
from aiprod_studio.graph.records import Json

Raw = dict[str, Json]


def upgraded(raw: Raw, version: int) -> Raw:
    """Return the document in the newest form; `version` is the form it has now."""
    for step in range(version, VERSION):
        raw = {**UPGRADES[step](raw), "version": step + 1}
    return raw


def _from_0(raw: Raw) -> Raw:
    """Links were lists `["node", "output"]`; parameters were called widgets."""
    newer = {**raw, "nodes": _each(raw.get("nodes"), _node_from_0)}
    if "subgraphs" in raw:
        newer["subgraphs"] = _each(raw["subgraphs"], _subgraph_from_0)
    return newer


def _subgraph_from_0(raw: Raw) -> Raw:
    newer = {**raw, "nodes": _each(raw.get("nodes"), _node_from_0)}
    for name in ("outputs", "params"):
        if isinstance(raw.get(name), dict):
            newer[name] = {key: _reference(value) for key, value in raw[name].items()}
    return newer


def _node_from_0(raw: Raw) -> Raw:
    newer = dict(raw)
    if "widgets" in newer and "params" not in newer:
        newer["params"] = newer.pop("widgets")
    if isinstance(raw.get("inputs"), dict):
        newer["inputs"] = {name: _reference(value) for name, value in raw["inputs"].items()}
    return newer


def _reference(value: Json) -> Json:
    if isinstance(value, list) and len(value) == 2 and all(isinstance(v, str) for v in value):
        return f"{value[0]}.{value[1]}"
    return value


def _each(value: Json, change: Callable[[Raw], Raw]) -> Json:
    if not isinstance(value, dict):
        return value
    return {name: change(part) if isinstance(part, dict) else part for name, part in value.items()}


UPGRADES: dict[int, Callable[[Raw], dict[str, Any]]] = {0: _from_0}
"""From version n to n + 1. Version 0 is the form before the first release."""

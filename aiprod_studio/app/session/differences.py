"""How one run of a document differed from another, in a few words for a menu. No Qt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from aiprod_studio.sdk import NodeSpec

Recipe: TypeAlias = Mapping[str, Any]
"""A document as JSON."""
MOST, LONGEST = 3, 32


def differences(then: Recipe, now: Recipe, node: str, specs: Mapping[str, NodeSpec]) -> str:
    """Return what was otherwise then in all that leads to a node: "seed 7, steps 12".

    Parameters are said with the values they had then. "" when nothing that is known differs.
    """
    before, after = _nodes(then), _nodes(now)
    if not before or not after:
        return ""
    found: list[str] = []
    for name in _leading_to(node, before, after):
        found += _changes(name, before.get(name), after.get(name), specs)
    if then.get("subgraphs") != now.get("subgraphs"):
        found.append("another sub-graph")
    more = f" and {len(found) - MOST} more" if len(found) > MOST else ""
    return ", ".join(found[:MOST]) + more


def _changes(
    name: str, then: Recipe | None, now: Recipe | None, specs: Mapping[str, NodeSpec]
) -> Iterator[str]:
    if then is None or now is None:
        yield f"with {name}" if now is None else f"without {name}"
        return
    if then.get("type") != now.get("type"):
        yield f"another {name}"
        return
    spec = specs.get(str(then.get("type")))
    usual = {param.name: param.default for param in spec.params} if spec else {}
    old, new = ({**usual, **_mapping(side.get("params"))} for side in (then, now))
    for param in (*new, *(p for p in old if p not in new)):
        if old.get(param) != new.get(param):
            yield f"{param.replace('_', ' ')} {_shown(old.get(param))}"
    if then.get("mode", "active") != now.get("mode", "active"):
        yield f"{name} {then.get('mode', 'active')}"
    if _mapping(then.get("inputs")) != _mapping(now.get("inputs")):
        yield f"{name} linked otherwise"


def _leading_to(node: str, *sides: Mapping[str, Recipe]) -> list[str]:
    """Return the node and all before it on any side, the nearest first."""
    found: dict[str, None] = {node: None}
    waiting = [node]
    while waiting:
        name = waiting.pop(0)
        for side in sides:
            for source in _mapping(side.get(name, {}).get("inputs")).values():
                before = str(source).partition(".")[0]
                if before not in found:
                    found[before] = None
                    waiting.append(before)
    return list(found)


def _nodes(recipe: Recipe) -> Mapping[str, Recipe]:
    return {n: v for n, v in _mapping(recipe.get("nodes")).items() if isinstance(v, Mapping)}


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _shown(value: object) -> str:
    if value is None:
        return "unset"
    if isinstance(value, bool):
        return "on" if value else "off"
    text = f"{value:g}" if isinstance(value, float) else " ".join(str(value).split())
    text = text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
    return f"“{text}”" if isinstance(value, str) else text

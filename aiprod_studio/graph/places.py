"""From a path in the JSON of a workflow to the words that name the place.

Used by the loader before there is a document; afterwards `errors.Place` is made directly.
"""

from __future__ import annotations

from aiprod_studio.graph.errors import Place
from aiprod_studio.graph.shape import Path

KINDS = {"params": "parameter", "inputs": "input"}
LONGEST = 60


def place_at(path: Path) -> Place:
    """Return the place: sub-graph, node and field as far as the path names them."""
    parts = [_short(part) for part in path]
    within = ""
    if len(parts) > 1 and parts[0] == "subgraphs":
        within, parts = parts[1], parts[2:]
    if len(parts) > 1 and parts[0] == "nodes":
        return _in_node(within, parts[1], parts[2:])
    if within or parts:
        return Place(within, "", "field", _dotted(parts)) if parts else Place(within)
    return Place()


def _in_node(within: str, node: str, rest: list[str]) -> Place:
    if not rest:
        return Place(within, node)
    if len(rest) > 1 and rest[0] in KINDS:
        return Place(within, node, KINDS[rest[0]], _dotted(rest[1:]))
    return Place(within, node, "field", _dotted(rest))


def _short(part: str | int) -> str:
    text = f"[{part}]" if isinstance(part, int) else part
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def _dotted(parts: list[str]) -> str:
    text = ".".join(parts).replace(".[", "[")
    return text if len(text) <= 2 * LONGEST else text[: 2 * LONGEST - 3] + "..."

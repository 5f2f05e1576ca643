"""Where nodes go when they are arranged: columns by what they wait for, and aligned edges.

The editor makes `MoveNodes` of the answers; the projection uses the same columns for nodes that
have no place yet. Plain numbers in, plain numbers out; all passes are linear, apart from sorting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from aiprod_studio.graph.loops import ordered

GAP_X, GAP_Y = 64.0, 28.0
AIR, RING, MOST_RINGS = 16.0, 40.0, 40
"""How near a new node comes to others, and the rings in which a free spot is looked for."""
Edge = Literal["left", "centre", "right", "top", "middle", "bottom"]
Way = Literal["across", "down"]
Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """What a node covers, in canvas units."""

    x: float
    y: float
    width: float
    height: float


def columns(
    boxes: Mapping[str, Box], reads: Mapping[str, Iterable[str]], corner: Point
) -> dict[str, Point]:
    """Return places in columns from left to right, each node right of all that it reads from.

    Nodes that wait for each other stand in the first column that is free of them.
    """
    sources = {name: [s for s in reads.get(name, ()) if s in boxes] for name in boxes}
    ranks = _ranks(sources)
    groups: dict[int, list[str]] = {}
    for name, rank in ranks.items():
        groups.setdefault(rank, []).append(name)
    places: dict[str, Point] = {}
    left = corner[0]
    for rank in sorted(groups):
        group = _in_order(groups[rank], sources, boxes, places)
        tall = sum(boxes[name].height + GAP_Y for name in group) - GAP_Y
        top = corner[1] - tall / 2
        for name in group:
            places[name] = (round(left), round(top))
            top += boxes[name].height + GAP_Y
        left += max(boxes[name].width for name in group) + GAP_X
    return _from_corner(places, corner)


def aligned(boxes: Mapping[str, Box], edge: Edge) -> dict[str, Point]:
    """Return places where all boxes share an edge or a middle line."""
    if not boxes:
        return {}
    left = min(box.x for box in boxes.values())
    right = max(box.x + box.width for box in boxes.values())
    top = min(box.y for box in boxes.values())
    bottom = max(box.y + box.height for box in boxes.values())
    rules: dict[Edge, Callable[[Box], Point]] = {
        "left": lambda box: (left, box.y),
        "right": lambda box: (right - box.width, box.y),
        "centre": lambda box: ((left + right - box.width) / 2, box.y),
        "top": lambda box: (box.x, top),
        "bottom": lambda box: (box.x, bottom - box.height),
        "middle": lambda box: (box.x, (top + bottom - box.height) / 2),
    }
    return {name: rules[edge](box) for name, box in boxes.items()}


def spread(boxes: Mapping[str, Box], way: Way) -> dict[str, Point]:
    """Return places with equal gaps between neighbours; the outermost boxes stay."""
    across = way == "across"
    order = sorted(boxes, key=lambda name: boxes[name].x if across else boxes[name].y)
    if len(order) < 3:
        return {name: (box.x, box.y) for name, box in boxes.items()}
    sizes = [boxes[name].width if across else boxes[name].height for name in order]
    first, last = boxes[order[0]], boxes[order[-1]]
    start = first.x if across else first.y
    end = last.x + last.width if across else last.y + last.height
    gap = (end - start - sum(sizes)) / (len(order) - 1)
    places: dict[str, Point] = {}
    for name, size in zip(order, sizes, strict=True):
        box = boxes[name]
        places[name] = (start, box.y) if across else (box.x, start)
        start += size + gap
    return places


def _ranks(sources: Mapping[str, list[str]]) -> dict[str, int]:
    """Return the column of each node: as far right as its longest way from a start asks."""
    order, caught = ordered(sources)
    ranks: dict[str, int] = {}
    for name in (*order, *caught):
        ranks[name] = 1 + max((ranks.get(source, -1) for source in sources[name]), default=-1)
    users: dict[str, list[str]] = {}
    for name in order:
        for source in sources[name]:
            users.setdefault(source, []).append(name)
    for name in reversed(order):
        if not sources[name] and name in users:
            ranks[name] = min(ranks[user] for user in users[name]) - 1
    return ranks


def _in_order(
    group: list[str],
    sources: Mapping[str, list[str]],
    boxes: Mapping[str, Box],
    places: Mapping[str, Point],
) -> list[str]:
    """Sort a column by the middle of what each node reads from, so that few links cross."""

    def key(name: str) -> tuple[float, float, str]:
        known = [places[s][1] + boxes[s].height / 2 for s in sources[name] if s in places]
        return (sum(known) / len(known) if known else boxes[name].y, boxes[name].y, name)

    return sorted(group, key=key)


def _from_corner(places: dict[str, Point], corner: Point) -> dict[str, Point]:
    top = min((place[1] for place in places.values()), default=0.0)
    return {name: (x, y - top + corner[1]) for name, (x, y) in places.items()}


def free_spot(boxes: Iterable[Box], size: Point, wanted: Point) -> Point:
    """Return the place nearest to the wanted one where a box of a size covers no other."""
    taken = list(boxes)
    for ring in range(MOST_RINGS):
        edge = range(-ring, ring + 1)
        round_it = [(x, y) for x in edge for y in edge if max(abs(x), abs(y)) == ring]
        for x, y in sorted(round_it, key=lambda way: way[0] ** 2 + way[1] ** 2):
            at = (wanted[0] + x * RING, wanted[1] + y * RING)
            if not any(_covers(box, at, size) for box in taken):
                return at
    return wanted


def _covers(box: Box, at: Point, size: Point) -> bool:
    across = at[0] < box.x + box.width + AIR and box.x < at[0] + size[0] + AIR
    return across and at[1] < box.y + box.height + AIR and box.y < at[1] + size[1] + AIR

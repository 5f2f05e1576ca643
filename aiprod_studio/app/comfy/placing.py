"""Where nodes, frames and notes stand: as in ComfyUI, in columns where the file has no places."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

from aiprod_studio.app.comfy.sheet import Group, Sheet
from aiprod_studio.app.comfy.work import Made, Work
from aiprod_studio.graph.names import candidates
from aiprod_studio.graph.records import Json, Point

COLUMN, WIDTH, GAP = 300.0, 230.0, 20.0
HEAD, SOCKET = 90.0, 24.0
"""About what a node's head and each of its sockets take, in canvas units."""


def places_of(work: Work) -> dict[str, Point]:
    """Return a place for every node; none lies upon another."""
    depths = _depths(work)
    found: dict[str, Point] = {}
    columns: dict[int, list[tuple[Point, float]]] = defaultdict(list)
    for name, made in work.made.items():
        at = made.pos or (depths[name] * COLUMN, 0.0)
        height = _height(work, made)
        at = _free(at, height, columns)
        found[name] = (float(round(at[0])), float(round(at[1])))
        columns[round(at[0] // WIDTH)].append((at, height))
    return found


def _free(at: Point, height: float, columns: Mapping[int, list[tuple[Point, float]]]) -> Point:
    """Return the nearest place below where nothing stands."""
    column = round(at[0] // WIDTH)
    near = [item for c in (column - 1, column, column + 1) for item in columns.get(c, ())]
    beside = sorted((y, tall) for (x, y), tall in near if abs(x - at[0]) < WIDTH)
    for y, tall in beside:
        if at[1] < y + tall and y < at[1] + height:
            at = (at[0], y + tall + GAP)
    return at


def _height(work: Work, made: Made) -> float:
    spec = work.specs.get(made.type)
    rows = max(len(spec.inputs), len(spec.outputs)) if spec else len(made.inputs)
    return HEAD + SOCKET * rows


def frames_of(work: Work, places: dict[str, Point]) -> list[Json]:
    """Return ComfyUI's groups as frames; nodes belong to all in which they lie."""
    found: list[Json] = []
    names: set[str] = set()
    for group in work.sheet.groups:
        left, top, width, height = group.box
        members = [
            name for name, (x, y) in places.items()
            if left <= x + 40 <= left + width and top <= y + 20 <= top + height
        ]  # fmt: skip
        if not members:
            continue  # what it held is folded into other nodes
        name = next(name for name in candidates(group.title) if name not in names)
        names.add(name)
        frame: dict[str, Json] = {
            "name": name, "members": members, "pos": [round(left), round(top)],
            "size": [round(max(width, 60)), round(max(height, 60))],
        }  # fmt: skip
        found.append(frame | ({"colour": colour} if (colour := _colour(group)) else {}))
    return found


def notes_of(sheet: Sheet) -> list[Json]:
    """Return the texts on the canvas."""
    return [
        {
            "name": f"note_{number}", "text": remark.text,
            "pos": [round(side) for side in remark.pos],
            "size": [round(max(side, 60)) for side in remark.size],
        }
        for number, remark in enumerate(sheet.remarks, 1)
    ]  # fmt: skip


def _colour(group: Group) -> str:
    """Return a colour as #rrggbb; ComfyUI also writes #rgb."""
    short = re.fullmatch(r"#([0-9a-fA-F])([0-9a-fA-F])([0-9a-fA-F])", group.colour)
    if short:
        return "#" + "".join(2 * digit for digit in short.groups()).lower()
    return group.colour.lower() if re.fullmatch(r"#[0-9a-fA-F]{6}", group.colour) else ""


def _depths(work: Work) -> dict[str, int]:
    """Return how many links lie before each node; nodes are made sources first."""
    found: dict[str, int] = {}
    for name, made in work.made.items():
        before = [found[source] for source, _ in made.inputs.values() if source in found]
        found[name] = max(before, default=-1) + 1
    return found

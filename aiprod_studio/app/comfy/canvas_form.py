"""The form of ComfyUI's workflows that its canvas saves: nodes, links, groups, sub-graphs.

Rendered files carry it as `workflow`. Sub-graphs are opened up, and links are followed through
reroutes and Set/Get pairs, so that every link of the sheet starts at a node that makes something.
Never raises for what a file holds, but for a file of too many nodes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from aiprod_studio.app.comfy.nested import NOTES, SILENT, Fixed, Level, listed
from aiprod_studio.app.comfy.sheet import Box, Group, Origin, Part, Remark, Sheet, check_count
from aiprod_studio.app.comfy.widgets import named, plain
from aiprod_studio.graph.records import Json, Mode, Point

MODES: Mapping[Json, Mode] = {2: "mute", 4: "bypass"}
DEEPEST = 16
GAP = 60.0
"""Between an opened sub-graph and what lies beside it."""


def is_canvas(raw: Json) -> bool:
    """Say whether JSON is a workflow in this form."""
    return isinstance(raw, dict) and isinstance(raw.get("nodes"), list) and "links" in raw


def read_canvas(raw: Mapping[str, Json]) -> Sheet:
    """Read a workflow in this form.

    Raises:
        Refusal: it has more nodes than the program opens.
    """
    sheet = Sheet()
    _Reader(sheet).read(Level.of_document(raw), (0.0, 0.0), 0)
    return sheet


class _Reader:
    """Fills a sheet level by level."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._count = 0

    def read(self, level: Level, shift: Point, depth: int) -> None:
        """Read the nodes of a graph; its sub-graphs make room for themselves."""
        rooms = self._rooms(level) if depth < DEEPEST else []
        for node in level.nodes.values():
            at = _moved(_pair(node.get("pos"), (0.0, 0.0)), shift, rooms)
            inner = level.inside(node)
            if inner is not None and depth < DEEPEST:
                self._open(inner, node, at, depth)
            elif _text(node.get("type")) in NOTES:
                self._note(node, at)
            elif _text(node.get("type")) not in SILENT:
                self._add(level, node, at)
        for group in listed(level.raw, "groups"):
            self._group(group, shift, rooms)

    def _open(self, inner: Level, node: Mapping[str, Json], at: Point, depth: int) -> None:
        self._check_room()
        left, top, width, height = _extent(inner)
        self.read(inner, (at[0] - left, at[1] - top), depth + 1)
        title = _text(node.get("title")) or _text(inner.raw.get("name")) or "Sub-graph"
        box = (at[0] - 30, at[1] - 70, width + 60, height + 100)
        self._sheet.groups.append(Group(title, "", box))

    def _rooms(self, level: Level) -> list[Box]:
        """Return where sub-graphs stand, and by how much each grows when it is opened."""
        rooms = []
        for node in level.nodes.values():
            inner = level.inside(node)
            if inner is not None:
                x, y = _pair(node.get("pos"), (0.0, 0.0))
                width, height = _pair(node.get("size"), (280.0, 120.0))
                _, _, inner_width, inner_height = _extent(inner)
                grown = (inner_width + GAP - width, inner_height + GAP - height)
                rooms.append((x + width, y + height, max(0.0, grown[0]), max(0.0, grown[1])))
        return rooms

    def _add(self, level: Level, node: Mapping[str, Json], at: Point) -> None:
        self._check_room()
        kind = _text(node.get("type"))
        if not kind:
            return
        key = level.key_of(node)
        values, loose = named(kind, node.get("widgets_values"), _told(node))
        values |= level.promoted(node)
        sources: dict[str, Origin] = {}
        for name, feed in _fed(level, node):
            if isinstance(feed, tuple):
                sources[name] = feed
            elif feed is not None:
                values[name] = plain(feed.value)
        self._sheet.parts[key] = Part(
            key, kind, _text(node.get("title")), level.mode or MODES.get(_mode(node), "active"),
            values, sources, _outputs(node), at, _pair(node.get("size"), (280.0, 120.0)), loose,
        )  # fmt: skip

    def _check_room(self) -> None:
        self._count += 1
        check_count(self._count)

    def _note(self, node: Mapping[str, Json], at: Point) -> None:
        values = node.get("widgets_values")
        found = values[0] if isinstance(values, list) and values else ""
        text = _text(found) or _text(node.get("title"))
        if text:
            size = _pair(node.get("size"), (280.0, 120.0))
            self._sheet.remarks.append(Remark(text, at, size))

    def _group(self, group: Mapping[str, Json], shift: Point, rooms: list[Box]) -> None:
        box = group.get("bounding")
        if isinstance(box, list) and len(box) == 4 and all(map(_is_number, box)):
            left, top, width, height = (float(side) for side in box)
            x, y = _moved((left, top), shift, rooms)
            right, bottom = _moved((left + width, top + height), shift, rooms)
            title = _text(group.get("title")) or "Group"
            place = (x, y, max(right - x, 0.0), max(bottom - y, 0.0))
            self._sheet.groups.append(Group(title, _text(group.get("color")), place))


def _fed(level: Level, node: Mapping[str, Json]) -> Iterator[tuple[str, Origin | Fixed | None]]:
    """Yield each linked input of a node and what feeds it: an origin or a fixed value."""
    for socket in listed(node, "inputs"):
        name = _text(socket.get("name"))
        if name and socket.get("link") is not None:
            yield name, level.fed(socket["link"])


def _told(node: Mapping[str, Json]) -> list[str]:
    """Return the names of the widgets that the file lists, in their order."""
    sockets = listed(node, "inputs")
    return [_text(s.get("name")) for s in sockets if isinstance(s.get("widget"), dict)]


def _outputs(node: Mapping[str, Json]) -> tuple[tuple[str, str], ...]:
    sockets = listed(node, "outputs")
    return tuple((_text(s.get("name")), _text(s.get("type"))) for s in sockets)


def _extent(level: Level) -> tuple[float, float, float, float]:
    """Return left, top, width and height of what lies in a graph."""
    places = [
        (*_pair(node.get("pos"), (0.0, 0.0)), *_pair(node.get("size"), (280.0, 120.0)))
        for node in level.nodes.values()
    ]
    if not places:
        return 0.0, 0.0, 0.0, 0.0
    left, top = min(place[0] for place in places), min(place[1] for place in places)
    right = max(place[0] + place[2] for place in places)
    return left, top, right - left, max(place[1] + place[3] for place in places) - top


def _moved(at: Point, shift: Point, rooms: list[Box]) -> Point:
    """Return a place, moved away from the sub-graphs to its left and above it."""
    right = sum(room[2] for room in rooms if at[0] >= room[0])
    down = sum(room[3] for room in rooms if at[1] >= room[1])
    return at[0] + shift[0] + right, at[1] + shift[1] + down


def _pair(value: Json, otherwise: Point) -> Point:
    if isinstance(value, dict):
        value = [value.get("0"), value.get("1")]
    if isinstance(value, list) and len(value) >= 2 and all(map(_is_number, value[:2])):
        return float(value[0]), float(value[1])
    return otherwise


def _is_number(value: Json) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and abs(value) < 1e7


def _mode(node: Mapping[str, Json]) -> Json:
    mode = node.get("mode")
    return mode if isinstance(mode, int) else 0


def _text(value: Json) -> str:
    return str(plain(value)) if isinstance(value, str) else ""

"""The gesture that moves nodes, frames and notes, and all that it may mean.

A frame takes its members along; a node that comes to lie in a frame becomes a member; a lone node
dropped on a link is put into it. Whatever it means, it is one step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF

from aiprod_studio.graph import Link
from aiprod_studio.graph.commands import EditFrame, InsertOnLink
from aiprod_studio.graph.document import Command
from aiprod_studio.ui.canvas.gestures import Gesture, Keys
from aiprod_studio.ui.canvas.link_item import LinkItem
from aiprod_studio.ui.canvas.placing import rounded

if TYPE_CHECKING:
    from aiprod_studio.ui.canvas.viewer import Viewer

FAR_ENOUGH = 4.0


class Move(Gesture):
    """Moves what is chosen."""

    def __init__(self, viewer: Viewer, at: QPointF) -> None:
        super().__init__(viewer, at)
        choice, groups = viewer.editor.choice, viewer.projection.groups
        frames = choice.frames()
        members = {m for name in frames for m in groups.frames[name].frame.members}
        nodes = {*choice.nodes(), *members} & set(viewer.projection.nodes)
        self._nodes = {name: viewer.projection.nodes[name].pos() for name in nodes}
        self._frames = {name: groups.frames[name].pos() for name in frames}
        self._notes = {name: groups.notes[name].pos() for name in choice.notes()}
        self._moved = False
        self._onto: LinkItem | None = None
        self._fits: dict[Link, bool] = {}

    def move(self, at: QPointF, keys: Keys) -> None:
        away = at - self.start
        scale = self.viewer.zoom
        if not self._moved and (abs(away.x()) + abs(away.y())) * scale < FAR_ENOUGH:
            return
        self._moved = True
        self._show(away)
        if len(self._nodes) == 1 and not self._frames:
            self._aim()

    def end(self, at: QPointF, keys: Keys) -> None:
        if not self._moved:
            return
        editor = self.viewer.editor
        away = at - self.start
        places = {name: rounded(place + away) for name, place in self._nodes.items()}
        frames = {name: place + away for name, place in self._frames.items()}
        notes = {name: place + away for name, place in self._notes.items()}
        more = [*editor.placing.group_places(frames, notes), *self._memberships()]
        more += self._insertion()
        self._light(None)
        if not editor.placing.move(places, *more):
            self._show(QPointF())
            self._settle()

    def cancel(self) -> None:
        self._light(None)
        self._show(QPointF())
        self._settle()

    def _show(self, away: QPointF) -> None:
        projection = self.viewer.projection
        for name, place in self._nodes.items():
            projection.carry(name, place + away)
        for name, place in self._frames.items():
            if name in projection.groups.frames:
                projection.groups.frames[name].setPos(place + away)
        for name, place in self._notes.items():
            if name in projection.groups.notes:
                projection.groups.notes[name].setPos(place + away)

    def _settle(self) -> None:
        for name in self._nodes:
            self.viewer.projection.put_back(name)

    def _memberships(self) -> list[Command]:
        """Return the commands that let nodes join the frame they lie in, or leave it."""
        projection, within = self.viewer.projection, self.viewer.editor.within
        commands: list[Command] = []
        for name, item in projection.groups.frames.items():
            if name in self._frames:
                continue
            fixed = item.frame.pos is not None and item.frame.size is not None
            members = list(item.frame.members)
            for node in sorted(self._nodes):
                area = projection.area_of(node)
                inside = area is not None and item.area.contains(area.center())
                if inside and node not in members:
                    members.append(node)
                elif fixed and not inside and node in members:
                    members.remove(node)
            if tuple(members) != item.frame.members:
                commands.append(EditFrame(name, members=tuple(members), within=within))
        return commands

    def _aim(self) -> None:
        """Light the link that the node would be put into: one that it lies on and that fits."""
        (name,) = self._nodes
        area = self.viewer.projection.nodes[name].area
        across = _links_across(self.viewer, area, not_of=name)
        found = next((item for item in across if self._would_fit(name, item)), None)
        if found is not self._onto:
            self._light(found)

    def _would_fit(self, name: str, item: LinkItem) -> bool:
        """Say whether a link may be broken by the node; asked of each link once a gesture."""
        if item.link not in self._fits:
            graph = self.viewer.projection.graph
            lone = not graph.nodes[name].inputs and not any(graph.users([name]))
            why_not = self.viewer.projection.document.why_not
            self._fits[item.link] = lone and why_not(self._insert(name, item)) is None
        return self._fits[item.link]

    def _insert(self, name: str, item: LinkItem) -> InsertOnLink:
        link = item.link
        return InsertOnLink(name, link.target, link.input, within=self.viewer.editor.within)

    def _insertion(self) -> list[Command]:
        if self._onto is None:
            return []
        (name,) = self._nodes
        return [self._insert(name, self._onto)]

    def _light(self, item: LinkItem | None) -> None:
        if self._onto is not None:
            self._onto.light(False)
        self._onto = item
        if item is not None:
            item.light(True)


def _links_across(viewer: Viewer, area: QRectF, not_of: str) -> list[LinkItem]:
    """Return the links that cross an area and do not touch a node, the most central first."""
    edge = 8 if min(area.width(), area.height()) > 40 else -4
    inner, middle = area.adjusted(edge, edge, -edge, -edge), area.center()
    found: list[tuple[float, LinkItem]] = []
    for item in viewer.scene().items(area):
        if isinstance(item, LinkItem) and not_of not in (item.link.source, item.link.target):
            points = [point for point in item.places() if inner.contains(point)]
            away = min(((point - middle).manhattanLength() for point in points), default=None)
            if away is not None and item.isVisible():
                found.append((away, item))
    return [item for _, item in sorted(found, key=lambda pair: pair[0])]

"""The gesture that moves nodes, frames and notes, and all that it may mean.

A frame takes its members along; a node that comes to lie in a frame becomes a member; a lone node
dropped on a link is put into it. Whatever it means, it is one step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF

from aiprod_studio.graph.commands import EditFrame, InsertOnLink
from aiprod_studio.graph.document import Command
from aiprod_studio.ui.canvas.editor import rounded
from aiprod_studio.ui.canvas.gestures import Gesture, Keys
from aiprod_studio.ui.canvas.link_item import LinkItem

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
        more = [*editor.group_places(frames, notes), *self._memberships()]
        more += self._insertion()
        self._light(None)
        if not editor.move(places, *more):
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
        """Light the link that the node would be put into."""
        (name,) = self._nodes
        area = self.viewer.projection.nodes[name].area
        found = self.viewer.link_under(area.center(), not_of=name)
        if found is not self._onto:
            self._light(found if found is not None and self._would_fit(name, found) else None)

    def _would_fit(self, name: str, item: LinkItem) -> bool:
        graph = self.viewer.projection.graph
        if graph.nodes[name].inputs or any(graph.users([name])):
            return False
        insert = self._insert(name, item)
        return self.viewer.projection.document.why_not(insert) is None

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

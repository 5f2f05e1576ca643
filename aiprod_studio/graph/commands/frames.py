"""Commands on frames: named, coloured groups of nodes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from aiprod_studio.graph.commands.within import Within
from aiprod_studio.graph.errors import BadName, NameTaken, NoSuchThing, Place, suggestion
from aiprod_studio.graph.history import Draft
from aiprod_studio.graph.names import free_name
from aiprod_studio.graph.records import Frame, Point
from aiprod_studio.graph.values import kept_colour, kept_point, kept_text
from aiprod_studio.sdk import Refusal


@dataclass(frozen=True)
class AddFrame(Within):
    """Put a frame around nodes, in front of the other frames; without a name it gets a free one."""

    name: str = ""
    members: tuple[str, ...] = ()
    colour: str = ""
    pos: Point | None = None
    size: Point | None = None

    @property
    def title(self) -> str:
        return f"Add frame {self.name}".rstrip()

    def apply(self, draft: Draft) -> None:
        frames = draft.graph(self.within).frames
        taken = {frame.name for frame in frames}
        name = kept_text(self.name, self.place()) or free_name("frame", taken)
        if name in taken:
            why = f"there is a frame {name!r} already"
            raise Refusal(self.place().says(NameTaken, why, "Choose another name."))
        change = EditFrame(
            name, None, self.members, self.colour, self.pos, self.size, within=self.within
        )
        draft.put(self.within, "frames", "", (*frames, Frame(name)))
        change.apply(draft)


@dataclass(frozen=True)
class EditFrame(Within):
    """Change what is given of a frame, and nothing else of it."""

    name: str
    new_name: str | None = None
    members: tuple[str, ...] | None = None
    colour: str | None = None
    pos: Point | None = None
    size: Point | None = None

    @property
    def title(self) -> str:
        return f"Edit frame {self.name!r}"

    def apply(self, draft: Draft) -> None:
        graph = draft.graph(self.within)
        place = self.place()
        frame = named(graph.frames, self.name, place, "frame")
        if self.new_name is not None and self.new_name != self.name:
            name = new_name(graph.frames, self.new_name, place, "frame")
            frame = replace(frame, name=name)
        if self.members is not None:
            for member in self.members:
                draft.node(self.within, member)
            frame = replace(frame, members=tuple(dict.fromkeys(self.members)))
        if self.colour is not None:
            frame = replace(frame, colour=kept_colour(self.colour, place))
        if self.pos is not None:
            frame = replace(frame, pos=kept_point(self.pos, place))
        if self.size is not None:
            frame = replace(frame, size=kept_point(self.size, place))
        frames = (frame if old.name == self.name else old for old in graph.frames)
        draft.put(self.within, "frames", "", tuple(frames))


@dataclass(frozen=True)
class RemoveFrame(Within):
    """Remove a frame; its nodes stay."""

    name: str

    @property
    def title(self) -> str:
        return f"Remove frame {self.name!r}"

    def apply(self, draft: Draft) -> None:
        graph = draft.graph(self.within)
        named(graph.frames, self.name, self.place(), "frame")
        left = tuple(frame for frame in graph.frames if frame.name != self.name)
        draft.put(self.within, "frames", "", left)


def named(items: Iterable[Frame], name: str, place: Place, kind: str) -> Frame:
    """Return the frame of that name.

    Raises:
        Refusal: there is none.
    """
    known = {item.name: item for item in items}
    if name not in known:
        remedy = suggestion(str(name), known, "Choose one that exists.")
        raise Refusal(place.says(NoSuchThing, f"there is no {kind} {name!r}", remedy))
    return known[name]


def new_name(items: Iterable[Frame], name: str, place: Place, kind: str) -> str:
    """Return the name.

    Raises:
        Refusal: it is empty or taken.
    """
    if not kept_text(name, place):
        raise Refusal(place.says(BadName, f"a {kind} needs a name", "Give one."))
    if any(item.name == name for item in items):
        why = f"there is a {kind} {name!r} already"
        raise Refusal(place.says(NameTaken, why, "Choose another name."))
    return name

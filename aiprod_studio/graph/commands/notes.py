"""Commands on notes: texts on the canvas."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from aiprod_studio.graph.commands.within import Within
from aiprod_studio.graph.errors import NameTaken, NoSuchThing, Place, suggestion
from aiprod_studio.graph.history import Draft
from aiprod_studio.graph.names import free_name
from aiprod_studio.graph.records import Note, Point
from aiprod_studio.graph.values import kept_colour, kept_point, kept_text
from aiprod_studio.sdk import Refusal


@dataclass(frozen=True)
class AddNote(Within):
    """Put a text on the canvas; without a name the note gets a free one."""

    text: str
    name: str = ""
    colour: str = ""
    pos: Point | None = None
    size: Point | None = None

    @property
    def title(self) -> str:
        return "Add note"

    def apply(self, draft: Draft) -> None:
        notes = draft.graph(self.within).notes
        taken = {note.name for note in notes}
        name = kept_text(self.name, self.place()) or free_name("note", taken)
        if name in taken:
            why = f"there is a note {name!r} already"
            raise Refusal(self.place().says(NameTaken, why, "Choose another name."))
        draft.put(self.within, "notes", "", (*notes, Note(name)))
        EditNote(name, self.text, self.colour, self.pos, self.size, within=self.within).apply(draft)


@dataclass(frozen=True)
class EditNote(Within):
    """Change what is given of a note, and nothing else of it."""

    name: str
    text: str | None = None
    colour: str | None = None
    pos: Point | None = None
    size: Point | None = None

    @property
    def title(self) -> str:
        return "Edit note"

    def apply(self, draft: Draft) -> None:
        notes = draft.graph(self.within).notes
        place = self.place()
        note = named(notes, self.name, place)
        if self.text is not None:
            note = replace(note, text=kept_text(self.text, place))
        if self.colour is not None:
            note = replace(note, colour=kept_colour(self.colour, place))
        if self.pos is not None:
            note = replace(note, pos=kept_point(self.pos, place))
        if self.size is not None:
            note = replace(note, size=kept_point(self.size, place))
        changed = tuple(note if old.name == self.name else old for old in notes)
        draft.put(self.within, "notes", "", changed)


@dataclass(frozen=True)
class RemoveNote(Within):
    """Remove a note."""

    name: str

    @property
    def title(self) -> str:
        return "Remove note"

    def apply(self, draft: Draft) -> None:
        notes = draft.graph(self.within).notes
        named(notes, self.name, self.place())
        left = tuple(note for note in notes if note.name != self.name)
        draft.put(self.within, "notes", "", left)


def named(notes: Iterable[Note], name: str, place: Place) -> Note:
    """Return the note of that name.

    Raises:
        Refusal: there is none.
    """
    known = {note.name: note for note in notes}
    if name not in known:
        remedy = suggestion(str(name), known, "Choose one that exists.")
        raise Refusal(place.says(NoSuchThing, f"there is no note {name!r}", remedy))
    return known[name]

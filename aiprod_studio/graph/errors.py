"""One class per reason for refusing a document, a link or a command.

Loader, rules, commands, canvas and tests share them, so that a "no" reads the same everywhere.
Each carries its place as data too, so that the canvas can mark the node. Nothing here decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from aiprod_studio.sdk import Invalid

P = TypeVar("P", bound="GraphProblem")


@dataclass(frozen=True)
class GraphProblem(Invalid):
    """A problem of the document; `within` names the sub-graph ("" is the document's own graph)."""

    within: str = ""
    node: str = ""
    field: str = ""


class Unreadable(GraphProblem):
    """The file cannot be opened or read."""


class TooLarge(GraphProblem):
    """The file, or the graph that it unfolds to, is beyond any sensible size."""


class NotJson(GraphProblem):
    """The text is not JSON, or JSON that means different things to different readers."""


class TooDeep(GraphProblem):
    """Brackets, or sub-graphs, are nested beyond any sensible depth."""


class BadNumber(GraphProblem):
    """NaN, an infinity, or a number that does not survive being written and read."""


class DuplicateName(GraphProblem):
    """Two things of the same kind have one name."""


class WrongFormat(GraphProblem):
    """JSON, but not a workflow of this program."""


class FromTheFuture(GraphProblem):
    """Written by a newer version of the program, or of a node."""


class WrongShape(GraphProblem):
    """A field holds the wrong kind of value, or a needed one is missing."""


class BadName(GraphProblem):
    """A name that cannot be used, because links could not be written with it."""


class NameTaken(GraphProblem):
    """Something else has this name already."""


class NoSuchThing(GraphProblem):
    """A command names a node, frame, note or sub-graph that is not there."""


class UnknownNode(GraphProblem):
    """No pack that is switched on has a node of this type."""


class UnknownParam(GraphProblem):
    """The node has no such parameter."""


class UnknownInput(GraphProblem):
    """The node has no such input."""


class LinkToNowhere(GraphProblem):
    """A link names a node or an output that does not exist."""


class WouldLoop(GraphProblem):
    """A node would wait for its own result."""


class TypesDiffer(GraphProblem):
    """An output and an input of types that do not fit."""


class MissingInput(GraphProblem):
    """A node cannot run without this input."""


class NeedsMuted(GraphProblem):
    """A node needs what a muted node would make."""


class NothingPasses(GraphProblem):
    """A node needs what a bypassed node cannot pass on."""


class OutOfRange(GraphProblem):
    """A parameter has the right type, but not an allowed value."""


class WrongType(GraphProblem):
    """A parameter has a value of the wrong type."""


class Recursive(GraphProblem):
    """A sub-graph would contain itself."""


class InUse(GraphProblem):
    """Something is still needed elsewhere and cannot be removed."""


class NothingToDo(GraphProblem):
    """A command that would change nothing, such as removing a link that is not there."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the document a problem is; it writes the `where` of the sentence."""

    within: str = ""
    node: str = ""
    kind: str = ""
    field: str = ""

    def __str__(self) -> str:
        parts = [f"sub-graph {self.within!r}"] if self.within else []
        parts += [f"node {self.node!r}"] if self.node else []
        parts += [f"{self.kind} {self.field!r}"] if self.field else []
        return ", ".join(parts)

    def input(self, name: str) -> Place:
        """Return the place of an input of this node."""
        return Place(self.within, self.node, "input", name)

    def param(self, name: str) -> Place:
        """Return the place of a parameter of this node."""
        return Place(self.within, self.node, "parameter", name)

    def says(self, kind: type[P], why: str, remedy: str) -> P:
        """Return a problem at this place."""
        return kind(str(self), why, remedy, within=self.within, node=self.node, field=self.field)


def suggestion(wrong: str, names: Iterable[str], otherwise: str) -> str:
    """Return "Did you mean ...?" where a known name is close, else `otherwise`."""
    import difflib  # only when something is wrong, so that starting stays quick

    likely = (name for name in sorted(names) if _alike(wrong, name))
    close = difflib.get_close_matches(wrong, islice(likely, 100), n=1, cutoff=0.6)
    return f"Did you mean {close[0]!r}?" if close else otherwise


def _alike(one: str, other: str) -> bool:
    """Say quickly whether a close look is worth it, so that thousands of names cost little."""
    if abs(len(one) - len(other)) > 6 or len(one) > 100 or not one or not other:
        return False
    return one[0].lower() == other[0].lower() or one[-1].lower() == other[-1].lower()


def listed(names: Iterable[str], most: int = 8) -> str:
    """Return names for a sentence: `a, b, c and 4 more`."""
    known = sorted(names)
    if not known:
        return "none"
    more = f" and {len(known) - most} more" if len(known) > most else ""
    return ", ".join(known[:most]) + more


def shown(value: object, most: int = 60) -> str:
    """Return a value for a sentence, shortened."""
    if isinstance(value, str | list | dict) and len(value) > 4 * most:
        kind = {str: "text", list: "list", dict: "object"}[type(value)]
        return f"a {kind} of {len(value)} {'characters' if kind == 'text' else 'entries'}"
    text = repr(value)
    return text if len(text) <= most else text[: most - 3] + "..."

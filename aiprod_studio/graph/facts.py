"""What happened to a document, for those who show it: facts in the past tense.

A view applies them and needs to remember nothing. They are derived from the changes, so doing,
undoing and redoing tell the same story; within one step the order is always such that a view can
follow: links go before nodes, nodes come before links.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from aiprod_studio.graph.graphs import ABSENT
from aiprod_studio.graph.history import Change, Renamed, Swapped
from aiprod_studio.graph.records import Frame, Json, Link, Mode, Node, Note


@dataclass(frozen=True)
class Fact:
    """Base of all facts; `within` names the sub-graph ("" is the document's own graph)."""

    within: str


@dataclass(frozen=True)
class NodeAdded(Fact):
    """A node appeared; its links follow as `Connected`, its place is in the document's view."""

    node: Node


@dataclass(frozen=True)
class NodeRemoved(Fact):
    """A node is gone; its links went before."""

    node: str


@dataclass(frozen=True)
class NodeRenamed(Fact):
    """A node has another name and keeps its inputs and its place."""

    old: str
    new: str


@dataclass(frozen=True)
class NodeChanged(Fact):
    """The type, version or an unknown field of a node changed."""

    node: Node


@dataclass(frozen=True)
class ModeSet(Fact):
    """A node was muted, bypassed or made active."""

    node: str
    mode: Mode


@dataclass(frozen=True)
class ParamSet(Fact):
    """A parameter has a value of its own."""

    node: str
    param: str
    value: Json


@dataclass(frozen=True)
class ParamReset(Fact):
    """A parameter is back at its default."""

    node: str
    param: str


@dataclass(frozen=True)
class Connected(Fact):
    """A link appeared."""

    link: Link


@dataclass(frozen=True)
class Disconnected(Fact):
    """A link is gone."""

    link: Link


@dataclass(frozen=True)
class ViewSet(Fact):
    """Place, size, colour or folding of a node changed; None when nothing is kept any more."""

    node: str
    view: Mapping[str, Json] | None


@dataclass(frozen=True)
class FrameAdded(Fact):
    """A frame appeared."""

    frame: Frame


@dataclass(frozen=True)
class FrameChanged(Fact):
    """A frame looks different or has other members."""

    frame: Frame


@dataclass(frozen=True)
class FrameRemoved(Fact):
    """A frame is gone; its nodes stay."""

    frame: str


@dataclass(frozen=True)
class NoteAdded(Fact):
    """A note appeared."""

    note: Note


@dataclass(frozen=True)
class NoteChanged(Fact):
    """A note says or looks something else."""

    note: Note


@dataclass(frozen=True)
class NoteRemoved(Fact):
    """A note is gone."""

    note: str


@dataclass(frozen=True)
class SubgraphAdded(Fact):
    """The document has another sub-graph; what is inside is read from the document."""

    name: str


@dataclass(frozen=True)
class SubgraphRemoved(Fact):
    """A sub-graph is gone."""

    name: str


@dataclass(frozen=True)
class InterfaceChanged(Fact):
    """Inputs, outputs or parameters of the sub-graph `within` changed, so its uses look new."""


@dataclass(frozen=True)
class SectionSet(Fact):
    """The story, the timeline or an unknown section changed."""

    section: str


@dataclass(frozen=True)
class Saved(Fact):
    """What the document holds is on the disk."""


Net: TypeAlias = dict[tuple[str, str, str], tuple[Any, Any]]


def facts_of(changes: Iterable[Change]) -> Iterator[Fact]:
    """Yield what the changes come to.

    Sub-graphs that came or went come first, and nothing more is told of what is inside them.
    Renames of nodes stand between what was before and after them.
    """
    steps = tuple(changes)
    whole = {step.key for step in steps if isinstance(step, Swapped) and step.table == "subgraphs"}
    yield from _subgraph_facts(steps)
    net: Net = {}
    for change in steps:
        if change.within in whole:
            continue
        if isinstance(change, Renamed):
            yield from _told(net)
            net = {}
            yield NodeRenamed(*change)
        elif change.table != "subgraphs":
            _note(net, change)
    yield from _told(net)


def _subgraph_facts(changes: Iterable[Change]) -> Iterator[Fact]:
    net: Net = {}
    for change in changes:
        if isinstance(change, Swapped) and change.table == "subgraphs":
            _note(net, change)
    yield from (SubgraphRemoved("", key[2]) for key, (old, _) in net.items() if old is not ABSENT)
    yield from (SubgraphAdded("", key[2]) for key, (_, new) in net.items() if new is not ABSENT)


def _note(net: Net, change: Swapped) -> None:
    key = (change.within, change.table, change.key)
    net[key] = (net[key][0] if key in net else change.before, change.after)


def _told(net: Net) -> Iterator[Fact]:
    """Yield facts in the order that a view can follow."""
    found = [
        fact
        for (within, table, key), (before, after) in net.items()
        if before is not after
        for fact in _facts(within, table, key, before, after)
    ]
    yield from sorted(found, key=lambda fact: ORDER.get(type(fact), len(FIRST)))


FIRST: tuple[type[Fact], ...] = (
    Disconnected,
    NodeRemoved,
    InterfaceChanged,
    NodeAdded,
    NodeChanged,
)
ORDER: dict[type[Fact], int] = {kind: place for place, kind in enumerate(FIRST)} | {
    Connected: len(FIRST) + 1
}


def _facts(within: str, table: str, key: str, before: Any, after: Any) -> Iterator[Fact]:
    if table == "nodes":
        yield from _node_facts(within, before, after)
    elif table == "view":
        yield ViewSet(within, key, None if after is ABSENT else after)
    elif table == "frames":
        yield from _frame_facts(within, before, after)
    elif table == "notes":
        yield from _note_facts(within, before, after)
    elif table == "sections":
        yield SectionSet(within, key)
    else:
        yield InterfaceChanged(within)


def _node_facts(within: str, before: Any, after: Any) -> Iterator[Fact]:
    old = before if isinstance(before, Node) else None
    new = after if isinstance(after, Node) else None
    was, now = frozenset(old.links() if old else ()), frozenset(new.links() if new else ())
    yield from (Disconnected(within, link) for link in sorted(was - now, key=str))
    if old and not new:
        yield NodeRemoved(within, old.name)
    elif new and not old:
        yield NodeAdded(within, new)
    elif new and old:
        yield from _edit_facts(within, old, new)
    yield from (Connected(within, link) for link in sorted(now - was, key=str))


def _edit_facts(within: str, old: Node, new: Node) -> Iterator[Fact]:
    same = replace(old, params=new.params, inputs=new.inputs, mode=new.mode)
    if same != new:
        yield NodeChanged(within, new)
    if old.mode != new.mode:
        yield ModeSet(within, new.name, new.mode)
    for name, value in new.params.items():
        if name not in old.params or repr(old.params[name]) != repr(value):
            yield ParamSet(within, new.name, name, value)
    for name in old.params:
        if name not in new.params:
            yield ParamReset(within, new.name, name)


def _frame_facts(
    within: str, before: tuple[Frame, ...], after: tuple[Frame, ...]
) -> Iterator[Fact]:
    old, new = {f.name: f for f in before}, {f.name: f for f in after}
    yield from (FrameRemoved(within, name) for name in old if name not in new)
    yield from (FrameAdded(within, frame) for name, frame in new.items() if name not in old)
    changed = (frame for name, frame in new.items() if name in old and old[name] != frame)
    yield from (FrameChanged(within, frame) for frame in changed)


def _note_facts(within: str, before: tuple[Note, ...], after: tuple[Note, ...]) -> Iterator[Fact]:
    old, new = {n.name: n for n in before}, {n.name: n for n in after}
    yield from (NoteRemoved(within, name) for name in old if name not in new)
    yield from (NoteAdded(within, note) for name, note in new.items() if name not in old)
    changed = (note for name, note in new.items() if name in old and old[name] != note)
    yield from (NoteChanged(within, note) for note in changed)

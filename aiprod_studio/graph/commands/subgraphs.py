"""Commands on sub-graphs: edit the interface, rename, remove, dissolve a use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from aiprod_studio.graph.commands import interface
from aiprod_studio.graph.commands.interface import Kind, forget, uses
from aiprod_studio.graph.errors import (
    BadName,
    InUse,
    LinkToNowhere,
    NameTaken,
    NoSuchThing,
    Place,
    WrongShape,
    listed,
    shown,
    suggestion,
)
from aiprod_studio.graph.format import INTERFACE_FIELDS, split
from aiprod_studio.graph.graphs import ABSENT, Graph
from aiprod_studio.graph.history import Draft
from aiprod_studio.graph.names import why_not_name
from aiprod_studio.graph.records import INTERFACE, SUBGRAPH, Interface, Source
from aiprod_studio.graph.rules import source_problem
from aiprod_studio.graph.values import kept_text
from aiprod_studio.sdk import Refusal

T = TypeVar("T")


@dataclass(frozen=True)
class EditSubgraph:
    """Give a sub-graph other inputs (name to type), outputs and params (name to "node.socket").

    What is None stays. Links and values of a use that belonged to a removed part go with it.
    """

    name: str
    inputs: Mapping[str, str] | None = None
    outputs: Mapping[str, str] | None = None
    params: Mapping[str, str] | None = None

    @property
    def title(self) -> str:
        return f"Edit sub-graph {self.name!r}"

    def apply(self, draft: Draft) -> None:
        graph = existing(draft, self.name)
        if self.inputs is not None:
            self._drop(draft, "inputs", graph.inputs, self.inputs)
            for name, kind in self.inputs.items():
                old = graph.inputs.get(name, Interface(""))
                record = replace(old, type=self._text(kind))
                draft.put(self.name, "inputs", self._checked(name), record)
        if self.outputs is not None:
            self._drop(draft, "outputs", graph.outputs, self.outputs)
            for name, reference in self.outputs.items():
                source = self._output(draft, graph, name, reference)
                draft.put(self.name, "outputs", self._checked(name), source)
        if self.params is not None:
            self._drop(draft, "params", graph.params, self.params)
            for name, reference in self.params.items():
                source = self._param(draft, reference)
                draft.put(self.name, "params", self._checked(name), source)

    def _drop(self, draft: Draft, kind: Kind, old: Mapping[str, T], new: Mapping[str, str]) -> None:
        forget(draft, self.name, kind, [name for name in old if name not in new])

    def _checked(self, name: str) -> str:
        return checked_name(Place(self.name), name)

    def _text(self, kind: str) -> str:
        if not kept_text(kind, Place(self.name)):
            why = "an input needs a type"
            raise Refusal(Place(self.name).says(WrongShape, why, "Name one, such as 'image'."))
        return kind

    def _source(self, reference: str) -> Source:
        source = split(kept_text(reference, Place(self.name)))
        if not all(source):
            why = f"{shown(reference)} names no socket"
            raise Refusal(Place(self.name).says(WrongShape, why, "Write it as 'node.socket'."))
        return source

    def _output(self, draft: Draft, graph: Graph, name: str, reference: str) -> Source:
        source = self._source(reference)
        place = Place(self.name, "", "output", name)
        problem = source_problem(draft.catalog, graph, place, source)
        if problem:
            raise Refusal(problem)
        return source

    def _param(self, draft: Draft, reference: str) -> Source:
        node, param = self._source(reference)
        spec = draft.catalog.spec(draft.node(self.name, node).type)
        if spec is not None and spec.param(param) is None:
            names = [known.name for known in spec.params]
            why = f"{node!r} has no parameter {param!r}"
            remedy = suggestion(param, names, f"Its parameters: {listed(names)}.")
            raise Refusal(Place(self.name).says(LinkToNowhere, why, remedy))
        return node, param


@dataclass(frozen=True)
class RenameSocket:
    """Rename an input, output or parameter of a sub-graph; links and values follow."""

    subgraph: str
    kind: Kind
    old: str
    new: str

    @property
    def title(self) -> str:
        return f"Rename {self.old!r} to {self.new!r}"

    def apply(self, draft: Draft) -> None:
        graph = existing(draft, self.subgraph)
        place = Place(self.subgraph)
        if self.kind not in INTERFACE_FIELDS:
            why = f"{self.kind!r} is no part of an interface"
            raise Refusal(place.says(WrongShape, why, f"Choose {listed(INTERFACE_FIELDS)}."))
        tables: dict[str, Mapping[str, object]] = {
            "inputs": graph.inputs, "outputs": graph.outputs, "params": graph.params,
        }  # fmt: skip
        known = tables[self.kind]
        if self.old not in known:
            why = f"{self.old!r} is not among its {self.kind}"
            remedy = suggestion(self.old, known, "Choose one that exists.")
            raise Refusal(place.says(NoSuchThing, why, remedy))
        if self.old == self.new:
            return
        if checked_name(place, self.new) in known:
            why = f"{self.new!r} is among its {self.kind} already"
            raise Refusal(place.says(NameTaken, why, "Choose another name."))
        self._check_strays(draft, graph, place)
        interface.rename(draft, self.subgraph, self.kind, self.old, self.new)

    def _check_strays(self, draft: Draft, graph: Graph, place: Place) -> None:
        """Refuse a name that links to nowhere, or stray values, wait for: they would be caught."""
        inside = [(INTERFACE, node) for node in graph.nodes.values() if self.kind == "inputs"]
        stray = any((who, self.new) in node.inputs.values() for who, node in inside)
        for within, use in uses(draft, self.subgraph):
            users = draft.graph(within).users([use.name]) if self.kind == "outputs" else ()
            values = {"inputs": use.inputs, "params": use.params}.get(self.kind, {})
            stray = stray or self.new in values or any(u.output == self.new for u in users)
        if stray:
            why = f"something refers to {self.new!r} already, which does not exist"
            raise Refusal(place.says(NameTaken, why, "Correct that first."))


@dataclass(frozen=True)
class RenameSubgraph:
    """Give a sub-graph another name; its uses follow."""

    old: str
    new: str

    @property
    def title(self) -> str:
        return f"Rename sub-graph {self.old!r} to {self.new!r}"

    def apply(self, draft: Draft) -> None:
        graph = existing(draft, self.old)
        if self.old == self.new:
            return
        check_free(draft, self.new)
        draft.put("", "subgraphs", self.old, ABSENT)
        draft.put("", "subgraphs", self.new, graph)
        for within, use in uses(draft, self.old):
            draft.put_node(within, replace(use, type=SUBGRAPH + self.new))


@dataclass(frozen=True)
class RemoveSubgraph:
    """Remove a sub-graph that nothing uses."""

    name: str

    @property
    def title(self) -> str:
        return f"Remove sub-graph {self.name!r}"

    def apply(self, draft: Draft) -> None:
        existing(draft, self.name)
        users = [node.name for _, node in uses(draft, self.name)]
        if users:
            why = f"nodes use it: {listed(users)}"
            remedy = "Remove or dissolve these first."
            raise Refusal(Place(self.name).says(InUse, why, remedy))
        draft.put("", "subgraphs", self.name, ABSENT)


def existing(draft: Draft, name: str) -> Graph:
    """Return a sub-graph; "" is none, because it means the document's own graph."""
    if not name:
        why = "the document's own graph is no sub-graph"
        raise Refusal(Place().says(NoSuchThing, why, "Choose a sub-graph."))
    return draft.graph(name)


def check_free(draft: Draft, name: str) -> None:
    """Refuse a name for a sub-graph that is none, taken, or that a ghost waits for."""
    checked_name(Place(), name)
    if name in draft.content.subgraphs or any(uses(draft, name)):
        why = f"there is a sub-graph {name!r} already, or nodes ask for one"
        raise Refusal(Place().says(NameTaken, why, "Choose another name."))


def checked_name(place: Place, name: str) -> str:
    """Return the name.

    Raises:
        Refusal: it cannot be one.
    """
    why = why_not_name(kept_text(name, place))
    if why:
        raise Refusal(place.says(BadName, why, "Choose another name."))
    return name

"""Commands on parameters: set a value, go back to the default."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from aiprod_studio.graph.commands.within import Within
from aiprod_studio.graph.errors import NothingToDo, Place, UnknownParam, listed, suggestion
from aiprod_studio.graph.history import Draft
from aiprod_studio.graph.records import Json, frozen
from aiprod_studio.graph.rules_of_params import param_problem
from aiprod_studio.graph.values import kept
from aiprod_studio.sdk import NodeSpec, Refusal


@dataclass(frozen=True)
class SetParam(Within):
    """Give a parameter a value; a ghost's parameters are taken as they come."""

    node: str
    param: str
    value: Any

    @property
    def title(self) -> str:
        return f"Set {self.node}.{self.param}"

    def apply(self, draft: Draft) -> None:
        node = draft.node(self.within, self.node)
        spec = draft.catalog.spec(node.type)
        place = self.place(self.node)
        value = checked_value(place, spec, self.param, self.value)
        params = frozen({**node.params, self.param: value})
        draft.put_node(self.within, replace(node, params=params))


@dataclass(frozen=True)
class ResetParam(Within):
    """Go back to the default; also removes a parameter that the node does not have."""

    node: str
    param: str

    @property
    def title(self) -> str:
        return f"Reset {self.node}.{self.param}"

    def apply(self, draft: Draft) -> None:
        node = draft.node(self.within, self.node)
        if self.param not in node.params:
            why = "it has no value of its own"
            place = self.place(self.node).param(self.param)
            raise Refusal(place.says(NothingToDo, why, "It is at its default already."))
        left = {name: value for name, value in node.params.items() if name != self.param}
        draft.put_node(self.within, replace(node, params=frozen(left)))


def checked_value(place: Place, spec: NodeSpec | None, name: str, value: Any) -> Json:
    """Return the value as a document keeps it.

    Raises:
        Refusal: the node has no such parameter, or it cannot have this value.
    """
    at = place.param(name)
    copy = kept(value, at)
    if spec is None:
        return copy
    param = spec.param(name)
    if param is None:
        names = [known.name for known in spec.params]
        remedy = suggestion(name, names, f"Its parameters: {listed(names)}.")
        raise Refusal(at.says(UnknownParam, f"{spec.type!r} has no such parameter", remedy))
    problem = param_problem(at, param, copy)
    if problem:
        raise Refusal(problem)
    return copy

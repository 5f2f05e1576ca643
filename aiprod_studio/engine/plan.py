"""The plan: what a run will do, step by step.

The planner makes it, the command line and the window show it, the engine carries it out. Only
values; nothing here decides or runs anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from aiprod_studio.engine.history import Line, Range, size_class
from aiprod_studio.engine.keys import weights_identity
from aiprod_studio.engine.resolve import Link
from aiprod_studio.engine.services import Peaks
from aiprod_studio.graph.flat import FlatGraph
from aiprod_studio.sdk import Facts, Model, NodeSpec, Problem, Refusal, SourceFile, plain

State = Literal["cached", "run", "unneeded", "blocked"]


@dataclass(frozen=True, slots=True)
class Step:
    """One node of a plan.

    `sources` are the inputs it reads, as (key, output); `params` are as its function takes them;
    `stamps` are size and time of its `files` when it was planned; `models` are those that its
    costs name, by input. `same_as` names an earlier step with the same key, whose result it
    shares. `releases` are models that no later step needs.
    """

    name: str
    spec: NodeSpec
    key: str
    state: State
    params: Mapping[str, Any]
    sources: Mapping[str, Link]
    files: Mapping[str, SourceFile] = field(default_factory=dict)
    stamps: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    models: Mapping[str, Model] = field(default_factory=dict)
    facts: Facts = field(default_factory=dict)
    peaks: Peaks = Peaks()
    seconds: Range | None = None
    releases: tuple[Model, ...] = ()
    same_as: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the step as plain values."""
        return {
            "node": self.name,
            "type": self.spec.type,
            "title": self.spec.title,
            "state": self.state,
            "key": self.key,
            "models": sorted({weights_identity(model) for model in self.models.values()}),
            "facts": {name: _shown(value) for name, value in self.facts.items()},
            "peaks": self.peaks.to_dict(),
            "seconds": list(self.seconds) if self.seconds else None,
            "releases": [weights_identity(model) for model in self.releases],
            "same_as": self.same_as,
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run will do. `steps`: what is cached, then what runs in its order, then the rest.

    `seconds` adds what is known; `unknown` counts the steps of which nothing is known. With
    `problems` some steps are blocked. `flat` is what it was made from.
    """

    steps: tuple[Step, ...]
    targets: tuple[str, ...]
    problems: tuple[Problem, ...]
    peaks: Peaks
    seconds: Range | None
    unknown: int
    flat: FlatGraph
    fresh: bool = False

    def check(self) -> None:
        """Raise `Refusal` with all problems, if there are any."""
        if self.problems:
            raise Refusal(self.problems)

    def step(self, name: str) -> Step:
        """Return the step of a node.

        Raises:
            KeyError: the graph has no such node.
        """
        for step in self.steps:
            if step.name == name:
                return step
        raise KeyError(name)

    def count(self, state: State) -> int:
        """Return how many steps are in a state."""
        return sum(step.state == state for step in self.steps)

    def to_dict(self) -> dict[str, Any]:
        """Return the plan as plain values."""
        return {
            "targets": list(self.targets),
            "steps": [step.to_dict() for step in self.steps],
            "peaks": self.peaks.to_dict(),
            "seconds": list(self.seconds) if self.seconds else None,
            "unknown": self.unknown,
            "problems": [str(problem) for problem in self.problems],
        }


def history_line(step: Step, versions: str) -> Line:
    """Return under which line of the history a step's duration goes."""
    compute = versions if step.spec.costs.models else ""
    return (step.spec.type, step.spec.version, size_class(step.facts, step.params), compute)


def _shown(value: Any) -> Any:
    shown = plain(value)
    return shown if isinstance(shown, str | int | float | bool | list | None) else str(shown)

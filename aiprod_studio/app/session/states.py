"""How the nodes of one document stand: what is cached, stale, running, wrong; progress and cost.

The window gives it the worker's plans and events and shows what it says. A node inside a sub-graph
counts for the use of the sub-graph too. No Qt; it decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from aiprod_studio.app.jobs.messages import Ended, JobPlanned, Sheet, SheetRow
from aiprod_studio.engine.events import (
    Event,
    StepCached,
    StepDone,
    StepEvent,
    StepFailed,
    StepProgress,
    StepSkipped,
    StepStarted,
)
from aiprod_studio.memory.budgets import GB
from aiprod_studio.sdk import Problem

Standing: TypeAlias = Literal["", "cached", "stale", "running", "error"]


@dataclass(frozen=True, slots=True)
class NodeState:
    """How a node stands.

    `key` is where its last result lies in the store ("" for none), `planned` where the next one
    will. `progress` from 0 to 1, None when it does not run; `cost` in bytes of its tightest memory.
    """

    standing: Standing = ""
    progress: float | None = None
    seconds_left: float | None = None
    cost: int = 0
    message: str = ""
    key: str = ""
    planned: str = ""

    @property
    def is_stale(self) -> bool:
        """Whether its last result belongs to an earlier state of the document."""
        return bool(self.key) and self.key != self.planned


NOTHING = NodeState()


class NodeStates:
    """The states of a document's nodes by name; `use/inner` for nodes in sub-graphs."""

    def __init__(self) -> None:
        self._states: dict[str, NodeState] = {}
        self._job_keys: dict[str, str] = {}

    def __getitem__(self, node: str) -> NodeState:
        return self._states.get(node, NOTHING)

    def all(self) -> Mapping[str, NodeState]:
        """Return all states."""
        return dict(self._states)

    def renamed(self, old: str, new: str) -> None:
        """Follow a node to its new name."""
        for name in list(self._states):
            if name == old or name.startswith(f"{old}/"):
                self._states[new + name.removeprefix(old)] = self._states.pop(name)

    def planned(self, sheet: Sheet, there: set[str]) -> set[str]:
        """Take a plan of the document as it is now; `there` are the keys that the store has.

        Returns the names whose state changed.
        """
        before = dict(self._states)
        self._states = {row.node: self._planned(row, there) for row in sheet.rows}
        for problem in sheet.problems:
            self._blame(problem)
        return _differences(before, self._states)

    def wrong(self, problems: tuple[Problem, ...]) -> set[str]:
        """Take the reasons why the document cannot be planned at all."""
        before = dict(self._states)
        self._states = {
            name: replace(state, standing=self._calm(state), message="")
            if state.standing != "running"
            else state
            for name, state in self._states.items()
        }
        for problem in problems:
            self._blame(problem)
        return _differences(before, self._states)

    def take(self, event: Event) -> set[str]:
        """Take an event of a job of this document; returns the names whose state changed."""
        if isinstance(event, JobPlanned):
            return self._begun(event.sheet)
        if not isinstance(event, StepEvent):
            return set()
        state = self[event.node]
        after = self._after(state, event)
        if after == state:
            return set()
        self._states[event.node] = after
        return {event.node}

    def ended(self, ended: Ended) -> set[str]:
        """Take the end of a job: nothing runs any more."""
        before = dict(self._states)
        for name, state in before.items():
            if state.standing == "running":
                calm = replace(state, progress=None, seconds_left=None)
                self._states[name] = replace(calm, standing=self._calm(calm))
        for name, problems in ended.report.failed.items():
            self._fail(name, problems)
        for problem in ended.refused:
            self._blame(problem)
        return _differences(before, self._states)

    def node_of(self, problem: Problem) -> str:
        """Return the node that a problem is about, "" when it is about none."""
        return named_node(problem)

    def _planned(self, row: SheetRow, there: set[str]) -> NodeState:
        old = self[row.node]
        cost = max(row.peaks.vram, row.peaks.host)
        state = replace(old, planned=row.key, cost=cost)
        if old.standing == "running":
            return state
        if row.key in there or row.state == "cached":
            return replace(state, key=row.key, standing="cached", message="", progress=None)
        keep_error = old.standing == "error" and old.planned == row.key
        if keep_error:
            return state
        return replace(state, standing="stale" if state.key else "", message="", progress=None)

    def _begun(self, sheet: Sheet) -> set[str]:
        changed = set()
        for row in sheet.rows:
            self._job_keys[row.node] = row.key
            old = self[row.node]
            state = replace(old, cost=max(row.peaks.vram, row.peaks.host))
            if row.state == "cached":
                state = replace(state, key=row.key, message="")
                state = replace(state, standing=self._calm(state))
            elif old.standing == "error":
                state = replace(state, standing=self._calm(old), message="")
            if state != old:
                self._states[row.node] = state
                changed.add(row.node)
        return changed

    def _after(self, state: NodeState, event: StepEvent) -> NodeState:
        if isinstance(event, StepStarted):
            return replace(state, standing="running", progress=0.0, message="")
        if isinstance(event, StepProgress):
            share = event.done / event.total if event.total else 0.0
            share = min(1.0, max(0.0, share))
            return replace(
                state, standing="running", progress=share, seconds_left=event.seconds_left
            )
        if isinstance(event, StepDone | StepCached):
            key = self._job_keys.get(event.node, state.planned)
            state = replace(
                state,
                key=key,
                progress=None,
                seconds_left=None,
                message="",
                planned=state.planned or key,
            )
            return replace(state, standing=self._calm(state))
        if isinstance(event, StepFailed):
            words = "\n".join(map(str, event.problems))
            return replace(state, standing="error", progress=None, message=words)
        if isinstance(event, StepSkipped):
            return replace(state, progress=None, message=f"Skipped, because {event.because} failed")
        return state

    def _blame(self, problem: Problem) -> None:
        node = named_node(problem)
        if node:
            self._fail(node, (problem,))

    def _fail(self, node: str, problems: tuple[Problem, ...]) -> None:
        words = "\n".join(map(str, problems))
        self._states[node] = replace(self[node], standing="error", progress=None, message=words)

    def _calm(self, state: NodeState) -> Standing:
        if not state.key:
            return ""
        return "stale" if state.is_stale else "cached"


def named_node(problem: Problem) -> str:
    """Return the node that a problem is about, "" for none."""
    node = getattr(problem, "node", "")
    if isinstance(node, str) and node:
        return node
    _, quote, rest = problem.where.partition("node ")
    if not quote or not rest:
        return ""
    mark = rest[0]
    return rest[1:].partition(mark)[0] if mark in "'\"" else rest.split(",")[0].split(":")[0]


def cost_shown(size: int) -> str:
    """Return a cost for a badge: "1.2 GB", and nothing for what does not matter."""
    return f"{size / GB:.1f} GB" if size >= GB / 20 else ""


def _differences(before: Mapping[str, NodeState], after: Mapping[str, NodeState]) -> set[str]:
    return {n for n in {*before, *after} if before.get(n, NOTHING) != after.get(n, NOTHING)}

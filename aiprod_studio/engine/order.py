"""In which order steps run: links first, then models.

The planner uses it. Steps without a model run as soon as they can, so that results appear early and
mistakes show early. All text encoding comes before the first sampler; the steps of one model stay
together, so that each model is loaded as few times as the links allow. Pure, linear but for heaps.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

PHASES = {"encode": 1, "sample": 2, "upscale": 3, "decode": 4}
OTHER_PHASE = 2
Group = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Task:
    """A step to be ordered: what it waits for, the weights it needs, its phase."""

    name: str
    after: Sequence[str]
    weights: Group = ()
    phase: str = ""


class _Ready:
    """Steps that could run now."""

    def __init__(self) -> None:
        self._light: list[int] = []
        self._heavy: dict[Group, list[tuple[int, int]]] = {}
        self._loaded: Group = ()
        self._sampled = False

    def add(self, index: int, task: Task) -> None:
        if not task.weights:
            heapq.heappush(self._light, index)
            return
        rank = PHASES.get(task.phase, OTHER_PHASE)
        heapq.heappush(self._heavy.setdefault(task.weights, []), (rank, index))

    def __bool__(self) -> bool:
        return bool(self._light or self._heavy)

    def take(self) -> int:
        if self._light:
            return heapq.heappop(self._light)
        group = self._best()
        rank, index = heapq.heappop(self._heavy[group])
        if not self._heavy[group]:
            del self._heavy[group]
        self._loaded = group
        self._sampled = self._sampled or rank > PHASES["encode"]
        return index

    def _best(self) -> Group:
        groups = list(self._heavy)
        if not self._sampled:
            encoding = [g for g in groups if self._heavy[g][0][0] == PHASES["encode"]]
            groups = encoding or groups
        if self._loaded in groups:
            return self._loaded
        return min(groups, key=lambda group: self._heavy[group][0])


def ordered(tasks: Sequence[Task]) -> list[str]:
    """Return the names in the order to run; `tasks` come after all that they wait for."""
    index = {task.name: at for at, task in enumerate(tasks)}
    waiting = [0] * len(tasks)
    followers: list[list[int]] = [[] for _ in tasks]
    ready = _Ready()
    for at, task in enumerate(tasks):
        before = {index[name] for name in task.after}
        waiting[at] = len(before)
        for earlier in before:
            followers[earlier].append(at)
        if not before:
            ready.add(at, task)
    order: list[str] = []
    while ready:
        at = ready.take()
        order.append(tasks[at].name)
        for follower in followers[at]:
            waiting[follower] -= 1
            if not waiting[follower]:
                ready.add(follower, tasks[follower])
    return order


def last_uses(order: Sequence[str], weights: Mapping[str, Group]) -> dict[str, list[str]]:
    """Return for each step the weights that no later step needs."""
    last = {identity: name for name in order for identity in weights.get(name, ())}
    released: dict[str, list[str]] = {}
    for identity, name in last.items():
        released.setdefault(name, []).append(identity)
    return released

"""What depends on what: loops, reach and order, each in one pass without recursion.

Rules, commands and `flatten` use it on bare names, so it knows nothing of nodes. A graph here is a
mapping from a name to the names it reads from; names that are not keys are ignored.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias

Sources: TypeAlias = Mapping[str, Iterable[str]]


def path_up(start: str, goal: str, sources: Callable[[str], Iterable[str]]) -> list[str] | None:
    """Return a way from `start` upstream to `goal`, both included, or None.

    Each name is visited once, so diamonds cost no more than their links.
    """
    came_from: dict[str, str | None] = {start: None}
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name == goal:
            return list(_back(name, came_from))[::-1]
        for source in sources(name):
            if source not in came_from:
                came_from[source] = name
                waiting.append(source)
    return None


def _back(name: str, came_from: Mapping[str, str | None]) -> Iterator[str]:
    step: str | None = name
    while step is not None:
        yield step
        step = came_from[step]


def ordered(sources: Sources) -> tuple[list[str], list[str]]:
    """Return the names so that each follows what it reads from, and those caught in loops."""
    missing = {name: len({s for s in read if s in sources}) for name, read in sources.items()}
    users: dict[str, list[str]] = {name: [] for name in sources}
    for name, read in sources.items():
        for source in dict.fromkeys(read):
            if source in users:
                users[source].append(name)
    ready = deque(name for name, count in missing.items() if not count)
    order: list[str] = []
    while ready:
        name = ready.popleft()
        order.append(name)
        for user in users[name]:
            missing[user] -= 1
            if not missing[user]:
                ready.append(user)
    return order, [name for name, count in missing.items() if count]


def loops(sources: Sources) -> Iterator[list[str]]:
    """Yield loops, in the order of the links (a → b → a comes as [a, b]), least name first.

    Every group of names that wait for each other shows at least one; names on the way to a loop
    are not looked at again, which keeps this linear.
    """
    _, caught = ordered(sources)
    left = dict.fromkeys(sorted(caught))
    while left:
        place: dict[str, int] = {}
        following: str | None = next(iter(left))
        while following is not None and following not in place:
            place[following] = len(place)
            following = next((s for s in sources[following] if s in left), None)
        walk = list(place)
        if following is not None:
            loop = walk[place[following] :][::-1]
            first = loop.index(min(loop))
            yield loop[first:] + loop[:first]
        for name in walk:
            del left[name]

"""How many steps of a run still read each result, so that it stays as long as it is needed.

The carrier asks; the store holds what is read and lets go of what nobody reads any more.
"""

from __future__ import annotations

from collections import Counter

from aiprod_studio.engine.plan import Plan, Step
from aiprod_studio.engine.store import Store


class Readers:
    """The results that the steps of a plan read, counted by step."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._left: Counter[str] = Counter()

    def hold(self, plan: Plan) -> None:
        """Keep what the steps that run will read, whatever its size and age."""
        self._left = Counter(
            key for step in plan.steps if step.state == "run" for key in keys_read(step)
        )
        for key in self._left:
            self._store.pin(key)

    def done(self, step: Step) -> None:
        """Let go of what no later step reads."""
        for key in keys_read(step):
            self._left[key] -= 1
            if self._left[key] <= 0:
                self._store.release(key)


def keys_read(step: Step) -> set[str]:
    """Return the keys of the results that a step reads."""
    return {key for key, _ in step.sources.values()}

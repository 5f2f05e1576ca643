"""Telling listeners what happened, after it has happened.

A listener that fails does not keep the others from hearing; its error surfaces when all have been
told. A listener may change the document; what that causes is told after what is being told.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import TypeAlias

from aiprod_studio.graph.facts import Fact

Listener: TypeAlias = Callable[[Fact], None]


class Events:
    """The listeners of one document."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._waiting: deque[Fact] = deque()
        self._telling = False

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with every fact from now on; returns what ends that."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    def tell(self, facts: Iterable[Fact]) -> None:
        """Tell all listeners, in order."""
        self._waiting.extend(facts)
        if self._telling:
            return
        self._telling = True
        errors: list[Exception] = []
        try:
            while self._waiting:
                self._tell_one(self._waiting.popleft(), errors)
        finally:
            self._telling = False
        if errors:
            raise errors[0]

    def _tell_one(self, fact: Fact, errors: list[Exception]) -> None:
        for listener in tuple(self._listeners):
            try:
                listener(fact)
            except Exception as error:
                errors.append(error)

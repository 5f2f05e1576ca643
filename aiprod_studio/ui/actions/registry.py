"""All actions that exist right now, by id, with the artist's own shortcuts over the given ones.

The shell owns one. Sets of actions come and go with documents and workspaces; whoever shows actions
follows `changed`. It makes no widgets.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from aiprod_studio.ui.actions.action import Action, Doable, action_of
from aiprod_studio.ui.actions.shortcuts import normal_key


@dataclass(frozen=True)
class Clash:
    """Two actions want the same shortcut in the same place."""

    key: str
    one: Action
    other: Action


class ActionRegistry(QObject):
    """Actions by id."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sets: dict[str, dict[str, Action]] = {}
        self._own_keys: dict[str, tuple[str, ...]] = {}

    def put(self, owner: str, actions: Iterable[Doable]) -> None:
        """Take the actions of an owner ("shell", "graph", ...) instead of those it gave before."""
        self._sets[owner] = {action.id: action for action in map(action_of, actions)}
        self.changed.emit()

    def remove(self, owner: str) -> None:
        """Forget the actions of an owner."""
        if self._sets.pop(owner, None) is not None:
            self.changed.emit()

    def all(self) -> list[Action]:
        """Return all actions in the order in which they were given."""
        return [self._bound(action) for found in self._sets.values() for action in found.values()]

    def of(self, owner: str) -> list[Action]:
        """Return the actions of an owner."""
        return [self._bound(action) for action in self._sets.get(owner, {}).values()]

    def get(self, action_id: str) -> Action | None:
        """Return an action, or None when there is none of that id now."""
        for found in self._sets.values():
            if action_id in found:
                return self._bound(found[action_id])
        return None

    def run(self, action_id: str) -> bool:
        """Do an action; False when it does not exist or cannot be done now."""
        action = self.get(action_id)
        if action is None or not action.enabled():
            return False
        action.run()
        return True

    # Shortcuts.

    @property
    def own_keys(self) -> Mapping[str, tuple[str, ...]]:
        """The artist's own shortcuts by id of the action."""
        return dict(self._own_keys)

    def bind(self, keys: Mapping[str, Iterable[str]]) -> None:
        """Take the artist's own shortcuts; an action that is not named keeps its given ones."""
        read = {name: tuple(filter(None, map(normal_key, own))) for name, own in keys.items()}
        self._own_keys = read
        self.changed.emit()

    def default_keys(self, action_id: str) -> tuple[str, ...]:
        """Return the shortcuts that an action has without the artist's own."""
        for found in self._sets.values():
            if action_id in found:
                return found[action_id].keys
        return ()

    def clashes(self) -> list[Clash]:
        """Return the pairs of actions that want one shortcut in one place."""
        seen: dict[tuple[str, str], Action] = {}
        found = []
        for action in self.all():
            for key in map(normal_key, action.keys):
                place = action.area if action.local else ""
                before = seen.setdefault((place, key), action)
                if before.id != action.id:
                    found.append(Clash(key, before, action))
        return found

    def why_not(self, action_id: str, key: str) -> Clash | None:
        """Return which action has a shortcut already, where the given one would get it too."""
        action, key = self.get(action_id), normal_key(key)
        if action is None:
            return None
        for other in self.all():
            same_place = other.local == action.local and (
                not action.local or other.area == action.area
            )
            if other.id != action_id and same_place and key in map(normal_key, other.keys):
                return Clash(key, other, action)
        return None

    def _bound(self, action: Action) -> Action:
        own = self._own_keys.get(action.id)
        return action if own is None else action.with_keys(own)

"""One thing that can be done in the window.

The canvas's commands have the same first fields and are taken over as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol


class Doable(Protocol):
    """What an action and a command of the canvas have in common."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def run(self) -> Callable[[], object]: ...
    @property
    def keys(self) -> tuple[str, ...]: ...
    @property
    def enabled(self) -> Callable[[], bool]: ...
    @property
    def group(self) -> str: ...


@dataclass(frozen=True)
class Action:
    """Something that can be done; the first of `keys` is shown.

    `group` separates blocks in a menu. `checked` tells the state of something that is on or off;
    None for what is only done. `icon` is a Lucide name. With `local`, the keys work only where the
    action's own widget has the focus (the widget listens itself), and the window makes no shortcut.
    """

    id: str
    title: str
    run: Callable[[], object]
    keys: tuple[str, ...] = ()
    enabled: Callable[[], bool] = lambda: True
    group: str = ""
    checked: Callable[[], bool] | None = None
    icon: str = ""
    local: bool = False

    @property
    def area(self) -> str:
        """The first part of the id: "file", "canvas", "edit"..., which the settings group by."""
        return self.id.partition(".")[0]

    def with_keys(self, keys: tuple[str, ...]) -> Action:
        """Return the action with other shortcuts."""
        return replace(self, keys=keys)


def action_of(command: Doable) -> Action:
    """Return a command of the canvas, or of any room, as an action."""
    if isinstance(command, Action):
        return command
    return Action(
        command.id, command.title, command.run, command.keys, command.enabled, command.group,
        local=True,
    )  # fmt: skip

"""Commands of the window as data: menus, palette and shortcuts come from one list.

Workspaces and panels give tuples of `Action`; the shell puts them into an `ActionRegistry`. The
artist's own shortcuts are kept by id.
"""

from aiprod_studio.ui.actions.action import Action
from aiprod_studio.ui.actions.registry import ActionRegistry, Clash
from aiprod_studio.ui.actions.shortcuts import keys_shown, normal_key

__all__ = ["Action", "ActionRegistry", "Clash", "keys_shown", "normal_key"]

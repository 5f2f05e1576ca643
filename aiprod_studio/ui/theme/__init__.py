"""How the program looks: colours, spaces, type, icons and one style sheet, from one set of tokens.

Every widget asks `current()`; the shell calls `apply` at the start and when the artist switches.
Nothing else in the window names a colour.
"""

from aiprod_studio.ui.theme.icons import icon, pixmap
from aiprod_studio.ui.theme.theme import Theme, apply, current, watch
from aiprod_studio.ui.theme.tokens import THEMES, ThemeName, contrast, mixed

__all__ = [
    "THEMES", "Theme", "ThemeName", "apply", "contrast", "current", "icon", "mixed", "pixmap",
    "watch",
]  # fmt: skip

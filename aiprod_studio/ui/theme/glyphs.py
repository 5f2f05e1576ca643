"""The few drawings that a style sheet needs as files: arrows, checks, the cross of a tab.

They are icons in a theme's colour under `resources/theme/NAME/`; a test fails when they are stale,
and `write_glyphs` makes them again.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from aiprod_studio.app.places import shipped
from aiprod_studio.ui.theme.icons import drawing
from aiprod_studio.ui.theme.tokens import THEMES, ThemeName, tokens

GLYPHS: Mapping[str, tuple[str, str]] = {
    "down": ("chevron-down", "text_dim"),
    "up": ("chevron-up", "text_dim"),
    "right": ("chevron-right", "text_dim"),
    "check": ("check", "accent_text"),
    "dash": ("minus", "accent_text"),
    "tick": ("check", "accent"),
    "close": ("x", "text_faint"),
    "close-hover": ("x", "text"),
    "dot": ("circle-small", "accent_text"),
}
"""Name of the file: the drawing and the token of its colour."""
DOT = '<circle cx="12" cy="12" r="5" fill="currentColor" stroke="none" />'


def glyph(theme: ThemeName, name: str) -> str:
    """Return the SVG text of a glyph."""
    source, token = GLYPHS[name]
    if source == "circle-small":
        text = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">{DOT}</svg>\n'
    else:
        text = drawing(source).replace('stroke-width="2"', 'stroke-width="2.5"')
    return text.replace("currentColor", tokens(theme)[token])


def glyph_file(theme: ThemeName, name: str) -> Path:
    """Return where a glyph lies."""
    return shipped("resources") / "theme" / theme / f"{name}.svg"


def write_glyphs() -> None:
    """Write all glyphs of both themes."""
    for theme in THEMES:
        for name in GLYPHS:
            file = glyph_file(theme, name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(glyph(theme, name), encoding="utf-8")

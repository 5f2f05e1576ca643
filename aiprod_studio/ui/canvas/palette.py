"""The colours of the canvas: of types, categories, states and grounds, from the theme's tokens.

Everything that paints on the canvas asks here, so that dark and light are one decision. It paints
nothing and knows no document.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtGui import QColor

from aiprod_studio.ui.theme.tokens import ThemeName, tokens

CATEGORY, SOCKET = "category_", "socket_"
HUES = ("#a85655", "#94632f", "#667330", "#357a4d", "#2f767c", "#456db0", "#7763b8", "#9c5590")


def _named(prefix: str, theme: ThemeName) -> Mapping[str, str]:
    found = tokens(theme)
    return {n.removeprefix(prefix): c for n, c in found.items() if n.startswith(prefix)}


SOCKETS: Mapping[str, str] = _named(SOCKET, "dark")
CATEGORIES: Mapping[str, str] = _named(CATEGORY, "dark")


@dataclass(frozen=True)
class Palette:
    """One theme's colours, as "#rrggbb"."""

    name: str
    canvas: str
    grid: str
    grid_strong: str
    node: str
    node_edge: str
    inset: str
    text: str
    dim: str
    on_header: str
    accent: str
    danger: str
    warning: str
    good: str
    note: str
    note_text: str
    panel: str
    panel_edge: str

    def header(self, category: str, own: str = "") -> QColor:
        """Return the colour of a node's header: its own, or that of its category."""
        return colour(own or CATEGORIES.get(category) or _hue(category))

    def ink(self, ground: QColor) -> str:
        """Return what can be read on a colour that an artist chose."""
        bright = 0.299 * ground.red() + 0.587 * ground.green() + 0.114 * ground.blue()
        return "#14161a" if bright > 140 else self.on_header

    def socket(self, kind: str) -> QColor:
        """Return the colour of a socket type; unknown types have one too, always the same."""
        known = tokens("light" if self.name == "light" else "dark").get(f"{SOCKET}{kind}")
        if known:
            return colour(known)
        found = colour(_hue(kind))
        return found if self.name == "dark" else found.darker(135)


def palette_of(theme: ThemeName) -> Palette:
    """Return the canvas's palette of a theme."""
    t = tokens(theme)
    return Palette(
        name=theme, canvas=t["canvas"], grid=t["canvas_grid"], grid_strong=t["canvas_grid_strong"],
        node=t["node"], node_edge=t["node_edge"], inset=t["node_inset"], text=t["text"],
        dim=t["text_dim"], on_header=t["on_header"], accent=t["accent"], danger=t["bad"],
        warning=t["warn"], good=t["good"], note=t["note"], note_text=t["note_text"],
        panel=t["raised"], panel_edge=t["line_strong"],
    )  # fmt: skip


DARK, LIGHT = palette_of("dark"), palette_of("light")


@lru_cache(maxsize=512)
def colour(text: str, alpha: int = 255) -> QColor:
    """Return a colour; the same object every time, which nobody changes."""
    found = QColor(text)
    found.setAlpha(alpha)
    return found


def scroll_style(palette: Palette) -> str:
    """Return the style sheet of thin scroll bars."""
    handle = f"background: {palette.panel_edge}; border-radius: 4px;"
    return (
        "QScrollBar:vertical { background: transparent; width: 8px; margin: 0; }"
        f"QScrollBar::handle:vertical {{ {handle} min-height: 28px; }}"
        f"QScrollBar::handle:vertical:hover {{ background: {palette.dim}; }}"
        "QScrollBar::add-line, QScrollBar::sub-line { height: 0; width: 0; }"
        "QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }"
    )


def _hue(word: str) -> str:
    return HUES[zlib.crc32(word.encode()) % len(HUES)]

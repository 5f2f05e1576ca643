"""The colours of the canvas: of types, categories, states and grounds.

Everything that paints on the canvas asks here, so that dark and light are one decision. It paints
nothing and knows no document.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtGui import QColor

SOCKETS: Mapping[str, str] = {
    "any": "#9aa3b2", "image": "#e8b84a", "video": "#e2705f", "audio": "#5fbf8f",
    "latents": "#d07fc8", "conditioning": "#f0a36b", "dit": "#7d8cf0", "vae": "#58a6e8",
    "text_encoder": "#a58be8", "upscaler": "#4fc3c0", "lora": "#c29bef", "file": "#a8b0bd",
    "text": "#c9d16a", "integer": "#7fc96b", "number": "#6fc9a2", "boolean": "#b8c0cc",
}  # fmt: skip
CATEGORIES: Mapping[str, str] = {
    "text": "#8f6429", "models": "#6a5fc0", "sampling": "#3f72c4", "decode": "#2b7a84",
    "upscale": "#2a7a54", "latents": "#96508f", "files": "#5d6a7d", "flow": "#756b29",
    "edit": "#a8573f", "subgraph": "#3f7f86", "graph": "#5d6a7d", "story": "#a04a6a",
    "refine": "#417499",
}  # fmt: skip
HUES = ("#a85655", "#94632f", "#667330", "#357a4d", "#2f767c", "#456db0", "#7763b8", "#9c5590")


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
        found = colour(SOCKETS.get(kind) or _hue(kind))
        return found if self.name == "dark" else found.darker(135)


DARK = Palette(
    name="dark", canvas="#14161a", grid="#1b1e24", grid_strong="#22262e", node="#262a33",
    node_edge="#0d0e11", inset="#1b1e25", text="#eceef2", dim="#a3abb9", on_header="#ffffff",
    accent="#6ea8ff", danger="#ff6b62", warning="#f2b84b", good="#5fce8e", note="#3a3726",
    note_text="#f2ecd0", panel="#21252d", panel_edge="#383e4a",
)  # fmt: skip
LIGHT = Palette(
    name="light", canvas="#e9ebef", grid="#e0e3e8", grid_strong="#d3d7de", node="#fcfcfd",
    node_edge="#b9bfca", inset="#f0f2f5", text="#1c2027", dim="#565e6c", on_header="#ffffff",
    accent="#1f66d6", danger="#c2271d", warning="#8f5c00", good="#1a7a45", note="#fff4c4",
    note_text="#3b3413", panel="#ffffff", panel_edge="#c3c9d3",
)  # fmt: skip


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

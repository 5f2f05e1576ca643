"""The theme's tokens as data: colours by name for dark and light, and their contrast.

Read from `resources/theme/tokens.json`; `Theme` gives them to widgets. No Qt is needed here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Literal, get_args

from aiprod_studio.app.places import shipped

ThemeName = Literal["dark", "light"]
THEMES: tuple[ThemeName, ...] = get_args(ThemeName)


@cache
def tokens(name: ThemeName) -> Mapping[str, str]:
    """Return the colours of a theme as "#rrggbb" by token."""
    text = (shipped("resources") / "theme" / "tokens.json").read_text(encoding="utf-8")
    found: dict[str, str] = json.loads(text)[name]
    return found


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two "#rrggbb" colours after WCAG 2, from 1 to 21."""
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def mixed(one: str, other: str, share: float) -> str:
    """Return a colour between two; `share` from 0 (the first) to 1 (the other)."""
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    shares = [channel / 255 for channel in _channels(colour)]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

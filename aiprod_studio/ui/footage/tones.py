"""The colours and lengths that the timeline paints with, taken from the theme once for each look.

Painting asks thousands of times a second, so nothing is mixed while it paints.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtGui import QColor, QFont, QFontMetricsF

from aiprod_studio.story.cut import TrackKind
from aiprod_studio.ui.theme import Theme, current

TRACK = {"video": "track_video", "audio": "track_audio", "title": "track_title"}
MARKERS = {
    "blue": "socket_dit", "green": "good", "yellow": "warn", "red": "bad",
    "purple": "socket_latents",
}  # fmt: skip


@dataclass(frozen=True)
class ClipTones:
    """The colours of clips of one kind."""

    body: QColor
    strip: QColor
    edge: QColor
    words: QColor
    wave: QColor


@dataclass(frozen=True, eq=False)
class Tones:
    """Everything of one theme."""

    theme: Theme
    ground: QColor
    row: QColor
    line: QColor
    line_strong: QColor
    bar: QColor
    text: QColor
    dim: QColor
    faint: QColor
    accent: QColor
    playhead: QColor
    warn: QColor
    bad: QColor
    good: QColor
    span: QColor
    light: QColor
    shade: QColor
    kinds: dict[TrackKind, ClipTones]
    font: QFont
    small: QFont
    numbers: QFont
    metrics: QFontMetricsF
    strip_height: int

    def marker(self, name: str) -> QColor:
        """Return the colour of a marker by its name."""
        return self.theme.colour(MARKERS.get(name, "socket_dit"))


def tones() -> Tones:
    """Return the tones of the theme in use."""
    return _made(current())


@lru_cache(maxsize=4)
def _made(theme: Theme) -> Tones:
    small = theme.font("small")
    return Tones(
        theme=theme,
        ground=theme.colour("canvas"),
        row=theme.mixed("canvas", "panel", 0.6),
        line=theme.colour("line"),
        line_strong=theme.colour("line_strong"),
        bar=theme.colour("panel"),
        text=theme.colour("text"),
        dim=theme.colour("text_dim"),
        faint=theme.colour("text_faint"),
        accent=theme.colour("accent"),
        playhead=theme.colour("playhead"),
        warn=theme.colour("warn"),
        bad=theme.colour("bad"),
        good=theme.colour("good"),
        light=theme.colour("on_header"),
        span=theme.colour("accent", 24),
        shade=theme.colour("canvas", 150),
        kinds={
            "video": _clip_tones(theme, "track_video"),
            "audio": _clip_tones(theme, "track_audio"),
            "title": _clip_tones(theme, "track_title"),
        },
        font=theme.font(),
        small=small,
        numbers=theme.font("small", numbers=True),
        metrics=QFontMetricsF(small),
        strip_height=theme.px(16),
    )


def _clip_tones(theme: Theme, token: str) -> ClipTones:
    return ClipTones(
        body=theme.mixed("canvas", token, 0.42),
        strip=theme.mixed("canvas", token, 0.7),
        edge=theme.mixed("canvas", token, 0.95),
        words=theme.colour("text"),
        wave=theme.mixed(token, "text", 0.35),
    )

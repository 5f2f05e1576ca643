"""The tools of the timeline: names, keys and words; toolbar, menu and palette derive from them.

Keys are those of Resolve; slip, slide and roll, which it has no keys for, are those of Premiere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Tool = Literal["select", "trim", "blade", "roll", "slip", "slide", "hand"]


@dataclass(frozen=True)
class ToolCard:
    """A tool as artists see it; `icon` is a name of the icon family.

    `key` holds the keys, separated by spaces: those of Resolve, then those of Premiere.
    """

    tool: Tool
    title: str
    key: str
    icon: str
    tip: str


TOOLS: tuple[ToolCard, ...] = (
    ToolCard("select", "Select", "A V", "mouse-pointer-2", "Choose, move, and trim at the ends"),
    ToolCard(
        "trim",
        "Trim",
        "T",
        "unfold-horizontal",
        "Ripple at the ends, roll on a cut, slip in the upper half, slide in the lower",
    ),
    ToolCard("blade", "Blade", "B C", "scissors", "Cut clips in two; Shift cuts all tracks"),
    ToolCard("roll", "Roll", "R", "chevrons-left-right", "Move the cut between two clips"),
    ToolCard("slip", "Slip", "Y", "move-horizontal", "Show another part of the source"),
    ToolCard("slide", "Slide", "U", "arrow-left-right", "Move a clip between its neighbours"),
    ToolCard("hand", "Hand", "H", "hand", "Move the view"),
)

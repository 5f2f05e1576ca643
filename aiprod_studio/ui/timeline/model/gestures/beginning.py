"""Which gesture begins where: by the tool, what the mouse is on, and the keys held.

The view asks for the cursor with `pointed` and for the gesture with `begin`, so that the cursor
never promises what the hand does not get.
"""

from __future__ import annotations

from typing import Literal

from aiprod_studio.ui.timeline.model.drafting import Desk, Gesture, Pointer
from aiprod_studio.ui.timeline.model.gestures.choosing import Blade, Marquee
from aiprod_studio.ui.timeline.model.gestures.dragging import (
    RollCut,
    SlideClip,
    SlipClip,
    TrimHead,
    TrimTail,
)
from aiprod_studio.ui.timeline.model.gestures.moving import MoveClips
from aiprod_studio.ui.timeline.model.gestures.passing import StretchPassage
from aiprod_studio.ui.timeline.model.gestures.tools import Tool
from aiprod_studio.ui.timeline.model.hitting import Hit

Deed = Literal[
    "choose", "move", "head", "tail", "ripple_head", "ripple_tail", "roll", "slip", "slide",
    "passage", "blade", "hand", "marquee",
]  # fmt: skip

ENDS: dict[str, Deed] = {"head": "head", "tail": "tail"}
RIPPLES: dict[str, Deed] = {"head": "ripple_head", "tail": "ripple_tail"}


def pointed(tool: Tool, hit: Hit, ctrl: bool = False) -> Deed:
    """Return what a press of the mouse does with a tool at a place."""
    if tool in ("hand", "blade"):
        return "hand" if tool == "hand" else "blade"
    if hit.part in ("passage_start", "passage_stop"):
        return "passage"
    if hit.part in ("", "gap"):
        return "marquee"
    if hit.part == "passage":
        return "choose"
    if tool == "select":
        return _selecting(hit, ctrl)
    return _trimming(tool, hit)


def _selecting(hit: Hit, ctrl: bool) -> Deed:
    if hit.part == "cut":
        return "roll"
    ends = RIPPLES if ctrl else ENDS
    return ends.get(hit.part, "move")


def _trimming(tool: Tool, hit: Hit) -> Deed:
    if tool == "slip":
        return "slip"
    if tool == "slide":
        return "slide"
    if hit.part == "cut":
        return "roll"
    if tool == "roll":
        return RIPPLES.get(hit.part, "choose")
    return RIPPLES.get(hit.part, "slip" if hit.upper else "slide")


def begin(tool: Tool, desk: Desk, hit: Hit, start: Pointer) -> Gesture | None:
    """Return the gesture that begins, or None where a press only chooses or moves the view."""
    deed = pointed(tool, hit, start.ctrl)
    if deed in ("head", "ripple_head"):
        return TrimHead(desk, start, hit.clip, ripple=deed == "ripple_head")
    if deed in ("tail", "ripple_tail"):
        return TrimTail(desk, start, hit.clip, ripple=deed == "ripple_tail")
    if deed == "passage":
        return StretchPassage(desk, start, hit)
    if deed == "blade":
        return Blade(desk, start)
    if deed == "marquee":
        return Marquee(desk, start)
    if deed == "move":
        return MoveClips(desk, start, hit.clip)
    if deed == "roll":
        return RollCut(desk, start, hit.clip)
    if deed == "slip":
        return SlipClip(desk, start, hit.clip)
    return SlideClip(desk, start, hit.clip) if deed == "slide" else None

"""What the table says of one class of ComfyUI's nodes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from aiprod_studio.app.comfy.sheet import Part
from aiprod_studio.app.comfy.work import Given, Work

Rule: TypeAlias = Callable[[Part, Work], "tuple[Given, ...] | None"]
"""Makes our nodes for a part and returns what comes out of it; None leaves it a ghost."""


@dataclass(frozen=True)
class Counterpart:
    """How a class of nodes is taken over: by a rule, by passing on, or folded into its reader.

    Attributes:
        rule: makes our nodes.
        widgets: the names of its widgets in the order of the canvas file.
        widgets_of: for "WIDGET=CHOICE" the widgets that a choice brings along, behind it.
        passes: for each output the input that it passes on ("" for nothing).
        folded: it only serves whoever reads it, such as a sampler.
        says: a sentence for whoever used it.
    """

    rule: Rule | None = None
    widgets: tuple[str, ...] = ()
    widgets_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    passes: tuple[str, ...] = ()
    folded: bool = False
    says: str = ""

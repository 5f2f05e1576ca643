"""Hints that say what a parameter may hold; editors, checks, schema and manual derive from them.

Used inside `Annotated[...]` on keyword-only arguments of a node. A hint answers `why_not(value)`
with the end of a sentence ("12 is above the largest value, 10") or None when the value is allowed.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

OUTPUT_NAME = re.compile(r"[^\x00-\x1f\x7f/\\:*?\"<>|]{1,120}")
RESERVED_NAMES = {"con", "prn", "aux", "nul"} | {
    f"{p}{i}" for p in ("com", "lpt") for i in range(10)
}


class Hint:
    """Base of all parameter hints."""

    def why_not(self, value: Any) -> str | None:
        """Return why `value` is not allowed, or None."""
        return None

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema keywords that this hint adds."""
        return {}


@dataclass(frozen=True)
class Number(Hint):
    """A number from `least` to `most`, typed or dragged.

    `zero` is the word that is shown for 0 where that is no amount, such as "automatic".
    """

    least: float
    most: float
    step: float = 1
    unit: str = ""
    zero: str = ""

    def why_not(self, value: Any) -> str | None:
        if isinstance(value, float) and not math.isfinite(value):
            return f"{value} is not a finite number"
        if value < self.least:
            return f"{value} is below the smallest value, {self.least}"
        if value > self.most:
            return f"{value} is above the largest value, {self.most}"
        return None

    def schema(self) -> dict[str, Any]:
        return {"minimum": self.least, "maximum": self.most}


@dataclass(frozen=True)
class Slider(Number):
    """A number that is best set by eye."""


@dataclass(frozen=True)
class Seed(Number):
    """A seed; the value shown is the value used."""

    least: float = 0
    most: float = 2**53 - 1


@dataclass(frozen=True)
class Text(Hint):
    """A line of text of at most `longest` characters."""

    longest: int = 10_000
    lines: bool = False

    def why_not(self, value: Any) -> str | None:
        if len(value) > self.longest:
            return f"the text has {len(value)} characters, more than {self.longest}"
        return None

    def schema(self) -> dict[str, Any]:
        return {"maxLength": self.longest}


@dataclass(frozen=True)
class Prompt(Text):
    """Text of several lines that leads a model."""

    longest: int = 100_000
    lines: bool = True


@dataclass(frozen=True)
class Curve(Text):
    """Numbers written in a line, such as 1, 0.9, 0; shown as points between `lowest` and `highest`.

    An empty text means that the node decides. `falling` ones are dragged only so that they fall.
    """

    longest: int = 2000
    lowest: float = 0
    highest: float = 1
    falling: bool = False


@dataclass(frozen=True)
class Choice(Hint):
    """One of a few words."""

    options: tuple[str, ...]

    def why_not(self, value: Any) -> str | None:
        if value in self.options:
            return None
        return f"{value!r} is none of {', '.join(self.options)}"

    def schema(self) -> dict[str, Any]:
        return {"enum": list(self.options)}


@dataclass(frozen=True)
class File(Hint):
    """A file to read, relative to the workflow; the engine hands the node a checked `Path`."""

    kind: Literal["image", "video", "audio", "any"] = "any"

    def why_not(self, value: Any) -> str | None:
        if "\0" in value:
            return "the path holds a null character"
        if re.match(r"[A-Za-z][A-Za-z0-9+.-]+:", value):
            return f"{value!r} is an address or a protocol, not a file"
        return None


@dataclass(frozen=True)
class ModelName(Hint):
    """A model: `starter`, a name of the model library, or a path that the artist allowed."""

    components: tuple[str, ...] = ()

    def why_not(self, value: Any) -> str | None:
        return File("any").why_not(value)


@dataclass(frozen=True)
class OutputName(Hint):
    """The name of a file to write: one name, no folders; the ending comes from the node."""

    def why_not(self, value: Any) -> str | None:
        if not OUTPUT_NAME.fullmatch(value):
            return (
                f"{value!r} is no file name: 1 to 120 characters without control characters or "
                '/ \\ : * ? " < > |'
            )
        if value != value.strip(" .") or value.split(".")[0].lower() in RESERVED_NAMES:
            return f"{value!r} is a name that some systems refuse"
        return None


@dataclass(frozen=True)
class Rate(Hint):
    """Frames per second, a whole number or a fraction such as 24000/1001."""

    least: int = 1
    most: int = 240

    def why_not(self, value: Any) -> str | None:
        if not isinstance(value, Fraction):
            return f"{value!r} is no frame rate such as 24 or 24000/1001"
        if not self.least <= value <= self.most:
            return f"{value} is not between {self.least} and {self.most} frames per second"
        return None


@dataclass(frozen=True)
class Colour(Hint):
    """A colour written #rrggbb."""

    def why_not(self, value: Any) -> str | None:
        if re.fullmatch(r"#[0-9a-fA-F]{6}", value):
            return None
        return f"{value!r} is no colour such as #ffcc00"


@dataclass(frozen=True)
class Group:
    """Where the inspector shows a parameter; `advanced` ones are folded."""

    name: str = ""
    advanced: bool = False


@dataclass(frozen=True)
class When:
    """Shown only while another parameter has one of these values."""

    param: str
    values: tuple[Any, ...]

"""The frozen description of a node, derived from its signature by `declare.node`.

Loader, planner, canvas, inspector, search, schema and manual read specs; nobody writes one by
hand. A spec compares by what it declares, not by the function behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from pathlib import PurePath
from typing import Any, Literal

from aiprod_studio.sdk.hints import File, Group, Hint, ModelName, Rate, When

ParamKind = Literal["integer", "number", "text", "boolean", "rate", "file", "model"]
Facts = Mapping[str, Any]
"""What is known of a value before it exists (width, height, frames, bytes, family...)."""

ANY = "any"
DRIVEN_BY: Mapping[ParamKind, str] = {
    "integer": "integer",
    "number": "number",
    "text": "text",
    "boolean": "boolean",
    "rate": "number",
}
"""The socket type of a link that gives a parameter its value; files and models are only chosen."""


@dataclass(frozen=True)
class Costs:
    """What a step needs: the inputs whose models must be on the device, and its kind of work.

    `phase` names the cost formula of the model's family (encode, sample, decode, upscale).
    """

    models: tuple[str, ...] = ()
    phase: str = ""


@dataclass(frozen=True)
class InputSpec:
    """A socket that receives a value."""

    name: str
    type: str
    optional: bool = False
    doc: str = ""


@dataclass(frozen=True)
class OutputSpec:
    """A socket that gives a value."""

    name: str
    type: str


@dataclass(frozen=True)
class ParamSpec:
    """A parameter: its kind, default and hint."""

    name: str
    kind: ParamKind
    default: Any
    hint: Hint | None = None
    group: Group = Group()
    when: When | None = None
    doc: str = ""

    def read(self, value: Any) -> Any:
        """Turn a JSON value into what the node receives.

        Raises:
            ValueError: the end of a sentence that says what is wrong with the value.
        """
        converted = _convert(self.kind, value)
        why = self.hint.why_not(converted) if self.hint else None
        if why:
            raise ValueError(why)
        return converted


@dataclass(frozen=True)
class NodeSpec:
    """Everything the program knows of a node type."""

    type: str
    title: str
    version: str
    inputs: tuple[InputSpec, ...]
    outputs: tuple[OutputSpec, ...]
    params: tuple[ParamSpec, ...]
    doc: str
    writes: bool = False
    costs: Costs = Costs()
    replaces: tuple[str, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    pack: str = ""
    function: Callable[..., Any] = field(default=lambda: None, compare=False, repr=False)
    takes_run: bool = True
    facts: Callable[[Facts, Mapping[str, Facts]], Facts] | None = field(
        default=None, compare=False, repr=False
    )
    needs: Callable[[Facts], frozenset[str]] | None = field(default=None, compare=False, repr=False)

    @property
    def category(self) -> str:
        """The first part of the type, which the library groups by."""
        return self.type.partition(".")[0]

    @cached_property
    def sockets(self) -> tuple[InputSpec, ...]:
        """All that a link may arrive at: the inputs, then the parameters that a link may drive."""
        driven = (
            InputSpec(param.name, DRIVEN_BY[param.kind], optional=True, doc=param.doc)
            for param in self.params
            if param.kind in DRIVEN_BY
        )
        return (*self.inputs, *driven)

    def input(self, name: str) -> InputSpec | None:
        """Return what a link to that name arrives at, or None."""
        return next((socket for socket in self.sockets if socket.name == name), None)

    def output(self, name: str) -> OutputSpec | None:
        """Return the output of that name, or None."""
        return next((socket for socket in self.outputs if socket.name == name), None)

    def param(self, name: str) -> ParamSpec | None:
        """Return the parameter of that name, or None."""
        return next((param for param in self.params if param.name == name), None)


def fits(given: str, wanted: str) -> bool:
    """Say whether an output type may be linked to an input type; whole numbers fit numbers."""
    return given == wanted or ANY in (given, wanted) or (given, wanted) == ("integer", "number")


def kind_of(python_type: Any, hint: Hint | None) -> ParamKind:
    """Return the parameter kind of an annotation.

    Raises:
        TypeError: no parameter can have this type.
    """
    if isinstance(hint, ModelName):
        return "model"
    if isinstance(hint, File):
        return "file"
    if python_type is Fraction or isinstance(hint, Rate):
        return "rate"
    kinds: dict[Any, ParamKind] = {int: "integer", float: "number", str: "text", bool: "boolean"}
    if python_type not in kinds:
        raise TypeError(f"{python_type!r} is none of int, float, str, bool, Fraction, Path")
    return kinds[python_type]


def plain(value: Any) -> Any:
    """Return a parameter value as it is written in JSON."""
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else f"{value.numerator}/{value.denominator}"
    return value.as_posix() if isinstance(value, PurePath) else value


def _convert(kind: ParamKind, value: Any) -> Any:
    if kind == "boolean":
        return _expect(value, isinstance(value, bool), "true or false")
    if kind == "integer":
        whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        return int(_expect(value, whole and not isinstance(value, bool), "a whole number"))
    if kind == "number":
        number = isinstance(value, int | float) and not isinstance(value, bool)
        try:
            return float(_expect(value, number, "a number"))
        except OverflowError:
            raise ValueError(f"a number of {len(str(value))} digits is too large") from None
    if kind == "rate":
        return _fraction(value)
    return _expect(value, isinstance(value, str), "text")


def _expect(value: Any, right: bool, expected: str) -> Any:
    if not right:
        shown = repr(value) if len(repr(value)) <= 60 else repr(value)[:57] + "..."
        raise ValueError(f"{shown} is not {expected}")
    return value


def _fraction(value: Any) -> Fraction:
    try:
        right = isinstance(value, str | int | float | Fraction) and not isinstance(value, bool)
        if right and len(str(value)) <= 40:
            return Fraction(value).limit_denominator(100_000)
    except (ValueError, ZeroDivisionError, OverflowError):
        pass
    raise ValueError(f"{str(value)[:40]!r} is no frame rate such as 24 or 24000/1001")

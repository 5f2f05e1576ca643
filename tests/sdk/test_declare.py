"""A node is a function: what its signature declares, and what is refused at registration."""

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Annotated, Any, Literal, NamedTuple

import pytest

from aiprod_studio.sdk import (
    Conditioning,
    File,
    Latents,
    Misdeclared,
    Number,
    OutputName,
    Rate,
    Run,
    Slider,
    node,
    weights_of,
)


class Parts(NamedTuple):
    left: Latents
    right: str


def test_the_signature_becomes_sockets_params_and_outputs() -> None:
    @node("test.sampler", "Sampler", since="1.2", costs=weights_of("start", phase="sample"))
    def sampler(
        run: Run,
        start: Latents,
        negative: Conditioning | None = None,
        *,
        steps: Annotated[int, Slider(1, 100)] = 8,
        mode: Literal["fast", "exact"] = "exact",
    ) -> Parts:
        """Turn noise into latents.

        Args:
            start: where it begins,
                on two lines
            steps: how many
        """

    spec = sampler.node_spec
    assert [(i.name, i.type, i.optional) for i in spec.inputs] == [
        ("start", "latents", False),
        ("negative", "conditioning", True),
    ]
    assert spec.input("start").doc == "where it begins, on two lines"
    assert [(p.name, p.kind, p.default) for p in spec.params] == [
        ("steps", "integer", 8),
        ("mode", "text", "exact"),
    ]
    assert [(o.name, o.type) for o in spec.outputs] == [("left", "latents"), ("right", "text")]
    assert spec.takes_run
    assert spec.category == "test"


def test_the_function_comes_back_unchanged() -> None:
    @node("test.double", "Double", since="1.0")
    def double(number: float) -> float:
        """Double it."""
        return number * 2

    assert double(4) == 8
    assert double.node_spec.outputs[0].name == "number"


def no_doc(number: float) -> float:
    return number


def no_type(number) -> float:
    """Lacks a type."""


def no_default(*, steps: int) -> float:
    """Lacks a default."""


def default_outside(*, steps: Annotated[int, Slider(1, 10)] = 20) -> float:
    """Its default breaks its own rule."""


def odd_socket(thing: set[int]) -> float:
    """A set is no socket."""


def odd_param(*, things: list = ()) -> float:
    """A list is no parameter."""


@pytest.mark.parametrize(
    ("function", "named"),
    [
        (no_doc, "docstring"),
        (no_type, "'number'"),
        (no_default, "'steps'"),
        (default_outside, "20 is above the largest value, 10"),
        (odd_socket, "'thing'"),
        (odd_param, "'things'"),
    ],
)
def test_a_wrong_declaration_is_refused_by_name(function: Callable[..., Any], named: str) -> None:
    with pytest.raises(Misdeclared, match=r"test\.wrong") as refused:
        node("test.wrong", "Wrong", since="1.0")(function)
    assert named in str(refused.value)


def test_costs_must_name_an_input() -> None:
    with pytest.raises(Misdeclared, match="'model', which is no input"):

        @node("test.wrong", "Wrong", since="1.0", costs=weights_of("model", phase="sample"))
        def wrong(number: float) -> float:
            """Wrong."""
            return number


@node("test.params", "Params", since="1.0")
def params(
    *,
    steps: Annotated[int, Slider(1, 100)] = 8,
    guidance: Annotated[float, Number(0, 20)] = 1,
    rate: Annotated[Fraction, Rate()] = Fraction(24),
    name: Annotated[str, OutputName()] = "film",
    picture: Annotated[str, File("image")] = "",
    loop: bool = False,
) -> str:
    """Every kind of parameter."""
    return name


@pytest.mark.parametrize(
    ("name", "given", "read"),
    [
        ("steps", 12, 12),
        ("steps", 12.0, 12),
        ("guidance", 3, 3.0),
        ("rate", "24000/1001", Fraction(24000, 1001)),
        ("rate", 25, Fraction(25)),
        ("name", "boat at sea", "boat at sea"),
        ("loop", True, True),
    ],
)
def test_values_are_read(name: str, given: Any, read: Any) -> None:
    assert params.node_spec.param(name).read(given) == read


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("steps", 0, "0 is below the smallest value, 1"),
        ("steps", 1.5, "1.5 is not a whole number"),
        ("steps", True, "True is not a whole number"),
        ("steps", "8", "'8' is not a whole number"),
        ("guidance", float("nan"), "nan is not a finite number"),
        ("guidance", float("inf"), "inf is not a finite number"),
        ("guidance", 10**400, "too large"),
        ("rate", "24/0", "no frame rate"),
        ("rate", "abc", "no frame rate"),
        ("rate", -24, "not between 1 and 240"),
        ("rate", "9" * 5000, "no frame rate"),
        ("name", "../film", "no file name"),
        ("name", "a\nb", "no file name"),
        ("name", "", "no file name"),
        ("name", "x" * 121, "no file name"),
        ("name", "con.mp4", "some systems refuse"),
        ("name", " film", "some systems refuse"),
        ("picture", "http://example.org/a.png", "an address or a protocol"),
        ("picture", "concat:a.mp4|b.mp4", "an address or a protocol"),
        ("picture", "a\0b", "null character"),
        ("loop", 1, "1 is not true or false"),
    ],
)
def test_values_that_are_wrong_are_refused_in_words(name: str, given: Any, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        params.node_spec.param(name).read(given)

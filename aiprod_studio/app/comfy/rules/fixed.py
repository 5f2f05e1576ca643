"""Nodes of ComfyUI that only hold or reckon values: they become the values of our parameters."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

from aiprod_studio.app.comfy.sheet import Part
from aiprod_studio.app.comfy.work import NOTHING, Given, Work
from aiprod_studio.graph.records import Json

LONGEST = 200
LARGEST = 1e12
OPERATORS: Mapping[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
    ast.Div: operator.truediv, ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod,
    ast.USub: operator.neg, ast.UAdd: operator.pos,
}  # fmt: skip
FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "round": round, "floor": math.floor, "ceil": math.ceil, "int": int, "float": float,
    "min": min, "max": max, "abs": abs,
}  # fmt: skip


def constant(part: Part, work: Work) -> tuple[Given, ...]:
    """A written value: PrimitiveInt, PrimitiveFloat, texts and their like."""
    given = work.given(part, "value")
    if given.source is not None:
        return (given,)
    value = work.value(part, "value")
    return (Given(value=next(iter(part.loose), None) if value is None else value),)


def whole(part: Part, work: Work) -> tuple[Given, ...]:
    """A number made whole; a link stays as it is."""
    given = work.given(part, "a")
    if given.source is not None:
        return (given,)
    return (Given(value=round(work.number(part, "a", 0))),)


def as_text(part: Part, work: Work) -> tuple[Given, ...] | None:
    """A number as a text."""
    found = work.value(part, "int_")
    return None if found is None else (Given(value=str(found)), NOTHING)


def reckoned(part: Part, work: Work) -> tuple[Given, ...] | None:
    """A formula of fixed numbers; the outputs are told apart by their types."""
    expression = work.text(part, "expression") or work.text(part, "value")
    letters = {name: _variable(part, work, name) for name in "abcdef"}
    if expression.strip() in letters and letters[expression.strip()].source is not None:
        return tuple(letters[expression.strip()] for _ in range(3))
    known = {name: given.value for name, given in letters.items() if given.value is not None}
    linked = [name for name in letters if {name, f"values.{name}"} & part.sources.keys()]
    if any(letters[name] == NOTHING for name in linked):
        return (NOTHING, NOTHING, NOTHING)  # it is known only while it runs; whoever asks says so
    try:
        number = _reckon(expression, known)
    except (ValueError, ArithmeticError, TypeError, SyntaxError, RecursionError):
        return None
    kinds = [kind for _, kind in part.outputs] or _usual_outputs(part.kind)
    return tuple(Given(value=_typed(number, kind)) for kind in kinds)


def chosen(part: Part, work: Work) -> tuple[Given, ...] | None:
    """One of two inputs, by a fixed switch."""
    switch = work.value(part, "switch")
    if not isinstance(switch, bool):
        return None
    return (work.given(part, "on_true" if switch else "on_false"),)


def joined(part: Part, work: Work) -> tuple[Given, ...] | None:
    """Two fixed texts after each other."""
    texts = [work.value(part, name) for name in ("string_a", "string_b")]
    if not all(isinstance(text, str) for text in texts):
        return None
    return (Given(value=work.text(part, "delimiter").join(map(str, texts))),)


def replaced(part: Part, work: Work) -> tuple[Given, ...] | None:
    """A fixed text in which words are replaced."""
    texts = [work.value(part, name) for name in ("string", "find", "replace")]
    if not all(isinstance(text, str) for text in texts):
        return None
    string, find, replace = map(str, texts)
    made = string.replace(find, replace) if find else string
    return (Given(value=made[:100_000]),)


def _variable(part: Part, work: Work, name: str) -> Given:
    for socket in (name, f"values.{name}"):
        if socket in part.sources:
            return work.given(part, socket)
        found = part.values.get(socket)
        if isinstance(found, int | float):
            return Given(value=found)
    return NOTHING


def _usual_outputs(kind: str) -> list[str]:
    return ["FLOAT", "INT", "BOOLEAN"] if kind == "ComfyMathExpression" else ["INT", "FLOAT"]


def _typed(number: float, kind: str) -> Json:
    if kind == "INT":
        return int(number)
    return bool(number) if kind == "BOOLEAN" else float(number)


def _reckon(expression: str, known: Mapping[str, Json]) -> float:
    """Return the value of a formula of numbers, names and the usual signs.

    Raises:
        ValueError: anything else stands in it.
    """
    if len(expression) > LONGEST:
        raise ValueError("the formula is too long")
    found = _at(ast.parse(expression.strip(), mode="eval").body, known)
    if not math.isfinite(found) or abs(found) > LARGEST:
        raise ValueError("the result is too large")
    return float(found)


def _at(tree: ast.AST, known: Mapping[str, Json]) -> float:
    found: Any = None
    if isinstance(tree, ast.Constant) and isinstance(tree.value, int | float):
        found = tree.value
    elif isinstance(tree, ast.Name) and isinstance(known.get(tree.id), int | float):
        found = known[tree.id]
    elif isinstance(tree, ast.BinOp) and type(tree.op) in OPERATORS:
        found = OPERATORS[type(tree.op)](_at(tree.left, known), _at(tree.right, known))
    elif isinstance(tree, ast.UnaryOp) and type(tree.op) in OPERATORS:
        found = OPERATORS[type(tree.op)](_at(tree.operand, known))
    elif isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name):
        found = FUNCTIONS.get(tree.func.id, _no_function)(*(_at(arg, known) for arg in tree.args))
    if found is None or abs(found) > LARGEST:
        raise ValueError("this is no formula of numbers")
    return float(found) if isinstance(found, float) else int(found)


def _no_function(*_: float) -> float:
    raise ValueError("this function is not known")

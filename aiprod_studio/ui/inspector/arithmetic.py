"""Numbers as artists type them: "768/2+8", "1,5", "24000/1001". No Qt, and nothing is executed."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping

LONGEST = 80
TWO: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
    ast.Div: operator.truediv, ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod,
}  # fmt: skip


def calculated(text: str) -> float | int:
    """Return what a sum comes to; whole numbers stay whole.

    Raises:
        ValueError: it is no sum of numbers; the message is the end of a sentence.
    """
    words = text.strip().replace("×", "*").replace("÷", "/").replace("−", "-")
    if "," in words and "." not in words:
        words = words.replace(",", ".")
    wrong = f"{text.strip()[:40]!r} is no number"
    if not words or len(words) > LONGEST:
        raise ValueError(wrong)
    try:
        found = _value(ast.parse(words, mode="eval").body)
    except (SyntaxError, ValueError, ZeroDivisionError, OverflowError, RecursionError):
        raise ValueError(wrong) from None
    if isinstance(found, float) and not math.isfinite(found):
        raise ValueError(wrong)
    return found


def _value(part: ast.expr) -> float | int:
    if isinstance(part, ast.Constant) and type(part.value) in (int, float):
        return part.value  # type: ignore[return-value]
    if isinstance(part, ast.BinOp) and type(part.op) in TWO:
        return TWO[type(part.op)](_value(part.left), _value(part.right))
    if isinstance(part, ast.UnaryOp) and isinstance(part.op, ast.USub | ast.UAdd):
        found = _value(part.operand)
        return -found if isinstance(part.op, ast.USub) else found
    raise ValueError("not a sum")

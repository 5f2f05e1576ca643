"""Arithmetic between numbers."""

import math
from collections.abc import Callable
from typing import Annotated, Literal, NamedTuple

from aiprod_studio.sdk import Failed, Number, Refusal, node

Operation = Literal[
    "add", "subtract", "multiply", "divide", "remainder", "power", "smallest", "largest"
]
OPERATIONS: dict[str, Callable[[float, float], float]] = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
    "remainder": math.fmod,
    "power": math.pow,
    "smallest": min,
    "largest": max,
}


class Result(NamedTuple):
    number: float
    whole: int


@node("flow.maths", "Maths", since="1.0")
def maths(
    *,
    operation: Operation = "add",
    a: Annotated[float, Number(-1e12, 1e12, step=0.1)] = 0.0,
    b: Annotated[float, Number(-1e12, 1e12, step=0.1)] = 0.0,
) -> Result:
    """Calculate with two numbers; `whole` is the result rounded to the nearest whole number.

    Args:
        operation: what is done with a and b, in this order
        a: the first number; a link to it takes its place
        b: the second number; a link to it takes its place
    """
    try:
        number = float(OPERATIONS[operation](a, b))
    except (ZeroDivisionError, OverflowError, ValueError) as error:
        raise Refusal(_impossible(operation, a, b, str(error))) from None
    if not math.isfinite(number):
        raise Refusal(_impossible(operation, a, b, "the result is no finite number"))
    return Result(number, round(number))


def _impossible(operation: str, a: float, b: float, why: str) -> Failed:
    return Failed(
        "parameters 'a' and 'b'",
        f"{a:g} {operation} {b:g} has no result ({why})",
        "Choose other numbers.",
    )

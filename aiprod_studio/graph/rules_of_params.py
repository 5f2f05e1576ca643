"""Whether a parameter may hold a value, and what to do if not.

Rules and the `SetParam` command share it, so the inspector and the headless run say the same.
"""

from __future__ import annotations

from dataclasses import replace

from aiprod_studio.graph.errors import GraphProblem, OutOfRange, Place, WrongType, shown
from aiprod_studio.graph.records import Json
from aiprod_studio.sdk import Choice, Number, ParamSpec

EXPECTED = {
    "integer": "a whole number",
    "number": "a number",
    "text": "a text",
    "boolean": "true or false",
    "rate": 'a frame rate such as 24 or "24000/1001"',
    "file": "a path",
    "model": "a model's name",
}


def param_problem(place: Place, param: ParamSpec, value: Json) -> GraphProblem | None:
    """Return why the parameter cannot have this JSON value, or None."""
    try:
        param.read(value)
    except ValueError as error:
        why = str(error)
    else:
        return None
    if not _right_type(param, value):
        return place.says(WrongType, why, f"Give {EXPECTED[param.kind]}.")
    return place.says(OutOfRange, why, _remedy(param))


def _right_type(param: ParamSpec, value: Json) -> bool:
    try:
        replace(param, hint=None).read(value)
    except ValueError:
        return False
    return True


def _remedy(param: ParamSpec) -> str:
    hint = param.hint
    if isinstance(hint, Number):
        return f"Set it between {hint.least} and {hint.most}."
    if isinstance(hint, Choice):
        return "Choose one of them."
    return f"Change it, or set it back to its default, {shown(param.default)}."

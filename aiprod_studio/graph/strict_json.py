"""Bytes to plain JSON, refusing what different readers would understand differently.

Used by the loader on files that anybody may have written: too large, too deep, doubled names, NaN,
numbers that overflow and broken characters each become a problem. It never raises on bad text.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator
from typing import Any, TypeAlias

from aiprod_studio.graph.errors import (
    BadNumber,
    DuplicateName,
    GraphProblem,
    NotJson,
    TooDeep,
    TooLarge,
    shown,
)
from aiprod_studio.graph.places import place_at
from aiprod_studio.graph.records import Json
from aiprod_studio.graph.shape import Path

LARGEST_FILE = 64 * 1024 * 1024
DEEPEST = 100
MOST_PROBLEMS = 50
LEAST_WHOLE, MOST_WHOLE = -(2**63), 2**64 - 1

Chain: TypeAlias = "tuple[Chain, str | int] | None"


class Repeated(dict[str, Any]):
    """An object in which names stand twice; `names` says which."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        seen = Counter(name for name, _ in pairs)
        self.names = [name for name, count in seen.items() if count > 1]


def parse(data: bytes, name: str) -> tuple[Json, tuple[GraphProblem, ...]]:
    """Return the value of a JSON text and what is wrong with it; `name` is the file's, to be said.

    With a problem, the value is None.
    """
    try:
        value = _decoded(data, name)
        problems = tuple(_capped(_faults(value)))
    except _Unusable as unusable:
        return None, (unusable.problem,)
    return (None, problems) if problems else (value, ())


class _Unusable(Exception):
    def __init__(self, problem: GraphProblem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def _decoded(data: bytes, name: str) -> Json:
    if len(data) > LARGEST_FILE:
        why = f"it has {len(data) / 1e6:.0f} MB, more than {LARGEST_FILE / 1e6:.0f} MB"
        raise _Unusable(TooLarge(name, why, "A workflow holds no media; save those beside it."))
    try:
        text = data.decode("utf-8-sig")
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=float,
            parse_int=_whole,
        )
    except UnicodeDecodeError as error:
        why = f"it is not JSON: byte {error.start} is no UTF-8 text"
        remedy = "Save it as UTF-8 text, or choose a workflow."
        raise _Unusable(NotJson(name, why, remedy)) from None
    except json.JSONDecodeError as error:
        why = f"it is not JSON: line {error.lineno}, column {error.colno}: {_lowered(error.msg)}"
        remedy = "Correct it there, or open an older version of the file."
        raise _Unusable(NotJson(name, why, remedy)) from None
    except RecursionError:
        raise _Unusable(_too_deep(name)) from None


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]


def _too_deep(where: str) -> TooDeep:
    why = f"brackets are nested more than {DEEPEST} deep"
    return TooDeep(where, why, "Choose a workflow that this program wrote.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else Repeated(pairs)


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) < 30 else math.inf


def _capped(problems: Iterator[GraphProblem]) -> Iterator[GraphProblem]:
    for number, problem in enumerate(problems):
        if number == MOST_PROBLEMS:
            return
        yield problem


def _faults(root: Json) -> Iterator[GraphProblem]:
    """Walk the value without recursion; only objects and lists are put on the stack."""
    stack: list[tuple[Any, Chain, int]] = [([root], None, -1)]
    while stack:
        value, chain, depth = stack.pop()
        if isinstance(value, dict):
            yield from _faults_of_names(value, chain)
            items: Iterator[tuple[str | int, Any]] = iter(value.items())
        else:
            items = iter(enumerate(value))
        for key, item in items:
            kind = type(item)
            if kind is str:
                if not item.isascii() and _broken(item):
                    yield _broken_text(item, (chain, key))
            elif kind is dict or kind is list or kind is Repeated:
                if depth >= DEEPEST:
                    yield _too_deep(str(place_at(_path((chain, key))[:6])))
                    return
                if item:
                    stack.append((item, (chain, key), depth + 1))
            elif (kind is float and not math.isfinite(item)) or (
                kind is int and not LEAST_WHOLE <= item <= MOST_WHOLE
            ):
                yield _bad_number(item, (chain, key))


def _faults_of_names(value: dict[str, Any], chain: Chain) -> Iterator[GraphProblem]:
    if isinstance(value, Repeated):
        for name in value.names:
            yield _doubled(name, chain)
    for name in value:
        if not name.isascii() and _broken(name):
            yield _broken_text(name, chain)


def _broken(text: str) -> bool:
    """Say whether half a surrogate pair stands alone, which no file can hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _path(chain: Chain) -> Path:
    parts: list[str | int] = []
    while chain is not None:
        chain, key = chain
        parts.append(key)
    return tuple(reversed(parts[:-1]))


def _doubled(name: str, chain: Chain) -> GraphProblem:
    place = place_at((*_path(chain), name))
    why = "the name stands twice, and only one of the two could be read"
    return place.says(DuplicateName, why, "Rename or remove one of them.")


def _broken_text(text: str, chain: Chain) -> GraphProblem:
    why = f"{shown(text)} holds half a character"
    return place_at(_path(chain)).says(NotJson, why, "Write the text again.")


def _bad_number(number: float, chain: Chain) -> GraphProblem:
    if number != number:
        why = "NaN is no number"
    else:
        why = "the number is too large to be read back as it was written"
    remedy = "Write a finite number; whole numbers need to fit 64 bits."
    return place_at(_path(chain)).says(BadNumber, why, remedy)

"""Values that commands put into a document: copied, and only what a file can hold.

Without this a caller could change the document behind its history by changing a list it passed, or
make a document that cannot be saved.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from aiprod_studio.graph.errors import (
    BadNumber,
    NotJson,
    Place,
    TooDeep,
    WrongShape,
    WrongType,
    shown,
)
from aiprod_studio.graph.graphs import ABSENT
from aiprod_studio.graph.records import Json, Point
from aiprod_studio.graph.strict_json import DEEPEST, LEAST_WHOLE, MOST_WHOLE
from aiprod_studio.sdk import Refusal, plain


def kept(value: Any, place: Place, before: Json = ABSENT, depth: int = 0) -> Json:
    """Return a copy of a JSON value that nobody else holds.

    Parts that are the same as in `before` are shared with it, so that a long history of a large
    section costs only its changes.

    Raises:
        Refusal: the value cannot be written as JSON and read back the same.
    """
    if depth > DEEPEST - 10:
        why = "lists and objects are nested too deep"
        raise Refusal(place.says(TooDeep, why, "Keep it flatter."))
    if isinstance(value, Mapping):
        return _kept_object(value, place, before, depth)
    if isinstance(value, list | tuple):
        old = before if isinstance(before, list) else []
        parts = [_kept_part(part, place, old, i, depth) for i, part in enumerate(value)]
        return _shared(parts, before)
    return _kept_plain(plain(value), place)


def _kept_object(value: Mapping[Any, Any], place: Place, before: Json, depth: int) -> Json:
    old = before if isinstance(before, dict) else {}
    new: dict[str, Json] = {}
    for name, part in value.items():
        if not isinstance(name, str):
            why = f"{shown(name)} is no name for a field"
            raise Refusal(place.says(WrongType, why, "Use texts as names."))
        new[kept_text(name, place)] = kept(part, place, old.get(name, ABSENT), depth + 1)
    return _shared(new, before)


def _kept_part(part: Any, place: Place, old: list[Json], index: int, depth: int) -> Json:
    return kept(part, place, old[index] if index < len(old) else ABSENT, depth + 1)


def _shared(new: Json, before: Json) -> Json:
    """Return `before` if it says exactly the same; its parts have been shared already."""
    if type(new) is not type(before) or len(new) != len(before):
        return new
    if isinstance(new, list):
        same = all(a is b or _same_plain(a, b) for a, b in zip(new, before, strict=True))
    else:
        same = all(
            n in before and (v is before[n] or _same_plain(v, before[n])) for n, v in new.items()
        )
    return before if same else new


def _same_plain(one: Json, other: Json) -> bool:
    scalar = type(one) is type(other) and not isinstance(one, list | dict)
    return scalar and bool(one == other) and repr(one) == repr(other)


def _kept_plain(value: Any, place: Place) -> Json:
    if isinstance(value, str):
        return kept_text(value, place)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and LEAST_WHOLE <= value <= MOST_WHOLE:
        return int(value)
    if isinstance(value, float) and math.isfinite(value):
        return float(value)
    if isinstance(value, int | float):
        why = f"{shown(value)} is no number that a file can hold"
        raise Refusal(place.says(BadNumber, why, "Use a finite number of at most 64 bits."))
    why = f"a {type(value).__name__} cannot be kept in a document"
    raise Refusal(place.says(WrongType, why, "Use text, numbers, true, false, lists or objects."))


def kept_text(text: Any, place: Place) -> str:
    """Return the text.

    Raises:
        Refusal: it is none, or holds half a character.
    """
    if not isinstance(text, str):
        raise Refusal(place.says(WrongType, f"{shown(text)} is no text", "Give a text."))
    try:
        text.encode()
    except UnicodeEncodeError:
        why = f"{shown(text)} holds half a character"
        raise Refusal(place.says(NotJson, why, "Write the text again.")) from None
    return str(text)


def kept_colour(colour: Any, place: Place) -> str:
    """Return a colour, "#rrggbb" or "" for none.

    Raises:
        Refusal: it is something else.
    """
    if isinstance(colour, str) and re.fullmatch(r"(#[0-9a-fA-F]{6})?", colour):
        return colour
    why = f"{shown(colour)} is no colour"
    raise Refusal(place.says(WrongShape, why, "Use a colour such as #ffcc00, or none."))


def kept_point(point: Any, place: Place) -> Point:
    """Return a pair of numbers.

    Raises:
        Refusal: it is something else.
    """
    pair = kept(point, place)
    if isinstance(pair, list) and len(pair) == 2 and all(type(n) in (int, float) for n in pair):
        return (pair[0], pair[1])
    why = f"{shown(point)} is no pair of numbers"
    raise Refusal(place.says(WrongShape, why, "Give two finite numbers."))

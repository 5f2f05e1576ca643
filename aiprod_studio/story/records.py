"""How frozen records of the story become plain JSON and come back, with nothing lost.

`board`, `takes` and `cut` say their fields once, in `FIELDS`; this reads and writes them. Fields
that this version does not know, and values that make no sense, are kept in `extra` as they were
and written again, until somebody gives the field a value. Reading never raises: it says problems.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from dataclasses import field as dataclass_field
from fractions import Fraction
from functools import cache
from types import MappingProxyType
from typing import Any, ClassVar, TypeAlias, TypeVar

from aiprod_studio.sdk import Problem
from aiprod_studio.story.problems import BadValue, shown
from aiprod_studio.story.time import Span, Time, read_rate

Json: TypeAlias = Any
EMPTY: Mapping[str, Json] = MappingProxyType({})
KEPT = "It is kept in the file as it was; the usual value is used until you give another."


@dataclass(frozen=True)
class Field:
    """How one field is read (raises ValueError with the end of a sentence) and written."""

    read: Callable[[Json], Any]
    write: Callable[[Any], Json]
    many: type[Any] | None = None
    one: type[Any] | None = None


def empty() -> Mapping[str, Json]:
    """Return the empty mapping, as the default of a field."""
    return EMPTY


@dataclass(frozen=True)
class Record:
    """Something that is saved: `FIELDS` says how, and all of its fields have defaults.

    `extra` holds what the file said and this version does not know.
    """

    FIELDS: ClassVar[Mapping[str, Field]]
    extra: Mapping[str, Json] = dataclass_field(default_factory=empty, kw_only=True)


R = TypeVar("R", bound=Record)


def same(value: Any) -> Any:
    """Return what was given."""
    return value


def read_as(cls: type[R], raw: Json, where: str, problems: list[Problem]) -> R:
    """Return the record that an object of a file holds; anything odd is said in `problems`."""
    values: dict[str, Any] = {}
    extra: dict[str, Json] = {}
    for key, value in raw.items():
        field = cls.FIELDS.get(key)
        if field is None:
            extra[key] = value
            continue
        try:
            values[key] = _value(field, value, f"{where}.{key}", problems, extra, key)
        except ValueError as error:
            problems.append(BadValue(where, f"{key!r} {error}", KEPT))
            extra[key] = value
    return cls(**values, extra=MappingProxyType(extra) if extra else EMPTY)


def _value(
    field: Field, raw: Json, where: str, problems: list[Problem], extra: dict[str, Json], key: str
) -> Any:
    if field.one is not None:
        return read_as(field.one, field.read(raw), where, problems)
    if field.many is None:
        return field.read(raw)
    entries = field.read(raw)
    strays = [entry for entry in entries if not isinstance(entry, Mapping)]
    if strays:
        why = f"{len(strays)} of {len(entries)} entries are no objects, the first is"
        problems.append(BadValue(where, f"{why} {shown(strays[0])}", "They are kept as they are."))
        extra[key] = strays
    good = ((n, entry) for n, entry in enumerate(entries) if isinstance(entry, Mapping))
    return tuple(
        read_as(field.many, entry, _called(where, n, entry), problems) for n, entry in good
    )


def _called(where: str, index: int, entry: Mapping[str, Json]) -> str:
    name = entry.get("name")
    return f"{where}[{name!r}]" if isinstance(name, str) and name else f"{where}[{index}]"


@cache
def _defaults(cls: type[Any]) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for item in fields(cls):
        made = item.default_factory
        found[item.name] = item.default if made is MISSING else made()
    return found


def write(record: Record) -> dict[str, Json]:
    """Return a record as plain JSON; usual values are left out."""
    result = dict(record.extra)
    kind: Any = type(record)
    defaults = _defaults(kind)
    for key, field in record.FIELDS.items():
        value = getattr(record, key)
        if value == defaults[key]:
            continue
        strays = result.get(key)
        result[key] = field.write(value)
        if field.many is not None and isinstance(strays, list):
            result[key] += strays
    return result


def many(cls: type[Any]) -> Field:
    """A list of records."""
    return Field(_expects(list, "a list"), lambda all_: [write(each) for each in all_], many=cls)


def one(cls: type[Any]) -> Field:
    """A record within a record."""
    return Field(_expects(Mapping, "an object"), write, one=cls)


def _expects(kind: Any, words: str) -> Callable[[Json], Any]:
    def read(raw: Json) -> Any:
        if not isinstance(raw, kind) or (isinstance(raw, bool) and kind is not bool):
            raise ValueError(f"is {shown(raw)}; {words} is expected")
        return raw

    return read


def whole(low: int | None = None, high: int | None = None) -> Field:
    """A whole number, between bounds that are allowed themselves."""

    def read(raw: Json) -> int:
        if isinstance(raw, bool) or not isinstance(raw, int):
            raise ValueError(f"is {shown(raw)}; a whole number is expected")
        if (low is not None and raw < low) or (high is not None and raw > high):
            least = "" if low is None else f" of at least {low}"
            most = "" if high is None else f" and at most {high}"
            raise ValueError(f"is {shown(raw)}; a whole number{least}{most} is expected")
        return raw

    return Field(read, same)


def optional_whole(low: int) -> Field:
    """A whole number or nothing."""
    number = whole(low)
    return Field(lambda raw: None if raw is None else number.read(raw), same)


def number(low: float, high: float) -> Field:
    """A number between bounds that are allowed themselves."""

    def read(raw: Json) -> float:
        good = isinstance(raw, int | float) and not isinstance(raw, bool)
        if not good or not low <= raw <= high:
            raise ValueError(f"is {shown(raw)}; a number from {low:g} to {high:g} is expected")
        return float(raw)

    return Field(read, same)


def ratio(low: Fraction, high: Fraction) -> Field:
    """An exact number such as 2 or `1/3`, between bounds that are allowed themselves."""

    def read(raw: Json) -> Fraction:
        try:
            good = isinstance(raw, int | float | str) and not isinstance(raw, bool)
            found = Fraction(raw) if good and len(str(raw)) <= 40 else None
        except (ValueError, ZeroDivisionError, OverflowError):
            found = None
        if found is None or not low <= found <= high:
            raise ValueError(f"is {shown(raw)}; a ratio from {low} to {high} is expected")
        return found

    return Field(read, str)


def choice(*names: str) -> Field:
    """One word of a few."""

    def read(raw: Json) -> str:
        if raw not in names:
            raise ValueError(f"is {shown(raw)}; one of {', '.join(names)} is expected")
        return str(raw)

    return Field(read, same)


def _pair(raw: Json) -> Span:
    if not isinstance(raw, list) or len(raw) != 2:
        raise ValueError(f"is {shown(raw)}; a pair of times [start, stop] is expected")
    start, stop = Time.parse(raw[0]), Time.parse(raw[1])
    if stop < start:
        raise ValueError(f"ends at {stop}, before its start at {start}")
    return Span(start, stop)


def _jsons(raw: Json) -> Mapping[str, Json]:
    return MappingProxyType(dict(_expects(Mapping, "an object")(raw)))


TEXT = Field(_expects(str, "text"), same)
FLAG = Field(_expects(bool, "true or false"), same)
RATE = Field(read_rate, str)
TIME = Field(Time.parse, str)
SPAN = Field(
    lambda raw: None if raw is None else _pair(raw),
    lambda span: span if span is None else [str(span.start), str(span.stop)],
)
OBJECT = Field(_jsons, dict)

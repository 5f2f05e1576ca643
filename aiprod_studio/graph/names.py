"""What a name may be, and how a free one is found.

Used by the loader's checks and by every command that names something. Names are the artist's; a
rule exists only where a link, a file or an eye would otherwise be misled.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from itertools import count

LONGEST = 120
RESERVED = frozenset({"inputs", "outputs"})


def why_not_name(name: str) -> str | None:
    """Return why a node cannot have this name (end of a sentence), or None."""
    if not name:
        return "a name is empty"
    if len(name) > LONGEST:
        return f"the name has {len(name)} characters, more than {LONGEST}"
    if name in RESERVED:
        return f"{name!r} is reserved for the inputs and outputs of sub-graphs"
    if "." in name or "/" in name:
        return f"{name!r} holds '.' or '/', which separate names in links"
    if not name.isprintable() or name != name.strip():
        return f"{name!r} holds characters that cannot be seen, or starts or ends with a space"
    return None


def tidy(text: str) -> str:
    """Return the nearest allowed name."""
    visible = "".join(c if c.isprintable() else " " for c in text)
    name = re.sub(r"[./]+", "_", visible).strip()[: LONGEST - 10].strip() or "node"
    return f"{name}_" if name in RESERVED else name


def candidates(wanted: str) -> Iterator[str]:
    """Yield `wanted`, then `wanted_2`, `wanted_3`...; an old number is not stacked upon."""
    yield wanted
    stem = re.sub(r"_\d{1,6}$", "", wanted) or wanted
    yield from (f"{stem}_{number}" for number in count(2))


def free_name(wanted: str, taken: Container[str]) -> str:
    """Return `wanted`, numbered if it is taken."""
    return next(name for name in candidates(tidy(wanted)) if name not in taken)


def free_names(wanted: Iterable[str], taken: Iterable[str]) -> dict[str, str]:
    """Return a free name for each wanted one, all different."""
    used = set(taken)
    given: dict[str, str] = {}
    for name in wanted:
        given[name] = free_name(name, used)
        used.add(given[name])
    return given

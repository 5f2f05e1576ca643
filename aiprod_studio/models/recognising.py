"""Which family a file or a set of files belongs to, by asking the descriptors in turn.

Used by inspection, loading and the library. Headers only; what is not recognised gets a sentence
that says what was seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from aiprod_studio.models import folders, lora_file
from aiprod_studio.models.descriptor import MALFORMED, Family, Recognition
from aiprod_studio.models.files import ModelFile, refused
from aiprod_studio.sdk import Invalid, Refusal


@cache
def families() -> tuple[Family, ...]:
    """Return the descriptors, the most particular first."""
    from aiprod_studio.models.families.ltx2 import LTX2
    from aiprod_studio.models.families.ltx_video import LTXVideo
    from aiprod_studio.models.families.starter import Starter
    from aiprod_studio.models.families.wan import Wan

    return (Starter(), LTX2(), LTXVideo(), Wan())


def family_named(name: str) -> Family:
    """Return a descriptor by its name.

    Raises:
        Refusal: no such family is known.
    """
    for family in families():
        if family.name == name:
            return family
    known = ", ".join(family.name for family in families())
    raise Refusal(Invalid("", f"{name!r} is no model family; known are {known}", ""))


def recognise(file: ModelFile) -> tuple[Family, Recognition] | None:
    """Return the family that knows the file and what it says of it, or None.

    A LoRA belongs to no family by itself; the folder of a file speaks before its keys.
    """
    key = key_of(file)
    if key not in _known:
        if len(_known) >= MOST_REMEMBERED:
            _known.clear()
        _known[key] = _recognise(file)
    return _known[key]


Key = tuple[object, ...]
MOST_REMEMBERED = 1024
_known: dict[Key, tuple[Family, Recognition] | None] = {}
"""Answers by file and stamp: a plan asks for the same files many times."""


def key_of(file: ModelFile) -> Key:
    """Return what tells one header from another: the file's path and stamp, and its folder's."""
    beside = file.path.with_name("config.json")
    try:
        config = beside.stat().st_mtime_ns
    except OSError:
        config = 0
    return (file.path, file.stamp, tuple(file.shards.items()), config)


def _recognise(file: ModelFile) -> tuple[Family, Recognition] | None:
    if lora_file.is_lora(file):
        return None
    described = folders.recognise(file)
    if described is not None:
        return family_named(described.family), described
    for family in families():
        try:
            found = family.recognise(file)
        except MALFORMED:
            continue  # its metadata is not what this family writes
        if found is not None:
            return family, found
    return None


def family_of(files: Sequence[ModelFile]) -> Family:
    """Return the family of files that are to be used together.

    Raises:
        Refusal: a file is not recognised, or they are of different families.
    """
    if not files:
        raise Refusal(Invalid("", "no model file was given", "Choose a file."))
    found: dict[str, tuple[Family, ModelFile]] = {}
    generations: dict[str, str] = {}
    for file in files:
        known = recognise(file)
        if known is None:
            raise unknown(file)
        found.setdefault(known[0].name, (known[0], file))
        generations[file.path.name] = known[1].generation
    if len(found) > 1:
        parts = " and ".join(f"{f.path.name} ({family.title})" for family, f in found.values())
        raise Refusal(Invalid("", f"these files do not belong together: {parts}", "Choose one."))
    family = next(iter(found.values()))[0]
    mixed = family.conflict(generations)
    if mixed:
        why = f"these files are of different generations of {family.title}: {mixed}"
        raise Refusal(Invalid("", why, "Use parts of one generation."))
    return family


def unknown(file: ModelFile) -> Refusal:
    """Return the refusal of a file that no family knows, saying what was seen."""
    if lora_file.is_lora(file):
        why = "it is a LoRA, which changes a model but is none itself"
        return refused(file.path, why, "Link it as a LoRA of a model.")
    names = list(file.tensors)
    seen = ", ".join(names[:3]) + (" ..." if len(names) > 3 else "")
    why = f"it is a sound {file.format} file of {len(names):,} tensors ({seen}) of an unknown model"
    return refused(file.path, why, "Choose an LTX, Wan or starter checkpoint, or update.")

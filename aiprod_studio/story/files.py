"""The files that a board and a cut name, and what changes in their sections when files move.

Saving a film elsewhere asks here, because only the story knows where its records name files: in
panels, takes, recipes and clips. Works on sections as they stand in a document, so that what this
version does not know stays as it was. Nothing here touches the disk.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aiprod_studio.story.records import Json
from aiprod_studio.story.takes import FILE

FIELDS = frozenset({"image", "sound", "comes_from", "goes_to", "media"})


def files_named(section: Json) -> list[str]:
    """Return the paths that a `story` or `timeline` section names, each once."""
    return list(dict.fromkeys(path for path in _paths(section) if path))


def _paths(part: Json) -> Iterator[str]:
    if isinstance(part, list | tuple):
        for item in part:
            yield from _paths(item)
    if not isinstance(part, Mapping):
        return
    for key, value in part.items():
        if key in FIELDS and isinstance(value, str):
            yield value
        elif key == "source" and _is_file(value):
            yield value["name"]
        elif key == "recipe" and isinstance(value, Mapping):
            known = value.get("files")
            names = known if isinstance(known, Mapping) else ()
            yield from (name.removeprefix(FILE) for name in names if name.startswith(FILE))
        else:
            yield from _paths(value)


def with_files_moved(section: Json, moved: Mapping[str, str]) -> Json:
    """Return a section with new paths in place of old ones.

    Recipes of takes change with it: their graphs read the same files at their new places, and stay
    as fresh as they were.
    """
    if isinstance(section, list | tuple):
        return [with_files_moved(item, moved) for item in section]
    if not isinstance(section, Mapping):
        return section
    return {key: _moved(key, value, moved) for key, value in section.items()}


def _moved(key: str, value: Json, moved: Mapping[str, str]) -> Json:
    if key in FIELDS and isinstance(value, str):
        return moved.get(value, value)
    if key == "source" and _is_file(value):
        return {**value, "name": moved.get(value["name"], value["name"])}
    if key == "recipe" and isinstance(value, Mapping):
        return _recipe_moved(value, moved)
    return with_files_moved(value, moved)


def _recipe_moved(recipe: Mapping[str, Json], moved: Mapping[str, str]) -> dict[str, Json]:
    made = dict(recipe)
    files = recipe.get("files")
    if not isinstance(files, Mapping):
        return made
    read = {name: new for name, new in moved.items() if f"{FILE}{name}" in files}
    made["files"] = {_key_moved(key, read): value for key, value in files.items()}
    if "graph" in recipe:
        made["graph"] = _replaced(recipe["graph"], read)
    return made


def _key_moved(key: str, moved: Mapping[str, str]) -> str:
    name = key.removeprefix(FILE)
    return f"{FILE}{moved[name]}" if key.startswith(FILE) and name in moved else key


def _replaced(part: Json, moved: Mapping[str, str]) -> Json:
    if isinstance(part, str):
        return moved.get(part, part)
    if isinstance(part, Mapping):
        return {key: _replaced(value, moved) for key, value in part.items()}
    return [_replaced(item, moved) for item in part] if isinstance(part, list | tuple) else part


def _is_file(source: Any) -> bool:
    """Say whether a clip's source is a media file, which is what it is when it does not say."""
    return (
        isinstance(source, Mapping)
        and source.get("kind", "file") == "file"
        and isinstance(source.get("name"), str)
    )

"""Files that go with a document: brought into its folder, and along when it moves.

A workflow names files relative to its own folder and may read nothing else. So what an artist drops
from elsewhere is copied beside the document, and a document that is saved elsewhere takes its files
along. Used by the window; it changes no document, it returns the commands that do.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiprod_studio.app.places import shipped
from aiprod_studio.graph.commands import SetParam, SetSection
from aiprod_studio.sdk import Missing, NodeSpec, Refusal
from aiprod_studio.story.files import files_named, with_files_moved

if TYPE_CHECKING:
    from aiprod_studio.graph import Document

MEDIA = "media"
SECTIONS = ("story", "timeline")


def bring_in(file: Path, folder: Path, assets: Path) -> str:
    """Return how a document in `folder` names a file; it is copied to `assets` if it lies outside.

    Raises:
        Refusal: it cannot be read or copied.
    """
    file, folder = file.resolve(), folder.resolve()
    if file.is_relative_to(folder):
        return file.relative_to(folder).as_posix()
    target = copied(file, assets / MEDIA)
    return Path(os.path.relpath(target.resolve(), folder)).as_posix()


def copied(file: Path, folder: Path) -> Path:
    """Copy a file into a folder under a free name; a copy that is there already is used.

    Raises:
        Refusal: it cannot be read or copied.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for target in _names(folder, file):
            if not target.exists():
                part = target.with_name(f".{target.name}.part")
                shutil.copyfile(file, part)
                part.replace(target)
                return target
            if _same(file, target):
                return target
    except OSError as error:
        why = f"it cannot be copied to {folder} ({error.strerror or error})"
        raise Refusal(Missing(f"file {file}", why, "Check space and permissions.")) from None
    raise AssertionError("there is always a free name")


def files_of(document: Document, specs: Mapping[str, NodeSpec]) -> list[str]:
    """Return the relative files that a document names: parameters, panels, takes and sounds."""
    found = [str(value) for _, _, _, value in _params(document, specs)]
    for name in SECTIONS:
        found += files_named(document.extra.get(name))
    return list(dict.fromkeys(value for value in found if value))


def bring_along(
    document: Document, specs: Mapping[str, NodeSpec], old: Path, new: Path, assets: Path
) -> list[SetParam | SetSection]:
    """Copy what a document in folder `old` names to folder `new`; return what to change in it.

    A file keeps its relative place where that is free; else it goes to `assets`. Missing files
    stay missing, and files outside `old` are left alone, but for those that ship with the program.

    Raises:
        Refusal: a file cannot be copied.
    """
    old, new = old.resolve(), new.resolve()
    if old == new:
        return []
    moved: dict[str, str] = {}
    for value in files_of(document, specs):
        source = (old / value).resolve()
        if not source.is_file() or not (source.is_relative_to(old) or _ships(source)):
            continue
        target = (new / value).resolve()
        if target.is_relative_to(new) and _take(source, target):
            continue
        moved[value] = bring_in(source, new, assets)
    commands: list[SetParam | SetSection] = [
        SetParam(node, param, moved[str(value)], within=within)
        for within, node, param, value in _params(document, specs)
        if str(value) in moved
    ]
    for name in SECTIONS if moved else ():
        section = document.section(name)
        after = with_files_moved(section, moved)
        if after != section:
            commands.append(SetSection(name, after))
    return commands


def _take(source: Path, target: Path) -> bool:
    """Copy a file to its place; False when another file is there."""
    if target.exists():
        return _same(source, target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    except OSError as error:
        why = f"it cannot be copied to {target.parent} ({error.strerror or error})"
        raise Refusal(Missing(f"file {source}", why, "Check space and permissions.")) from None
    return True


def _params(
    document: Document, specs: Mapping[str, NodeSpec]
) -> Iterator[tuple[str, str, str, Any]]:
    """Yield (sub-graph, node, parameter, value) of all file parameters with a value."""
    for within in ("", *document.subgraphs):
        for node in document.graph(within).nodes.values():
            spec = specs.get(node.type)
            for param in spec.params if spec else ():
                if param.kind == "file" and node.params.get(param.name):
                    yield within, node.name, param.name, node.params[param.name]


def _ships(file: Path) -> bool:
    roots = (shipped("resources"), shipped("workflows"))
    return any(file.is_relative_to(root.resolve()) for root in roots)


def _names(folder: Path, file: Path) -> Iterator[Path]:
    yield folder / file.name
    for number in range(2, 10_000):
        yield folder / f"{file.stem}_{number}{file.suffix}"


def _same(one: Path, other: Path) -> bool:
    if one.stat().st_size != other.stat().st_size:
        return False
    digests = []
    for path in (one, other):
        with path.open("rb") as file:
            digests.append(hashlib.file_digest(file, "blake2b").digest())
    return digests[0] == digests[1]

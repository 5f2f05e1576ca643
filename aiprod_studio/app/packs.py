"""Loading packs: folders of node files, ours and third parties', through one door.

Every file is loaded under a private module name, so no pack can shadow a real module and nothing
is called `nodes`. Third-party packs are code: they stay off until the user allows them, and are off
again when their code changes. A broken pack is reported and the others load.
"""

from __future__ import annotations

import hashlib
import importlib.util
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType

from aiprod_studio.app.places import shipped, user_places
from aiprod_studio.app.settings import load_settings
from aiprod_studio.sdk import Invalid, NodeSpec, Problem

MODULES = "aiprod_studio_packs"
MANIFEST = "pack.toml"


@dataclass(frozen=True)
class Pack:
    """A folder of nodes: what it is called, what it asks for, and whether it may be loaded.

    `digest` covers all its files; `own` packs ship with the program and need no leave.
    """

    name: str
    folder: Path
    own: bool
    digest: str = ""
    allowed: bool = True
    version: str = ""
    author: str = ""
    about: str = ""
    asks: tuple[str, ...] = ()


@dataclass
class Registry:
    """All node types that are loaded, with what went wrong on the way."""

    specs: dict[str, NodeSpec] = field(default_factory=dict)
    packs: list[Pack] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def load_packs(own: Path, third_party: Path, allowed: Mapping[str, str]) -> Registry:
    """Load every pack of both folders; `allowed` maps pack names to the digest that was allowed."""
    registry = Registry()
    for folder in _folders(own):
        _load(registry, Pack(name=folder.name, folder=folder, own=True))
    for folder in _folders(third_party):
        pack = describe_pack(folder, allowed, registry.problems)
        if any(known.name == pack.name for known in registry.packs):
            why = f"its name {pack.name!r} belongs to another pack"
            registry.problems.append(Invalid(f"pack {folder}", why, "Rename its folder."))
            continue
        _load(registry, pack)
    return registry


def registry() -> Registry:
    """Load our packs and those that the user allowed."""
    places = user_places()
    settings = load_settings(places.settings)
    return load_packs(shipped("nodes"), places.packs, settings.packs)


def describe_pack(folder: Path, allowed: Mapping[str, str], problems: list[Problem]) -> Pack:
    """Say what a third-party pack is, without running any of its code."""
    manifest: dict[str, object] = {}
    try:
        manifest = tomllib.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        pass
    except (OSError, ValueError) as error:
        where = f"pack {folder.name!r}, file {MANIFEST}"
        problems.append(Invalid(where, f"it cannot be read ({error})", "Ask the pack's author."))
    digest = _digest(folder)
    asks = manifest.get("asks", ())
    return Pack(
        name=folder.name,
        folder=folder,
        own=False,
        digest=digest,
        allowed=allowed.get(folder.name) == digest,
        version=str(manifest.get("version", "")),
        author=str(manifest.get("author", "")),
        about=str(manifest.get("about", "")),
        asks=tuple(str(item) for item in asks) if isinstance(asks, Iterable) else (),
    )


def _folders(parent: Path) -> list[Path]:
    if not parent.is_dir():
        return []
    found = (item for item in parent.iterdir() if item.is_dir() and item.name.isidentifier())
    return sorted(item for item in found if not item.name.startswith("_"))


def _load(registry: Registry, pack: Pack) -> None:
    registry.packs.append(pack)
    if not pack.allowed:
        return
    for file in sorted(pack.folder.glob("*.py")):
        if file.name.startswith("_"):
            continue
        try:
            module = _module(pack, file)
        except Exception as error:  # a pack is foreign code: whatever it raises is its own defect
            where = f"pack {pack.name!r}, file {file.name}"
            why = f"it cannot be loaded ({type(error).__name__}: {error})"
            remedy = "Its nodes are missing; ask the pack's author, or remove the file."
            registry.problems.append(Invalid(where, why, remedy))
            continue
        _register(registry, pack, file, module)


def _module(pack: Pack, file: Path) -> ModuleType:
    name = f"{MODULES}.{pack.name}.{file.stem}"
    found = importlib.util.spec_from_file_location(name, file)
    if found is None or found.loader is None:
        raise ImportError(f"{file} is no Python file")
    module = importlib.util.module_from_spec(found)
    sys.modules[name] = module
    try:
        found.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _register(registry: Registry, pack: Pack, file: Path, module: ModuleType) -> None:
    for item in vars(module).values():
        spec = getattr(item, "node_spec", None)
        if not isinstance(spec, NodeSpec) or getattr(item, "__module__", "") != module.__name__:
            continue
        known = registry.specs.get(spec.type)
        if known is not None:
            where = f"pack {pack.name!r}, file {file.name}"
            why = f"node type {spec.type!r} is already given by pack {known.pack!r}"
            registry.problems.append(Invalid(where, why, "Only the first one is used."))
            continue
        registry.specs[spec.type] = replace(spec, pack=pack.name)


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        if "__pycache__" in file.parts:
            continue
        digest.update(file.relative_to(folder).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()

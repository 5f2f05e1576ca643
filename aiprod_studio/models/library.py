"""The models on this machine: folders scanned by header, parts put together, gaps named.

The folders that the artist names are walked (ComfyUI's and LTX Desktop's layouts are just folders
with parts in them); nothing outside them is read. What a header said is kept in a cache file until
the file changes, so a second scan costs one look at each file. Used by the application.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from aiprod_studio.models import recognising
from aiprod_studio.models.describing import Facts, buildable, describe
from aiprod_studio.models.families.starter import usual
from aiprod_studio.models.files import NUMBERED, SUFFIXES
from aiprod_studio.models.inspection import FileReport, MissingPart, inspect
from aiprod_studio.sdk import Missing, Refusal

STARTER = "starter"
VERSION = 1
DEEPEST = 6
OPTIONAL = ("latent_upsampler", "diffusion_decoder", "duration_head", "refiner")


@dataclass(frozen=True)
class Entry:
    """One file of the library; `parts` are its components, `problem` why it cannot be used."""

    path: str
    size: int
    mtime: int
    family: str = ""
    title: str = ""
    generation: str = ""
    storage: str = ""
    parts: tuple[str, ...] = ()
    lora_for: str = ""
    problem: str = ""

    @property
    def name(self) -> str:
        """The file's name without its ending, by which the artist asks for it."""
        return Path(self.path).stem


@dataclass(frozen=True)
class Found:
    """A model put together: what can be built from which files, and what is missing."""

    name: str
    parts: Mapping[str, Facts]
    missing: tuple[MissingPart, ...] = ()


@dataclass
class Library:
    """The models in some folders.

    Args:
        folders: where to look, the first preferred.
        cache: a JSON file that remembers headers; None remembers for this object only.
        starter: the folder of the shipped starter model.
    """

    folders: Sequence[Path] = ()
    cache: Path | None = None
    starter: Path | None = None
    _entries: dict[str, Entry] = field(default_factory=dict)

    def scan(self, check: Callable[[], None] = lambda: None) -> tuple[Entry, ...]:
        """Look at every model file in the folders; call `check` between files."""
        known = self._entries or self._load()
        found: dict[str, Entry] = {}
        for path in self._walk():
            check()
            try:
                stat = path.stat()
            except OSError:
                continue  # it vanished while we looked
            old = known.get(str(path))
            same = old is not None and (old.size, old.mtime) == (stat.st_size, stat.st_mtime_ns)
            found[str(path)] = old if old is not None and same else _entry(path, stat)
        self._entries = found
        self._save()
        return tuple(found.values())

    def list(self) -> tuple[str, ...]:
        """Return the names of models that have a transformer, the starter first."""
        own = (STARTER,) if self.starter is not None else ()
        names = (e.name for e in self._known() if "transformer" in e.parts)
        return (*own, *dict.fromkeys(names))

    def loras(self) -> tuple[Entry, ...]:
        """Return the LoRA files."""
        return tuple(entry for entry in self._known() if entry.lora_for)

    def lora(self, name: str) -> Entry | None:
        """Return the LoRA of that name or file name, or None."""
        entries = self._known() if name else ()
        return next(
            (e for e in entries if e.lora_for and name in (e.name, Path(e.path).name)), None
        )

    def entries(self) -> tuple[Entry, ...]:
        """Return every file that is known; the first call scans."""
        return self._known()

    def find(self, name: str) -> Found:
        """Put a model together by its name, or by the path of a file in the folders.

        Raises:
            Refusal: there is no such model, or its files cannot be used.
        """
        if name == STARTER and self.starter is not None:
            return Found(name, describe([usual(self.starter)]))
        first = self._named(name)
        if first.problem:
            raise Refusal(Missing("", f"the model {name!r} cannot be used: {first.problem}", ""))
        family = recognising.family_named(first.family)
        chosen = [first]
        there = buildable([first.path])
        for component in (*family.complete, *OPTIONAL):
            other = None if component in there else self._best(first, component, chosen)
            if other is not None:
                chosen.append(other)
                there = buildable([entry.path for entry in chosen])
        parts = describe([entry.path for entry in chosen])
        missing = tuple(
            MissingPart(c, e.file, e.nbytes, e.folder)
            for c, e in family.complete.items()
            if c not in parts
        )
        return Found(name, parts, missing)

    def _known(self) -> tuple[Entry, ...]:
        return tuple(self._entries.values()) if self._entries else self.scan()

    def _named(self, name: str) -> Entry:
        wanted = Path(name)
        for entry in self._known():
            path = Path(entry.path)
            shown = (entry.name, path.name, *(_inside(path, f) for f in self.folders))
            if name in shown or path == wanted:
                return entry
        near = ", ".join(self.list()[:8]) or "none"
        places = ", ".join(str(folder) for folder in self.folders) or "no folders are set"
        why = f"no model is named {name!r} (looked in: {places}; there are: {near})"
        raise Refusal(Missing("", why, "Name a model folder in the settings, or choose another."))

    def _best(self, first: Entry, component: str, chosen: Sequence[Entry]) -> Entry | None:
        """The nearest file that holds a component of the same family and generation.

        Files of one part are preferred to whole checkpoints of other models. The first chosen file
        that has a generation decides; a text encoder may serve several.
        """
        known = next((entry for entry in chosen if entry.generation), first)
        fitting = [
            entry
            for entry in self._known()
            if component in entry.parts
            and entry.family == first.family
            and entry not in chosen
            and not entry.problem
            and (not entry.generation or not known.generation or _agree(entry, known))
        ]
        return max(fitting, key=lambda e: _nearness(e, first), default=None)

    def _walk(self) -> Iterator[Path]:
        seen: set[Path] = set()
        for folder in self.folders:
            root = folder.resolve()
            for path in _files_below(root):
                if path not in seen:
                    seen.add(path)
                    yield path

    def _load(self) -> dict[str, Entry]:
        if self.cache is None:
            return {}
        try:
            raw = json.loads(self.cache.read_text(encoding="utf-8"))
            if raw.get("version") != VERSION:
                return {}
            return {e["path"]: Entry(**{**e, "parts": tuple(e["parts"])}) for e in raw["files"]}
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return {}  # a damaged cache is made anew

    def _save(self) -> None:
        if self.cache is None:
            return
        raw: dict[str, Any] = {"version": VERSION}
        raw["files"] = [asdict(entry) for entry in self._entries.values()]
        new = self.cache.with_suffix(f".{os.getpid()}.new")
        try:
            self.cache.parent.mkdir(parents=True, exist_ok=True)
            new.write_text(json.dumps(raw), encoding="utf-8")
            new.replace(self.cache)
        except OSError:
            new.unlink(missing_ok=True)  # scanning again is slower, not wrong


def _entry(path: Path, stat: os.stat_result) -> Entry:
    report = inspect([path]).files[0]
    return Entry(
        path=str(path),
        size=stat.st_size,
        mtime=stat.st_mtime_ns,
        family=report.family,
        title=report.title,
        generation=report.generation,
        storage=report.storage,
        parts=tuple(part.component for part in report.parts),
        lora_for=_lora_for(report),
        problem=report.problem,
    )


def _lora_for(report: FileReport) -> str:
    return report.lora.made_for if report.lora is not None else ""


def _files_below(root: Path) -> Iterator[Path]:
    """Model files below a folder; links that lead out of it are left alone."""
    for where, folders, names in os.walk(root):
        here = Path(where)
        depth = len(here.relative_to(root).parts)
        folders[:] = [] if depth >= DEEPEST else sorted(f for f in folders if f[:1] != ".")
        for name in sorted(names):
            path = here / name
            number = NUMBERED.fullmatch(name)
            if path.suffix not in SUFFIXES or (number is not None and int(number[2]) > 1):
                continue
            if path.is_file() and path.resolve().is_relative_to(root):
                yield path


def _inside(path: Path, folder: Path) -> str:
    root = folder.resolve()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else ""


def _agree(entry: Entry, first: Entry) -> bool:
    return entry.generation == first.generation


def _nearness(entry: Entry, first: Entry) -> tuple[bool, bool, int]:
    return "transformer" not in entry.parts, _agree(entry, first), _common(entry, first)


def _common(entry: Entry, first: Entry) -> int:
    """How many folders two files share, from the root."""
    pairs = zip(Path(entry.path).parts, Path(first.path).parts, strict=False)
    return sum(a == b for a, b in pairs)

"""Look inside model files: what they are, what is in them, what is missing. Headers only.

`inspect` never loads a weight and never imports torch; a 40 GB file answers at once. What cannot
be read is part of the answer, not an exception, so that one bad file among many hides nothing.
Used by the command line, the library and the window.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from aiprod_studio.models import lora_file, recognising
from aiprod_studio.models.descriptor import Family, Part, Recognition
from aiprod_studio.models.files import ModelFile, model_files, open_model
from aiprod_studio.models.storage import bytes_by_type, describe_storage
from aiprod_studio.sdk import Refusal

LONGEST_METADATA = 300


@dataclass(frozen=True)
class PartReport:
    """One component inside a file; `block_bytes` is of one of its `blocks`."""

    component: str
    class_name: str
    parameters: int
    nbytes: int
    types: Mapping[str, int]
    blocks: int = 0
    block_bytes: int = 0
    dimensions: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class LoRAReport:
    """What a LoRA file changes: kinds, ranks, how many layers, a few of their names, for whom."""

    kinds: tuple[str, ...]
    ranks: tuple[int, ...]
    layers: int
    targets: tuple[str, ...]
    made_for: str


@dataclass(frozen=True)
class FileReport:
    """What one file is. `problem` is the sentence of its refusal, where it cannot be used."""

    path: Path
    size: int = 0
    format: str = ""
    storage: str = ""
    family: str = ""
    title: str = ""
    generation: str = ""
    tensors: int = 0
    parameters: int = 0
    parts: tuple[PartReport, ...] = ()
    lora: LoRAReport | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True)
class MissingPart:
    """A part that would complete the model: the usual file, its size, and where it belongs."""

    component: str
    file: str
    nbytes: int
    folder: str


@dataclass(frozen=True)
class Inspection:
    """The answer: files one by one, and what they lack together."""

    files: tuple[FileReport, ...]
    missing: tuple[MissingPart, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether every file can be used."""
        return not any(file.problem for file in self.files)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        plain: dict[str, Any] = asdict(self)
        for file in plain["files"]:
            file["path"] = Path(file["path"]).as_posix()
        return plain


def inspect(paths: Sequence[str | Path]) -> Inspection:
    """Look inside files and folders; see the module's text."""
    every: dict[Path, FileReport] = {}
    for path in map(Path, paths):
        for each in _expanded(path):
            every.setdefault(each, _report(each))
    files = tuple(every.values())
    return Inspection(files, _missing(files))


def _expanded(path: Path) -> list[Path]:
    """A folder stands for its model files, a set of numbered files for its first."""
    if not path.is_dir():
        return [path]
    found = model_files(path)
    first = [each for each in found if "-of-" not in each.name or "-00001-of-" in each.name]
    return first or [path]


def _report(path: Path) -> FileReport:
    try:
        file = open_model(path)
    except Refusal as refusal:
        size = path.stat().st_size if path.is_file() else 0
        return FileReport(path, size, problem=str(refusal))
    known = recognising.recognise(file)
    report = FileReport(
        path=path,
        size=file.size,
        format=file.format,
        storage=describe_storage(file),
        tensors=len(file.tensors),
        parameters=sum(info.count for info in file.tensors.values()),
        metadata=_short(file.metadata),
    )
    if known is not None:
        return _recognised(report, file, *known)
    if lora_file.is_lora(file):
        return _lora(report, file)
    return replace(report, problem=str(recognising.unknown(file)))


def _recognised(
    report: FileReport, file: ModelFile, family: Family, found: Recognition
) -> FileReport:
    parts: list[PartReport] = []
    remarks = list(found.remarks)
    for component in found.components:
        try:
            part = family.part([file], component)
        except Refusal as refusal:
            parts.append(PartReport(component, "", 0, 0, {}))
            remarks.append(str(refusal))
        else:
            parts.append(describe_part(family, part))
    return replace(
        report,
        family=family.name,
        title=family.title,
        generation=found.generation,
        parts=tuple(parts),
        remarks=tuple(remarks),
    )


def describe_part(family: Family, part: Part) -> PartReport:
    """Count a planned part: parameters, bytes, types, blocks and the sizes of its network."""
    infos = [source.info for source in part.tensors.values()]
    count, one = block_bytes(family, part)
    plain = {k: v for k, v in part.config.items() if isinstance(v, int) and not isinstance(v, bool)}
    return PartReport(
        component=part.component,
        class_name=part.class_name,
        parameters=sum(info.count for info in infos),
        nbytes=sum(info.nbytes for info in infos),
        types=bytes_by_type(infos),
        blocks=count,
        block_bytes=one,
        dimensions=plain,
    )


def block_bytes(family: Family, part: Part) -> tuple[int, int]:
    """Return how many repeated blocks a part has, and the bytes of the largest."""
    where = family.blocks.get(part.component, "")
    held: Counter[str] = Counter()
    for name, source in part.tensors.items():
        if where and name.startswith(where + "."):
            held[name[len(where) + 1 :].partition(".")[0]] += source.info.nbytes
    return len(held), max(held.values(), default=0)


def _lora(report: FileReport, file: ModelFile) -> FileReport:
    try:
        changes = lora_file.changes(file)
    except Refusal as refusal:
        return replace(report, problem=str(refusal))
    kinds = tuple(sorted({change.kind for change in changes}))
    ranks = tuple(sorted({change.rank for change in changes if change.rank}))
    targets = tuple(change.layer for change in changes[:6])
    made = LoRAReport(kinds, ranks, len(changes), targets, lora_file.made_for(changes))
    return replace(report, lora=made)


def _short(metadata: Mapping[str, Any]) -> dict[str, str]:
    """Metadata as text, long values cut."""
    found = {}
    for key, value in metadata.items():
        text = str(value)
        longer = len(text) > LONGEST_METADATA
        found[str(key)[:120]] = text[: LONGEST_METADATA - 3] + "..." if longer else text
    return found


def _missing(files: Sequence[FileReport]) -> tuple[MissingPart, ...]:
    """What a model lacks; asked only where a transformer is among the files."""
    held = {(file.family, part.component) for file in files for part in file.parts}
    found: list[MissingPart] = []
    for name in {family for family, component in held if component == "transformer"}:
        for component, expected in recognising.family_named(name).complete.items():
            if (name, component) not in held:
                found.append(
                    MissingPart(component, expected.file, expected.nbytes, expected.folder)
                )
    return tuple(found)

"""Facts about the components in some files, from which the application builds `Model` values.

Headers only, no torch. Used by the application and the library.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypedDict

from aiprod_studio.models import recognising, tokenizers
from aiprod_studio.models.descriptor import Family, Part
from aiprod_studio.models.files import ModelFile, open_models
from aiprod_studio.models.inspection import describe_part
from aiprod_studio.models.storage import describe_storage
from aiprod_studio.sdk import Refusal


class Facts(TypedDict):
    """What is known of one component; plain values, and paths as they lie on the disk.

    `files` holds every file that loading will read (the tokenizer among them). `bytes` are those of
    the file; `blocks` of them repeat and stream, `block_bytes` each; `blocks_path` is where they
    are in the network.
    """

    component: str
    family: str
    generation: str
    class_name: str
    files: tuple[Path, ...]
    settings: dict[str, Any]
    parameters: int
    bytes: int
    storage: str
    types: dict[str, int]
    blocks: int
    block_bytes: int
    blocks_path: str


def describe(paths: Sequence[str | Path]) -> dict[str, Facts]:
    """Describe every component that these files can build together, by component.

    Raises:
        Refusal: a file cannot be read, is not recognised, or does not belong with the others.
    """
    weights, tokenizer = tokenizers.apart(paths)
    files = open_models(weights)
    family = recognising.family_of(files)
    settings = family.settings(files)
    generations = _components(files)
    found: dict[str, Facts] = {}
    for component, part in _parts(family, files).items():
        read = _read_files(part, files, tokenizer)
        found[component] = _facts(family, part, generations[component], read, settings)
    return found


def buildable(paths: Sequence[str | Path]) -> frozenset[str]:
    """Return the components that these files can build together, without counting what is in them.

    Raises:
        Refusal: as `describe`.
    """
    files = open_models(tokenizers.apart(paths)[0])
    return frozenset(_parts(recognising.family_of(files), files))


def _parts(family: Family, files: Sequence[ModelFile]) -> dict[str, Part]:
    found = {}
    for component in _components(files):
        with suppress(Refusal):  # a half, such as connectors without projection; inspection says so
            found[component] = family.part(files, component)
    return found


def _components(files: Sequence[ModelFile]) -> dict[str, str]:
    found: dict[str, str] = {}
    for file in files:
        known = recognising.recognise(file)
        for component in known[1].components if known else ():
            found[component] = found.get(component) or (known[1].generation if known else "")
    return found


def _read_files(part: Part, files: Sequence[ModelFile], given: Path | None) -> tuple[Path, ...]:
    paths = [source.info.shard or source.file.path for source in part.tensors.values()]
    if part.component == "text_encoder":
        read = given or next(tokenizers.beside(_owners(part, files)), None)
        paths += [read] if read else []
    return tuple(dict.fromkeys(paths))


def _owners(part: Part, files: Sequence[ModelFile]) -> list[ModelFile]:
    own = {source.file.path for source in part.tensors.values()}
    return [file for file in files if file.path in own]


def _facts(
    family: Family,
    part: Part,
    generation: str,
    files: tuple[Path, ...],
    settings: dict[str, Any],
) -> Facts:
    report = describe_part(family, part)
    first = next(iter(part.tensors.values())).file
    return Facts(
        component=part.component,
        family=family.name,
        generation=generation,
        class_name=part.class_name,
        files=files,
        settings=settings,
        parameters=report.parameters,
        bytes=report.nbytes,
        storage=describe_storage(first),
        types=dict(report.types),
        blocks=report.blocks,
        block_bytes=report.block_bytes,
        blocks_path=family.blocks.get(part.component, ""),
    )

"""Seeds that are thrown anew for each run, told in the document. No Qt.

A free seed gets its new number just before a run and as a command, so the seed shown is always the
seed used, and undo brings the old one back. Names of free seeds lie in the section `window`, which
no result depends on.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from aiprod_studio.graph import Document
from aiprod_studio.graph.commands import SetParam, SetSection
from aiprod_studio.graph.document import Command
from aiprod_studio.sdk import Seed

SECTION, FIELD = "window", "free_seeds"
MOST_THROWN = 2**32 - 1


def thrown(hint: object = None) -> int:
    """Return another seed, short enough to be read out to somebody."""
    most = int(min(hint.most, MOST_THROWN)) if isinstance(hint, Seed) else MOST_THROWN
    return random.SystemRandom().randint(0, most)


def is_free(document: Document, within: str, node: str, param: str) -> bool:
    """Say whether each run gets a new seed here."""
    return _path(within, node, param) in _free(document)


def set_free(document: Document, seeds: Sequence[tuple[str, str, str]], free: bool) -> Command:
    """Return the command that frees seeds, each (within, node, parameter), or keeps them."""
    names = {_path(*seed) for seed in seeds}
    left = [name for name in _free(document) if name not in names]
    section = document.section(SECTION)
    kept = section if isinstance(section, dict) else {}
    return SetSection(SECTION, {**kept, FIELD: sorted({*left, *(names if free else ())})})


def new_seeds(document: Document, throw: Callable[[object], int] = thrown) -> list[Command]:
    """Return the commands that throw every free seed; those of nodes that are gone are passed."""
    catalog = document.catalog()
    commands: list[Command] = []
    for path in _free(document):
        head, _, param = path.rpartition(".")
        within, _, node = head.rpartition("/")
        if within and within not in document.subgraphs:
            continue
        found = document.graph(within).nodes.get(node)
        spec = catalog.spec(found.type) if found is not None else None
        known = spec.param(param) if spec is not None else None
        if found is not None and known is not None and param not in found.inputs:
            commands.append(SetParam(node, param, throw(known.hint), within=within))
    return commands


def _free(document: Document) -> list[str]:
    section = document.section(SECTION)
    found = section.get(FIELD) if isinstance(section, dict) else None
    return [name for name in found if isinstance(name, str)] if isinstance(found, list) else []


def _path(within: str, node: str, param: str) -> str:
    return f"{within}/{node}.{param}" if within else f"{node}.{param}"

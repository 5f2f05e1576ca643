"""A workflow, opened for one run: its document, its flat graph, and all that the run needs.

Used by the headless commands and by the window's worker, so that both run the same way.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from aiprod_studio.app.device import choose_device
from aiprod_studio.app.modelling import library
from aiprod_studio.app.overrides import apply_overrides
from aiprod_studio.app.packs import Registry
from aiprod_studio.app.places import Places, user_places
from aiprod_studio.app.sandbox import Sandbox
from aiprod_studio.app.settings import Settings, load_settings
from aiprod_studio.sdk import Invalid, Missing, Problem, Refusal

if TYPE_CHECKING:
    from aiprod_studio.app.services import RunServices
    from aiprod_studio.engine import Journal, Plan, Store
    from aiprod_studio.graph import Document, FlatGraph


@dataclass(frozen=True)
class Wishes:
    """What is asked of one run beside its document; "" means what the settings say."""

    device: str = "auto"
    vram: str = ""
    ram: str = ""
    folders: tuple[Path, ...] = ()
    output: Path = Path("outputs")


@dataclass
class Opened:
    """What one run of a workflow works with; `close` it after the run."""

    path: Path
    document: Document
    flat: FlatGraph
    services: RunServices
    store: Store
    journal: Journal

    def plan(self, *, targets: Sequence[str] | None = None, fresh: bool = False) -> Plan:
        """Plan the whole workflow, or what leads to the targets."""
        from aiprod_studio import engine

        return engine.plan(
            self.flat, self.services, self.store,
            journal=self.journal, targets=targets, fresh=fresh,
        )  # fmt: skip

    def close(self) -> None:
        """Write what is pending and let go of models and files."""
        self.services.close()
        self.journal.close()
        self.store.close()


@contextmanager
def open_workflow(given: argparse.Namespace, registry: Registry) -> Iterator[Opened]:
    """Open the workflow that the command line names, with its overrides and budgets.

    Raises:
        Refusal: the file, an option or the document is wrong; all reasons together.
    """
    path = given.run or given.file
    places = user_places()
    settings = load_settings(places.settings)
    document = read_document(path, registry)
    apply_overrides(document, registry.specs, given.set, given.seed)
    wishes = Wishes(
        device=given.device,
        vram=given.vram,
        ram=given.ram,
        folders=tuple(given.folders),
        output=given.output,
    )
    opened = open_document(document, path, registry, places, settings, wishes)
    try:
        yield opened
    finally:
        opened.close()


def read_document(path: Path, registry: Registry) -> Document:
    """Read a workflow file; nodes of packs that are off are named as such."""
    from aiprod_studio import graph

    if not path.is_file():
        why = "it is a folder" if path.is_dir() else "it does not exist"
        raise Refusal(Missing(f"file {path}", why, "Give the name of a workflow file."))
    loaded = graph.load(path, registry.specs)
    if loaded.document is None:
        raise Refusal(_of_comfy(path) or loaded.problems)
    return loaded.document


def _of_comfy(path: Path) -> Problem | None:
    """Return what to do with a workflow of ComfyUI, if it is one."""
    from aiprod_studio.app.comfy import is_comfy_file

    if not is_comfy_file(path):
        return None
    remedy = f"Take it over first: aiprod-studio comfy {path}"
    return Invalid(f"file {path}", "it is a workflow of ComfyUI", remedy)


def open_document(
    document: Document,
    path: Path,
    registry: Registry,
    places: Places,
    settings: Settings,
    wishes: Wishes,
    *,
    flat: FlatGraph | None = None,
) -> Opened:
    """Return all that a run of a document needs; `path` is where its relative paths start.

    `flat` runs in place of the document's own graph, say the shots of its story.

    Raises:
        Refusal: the document cannot run, or a wish cannot be granted.
    """
    from aiprod_studio import engine, graph
    from aiprod_studio.app.services import RunServices
    from aiprod_studio.memory.budgets import choose_budgets, measure_machine

    flat = _flattened(document, registry) if flat is None else flat
    device = choose_device(wishes.device)
    machine = measure_machine(device.name, places.cache)
    budgets = choose_budgets(
        machine, vram=wishes.vram or settings.vram, ram=wishes.ram or settings.ram
    )
    sandbox = Sandbox.around(path, [*wishes.folders, *map(Path, settings.folders)])
    services = RunServices(
        sandbox=sandbox,
        output=_output_folder(wishes.output),
        recipe=graph.dumps(document),
        device=device,
        budgets=budgets,
        library=library(places, settings.model_folders),
        enforced=bool(wishes.vram or settings.vram),
    )
    return Opened(
        path, document, flat, services, engine.Store(places.store), engine.Journal(places.store)
    )


def _flattened(document: Document, registry: Registry) -> FlatGraph:
    from aiprod_studio import graph
    from aiprod_studio.graph.errors import UnknownNode

    try:
        return graph.flatten(document, registry.specs)
    except Refusal as refusal:
        off = [pack.name for pack in registry.packs if not pack.allowed]
        unknown = any(isinstance(problem, UnknownNode) for problem in refusal.problems)
        if not (off and unknown):
            raise
        why = f"these are installed but off: {', '.join(off)}"
        hint = Invalid("packs", why, "`aiprod-studio packs --allow NAME` loads one from now on.")
        raise Refusal((*refusal.problems, hint)) from None


def _output_folder(wished: Path) -> Path:
    folder = wished.expanduser().absolute()
    if folder.exists() and not folder.is_dir():
        why = f"{wished} is a file"
        raise Refusal(Invalid("argument --output", why, "Give the name of a folder."))
    return folder


def problems_of(path: Path, registry: Registry) -> list[Problem]:
    """Return everything that is wrong with a workflow file, without planning it."""
    from aiprod_studio import graph

    loaded = graph.load(path, registry.specs)
    problems: list[Problem] = list(loaded.problems)
    if loaded.document is not None:
        problems += graph.check(loaded.document, registry.specs)
    return problems

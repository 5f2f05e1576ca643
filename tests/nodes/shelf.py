"""Nodes at work on tiny published checkpoints, found and described as the program does it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from aiprod_studio.app import modelling
from aiprod_studio.app.sandbox import Sandbox
from aiprod_studio.models.library import Library
from aiprod_studio.sdk import Model
from tests.nodes.bench import Bench, Desk, Studio


class ShelfStudio(Studio):
    """Models from a folder of checkpoints, by name."""

    def __init__(self, folder: Path, shelf: Path) -> None:
        super().__init__(folder, shelf)
        self._library = Library([shelf])
        self._sandbox = Sandbox(folder, (folder, shelf))

    def models(self, name: str) -> Mapping[str, Model]:
        return modelling.models_named(name, self._library, self._sandbox)


def desk(folder: Path, shelf: Path) -> Desk:
    """Return a desk whose models are those of a shelf."""
    made = Desk(folder, shelf)
    made.services = ShelfStudio(folder, shelf)
    return made


def bench(folder: Path, shelf: Path, name: str) -> Bench:
    """Return a bench whose models are those of a shelf."""
    from aiprod_studio.engine import Engine

    made = Bench(folder, shelf, name)
    made.services = ShelfStudio(folder / "project", shelf)
    made.engine = Engine(made.store, made.journal, made.services, verify=True)
    return made

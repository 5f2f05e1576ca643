"""The models on this machine, as the window shows them: name, family, size, and whether they fit.

One for each studio (`shelf_of`); library panel and inspector look at it. Folders are read in a
thread and never by this one.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal

from aiprod_studio.app.places import Places
from aiprod_studio.app.settings import Settings
from aiprod_studio.sdk import Problem, Refusal
from aiprod_studio.ui.studio import Studio

if TYPE_CHECKING:
    from aiprod_studio.models.library import Entry, Library

ShelfKind = Literal["model", "lora", "part", "broken"]
Fit = Literal["fits", "streams", "too large", ""]
STARTER = "starter"


@dataclass(frozen=True)
class ShelfItem:
    """A model file, or a model made of several.

    `name` is what a workflow says; `fit` in one word and `held` in a sentence; `size` in bytes.
    """

    name: str
    kind: ShelfKind
    family: str = ""
    size: int = 0
    path: str = ""
    storage: str = ""
    parts: tuple[str, ...] = ()
    fit: Fit = ""
    held: str = ""
    problem: str = ""


class Shelf(QObject):
    """Knows what models there are; `changed` says when it has looked again."""

    changed = Signal()

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self._studio = studio
        self.items: tuple[ShelfItem, ...] = ()
        self.problem: Problem | None = None
        self.looking = False
        self.looked = self._again = False
        studio.settings_changed.connect(self.refresh)

    def refresh(self) -> None:
        """Look into the folders again; once more when it is being done with older settings."""
        self._again = self.looking
        if self.looking:
            return
        self.looking = True
        places, settings = self._studio.places, self._studio.settings
        self._studio.later(
            lambda: items_of(places, settings), self._take, self._stumble, owner=self
        )

    def ensure(self) -> None:
        """Look, if nobody has yet."""
        if not self.looked:
            self.refresh()

    def models(self) -> list[ShelfItem]:
        """Return what a model parameter may name, the starter first."""
        return [item for item in self.items if item.kind in ("model", "lora", "part")]

    def _take(self, items: tuple[ShelfItem, ...]) -> None:
        self.items, self.looking, self.looked = items, False, True
        self.problem = None
        self._told()

    def _stumble(self, problem: Problem) -> None:
        self.looking, self.looked, self.problem = False, True, problem
        self._told()

    def _told(self) -> None:
        self.changed.emit()
        if self._again:
            self.refresh()


def shelf_of(studio: Studio) -> Shelf:
    """Return the one of a studio."""
    found = studio.findChild(Shelf)
    return found if isinstance(found, Shelf) else Shelf(studio)


def items_of(places: Places, settings: Settings) -> tuple[ShelfItem, ...]:
    """Return every model of the folders; slow, for a thread.

    Raises:
        Refusal: a budget in the settings cannot be understood.
    """
    from aiprod_studio.app.modelling import library, starter_folder

    known = library(places, settings.model_folders)
    entries = known.scan()
    judge = _Judge(known, places, settings)
    found = []
    folder = starter_folder()
    if folder.is_dir():
        size = sum(file.stat().st_size for file in folder.glob("*.safetensors"))
        words = "AIPROD Starter"
        fit, held = judge.of(STARTER)
        item = ShelfItem(STARTER, "model", words, size, str(folder), fit=fit, held=held)
        found.append(item)
    return (*found, *(_item(entry, judge) for entry in entries))


def _item(entry: Entry, judge: _Judge) -> ShelfItem:
    kind: ShelfKind = "part"
    if entry.problem:
        kind = "broken"
    elif entry.lora_for:
        kind = "lora"
    elif "transformer" in entry.parts:
        kind = "model"
    family = f"{entry.title} {entry.generation}".strip() or entry.lora_for
    fit, held = judge.of(entry.name) if kind == "model" else ("", "")
    if kind == "lora":
        held = f"for {entry.lora_for}"
    name = entry.name if kind == "model" else Path(entry.path).name
    return ShelfItem(
        name, kind, family, entry.size, entry.path, entry.storage, entry.parts, fit, held,
        entry.problem,
    )  # fmt: skip


class _Judge:
    """Says how this machine would hold the transformer of a model."""

    def __init__(self, known: Library, places: Places, settings: Settings) -> None:
        from aiprod_studio.app.device import choose_device
        from aiprod_studio.memory.budgets import choose_budgets, measure_machine

        self._known = known
        self._device = choose_device("auto")
        machine = measure_machine(self._device.name, places.cache)
        self._budgets = choose_budgets(machine, vram=settings.vram, ram=settings.ram)

    def of(self, name: str) -> tuple[Fit, str]:
        from aiprod_studio.app import modelling
        from aiprod_studio.memory.budgets import show_size
        from aiprod_studio.memory.planning import place

        where = "main memory" if self._device.name == "cpu" else "the graphics card"
        try:
            facts = self._known.find(name).parts.get("transformer")
            if facts is None:
                return "", ""
            described = modelling.on_disk(modelling.bare(facts), self._device.compute_type)
            placed = place(described, modelling.room_of(self._budgets, self._device.name))
        except Refusal as refusal:
            return "too large", str(refusal.problems[0])
        if placed.whole:
            return "fits", f"fits whole: {show_size(placed.device)} of {where}"
        blocks = len(described.block_bytes)
        words = f"{blocks - placed.resident} of {blocks} blocks are streamed from memory"
        return "streams", f"fits: {words}, {show_size(placed.device)} of {where}"

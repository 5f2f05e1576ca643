"""Runs graphs of the shipped nodes through the real engine, on tiny real models."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aiprod_studio.app.packs import Registry, load_packs
from aiprod_studio.engine import Engine, Journal, Report, Services, Store
from aiprod_studio.engine.cancel import CancelToken
from aiprod_studio.engine.events import Event, EventQueue, StepSaid
from aiprod_studio.engine.run import StepRun
from aiprod_studio.graph import flatten, loads
from aiprod_studio.sdk import (
    VAE,
    DiT,
    Missing,
    Model,
    Refiner,
    Refusal,
    Run,
    SourceFile,
    TextEncoder,
    Upscaler,
)

OWN = Path(__file__).parents[2] / "nodes"
PACKS = {"text", "models", "latents", "sampling", "decode", "upscale", "refine"}
KINDS: dict[str, type[Model]] = {
    "transformer": DiT,
    "text_encoder": TextEncoder,
    "video_vae": VAE,
    "latent_upsampler": Upscaler,
    "refiner": Refiner,
}


def registry() -> Registry:
    """Load the shipped packs as the program does."""
    return load_packs(OWN, OWN / "nowhere", {})


class Studio(Services):
    """The starter's layout in one folder, loaded by the models room."""

    device = "cpu"
    recipe = "{}"
    versions = "cpu float32"

    def __init__(self, folder: Path, starter: Path) -> None:
        self.folder, self.starter = folder, starter
        self.uses: list[str] = []

    @property
    def dtype(self) -> Any:
        import torch

        return torch.float32

    @property
    def output(self) -> Path:  # type: ignore[override]
        return self.folder / "outputs"

    def file(self, node: str, param: str, value: str) -> SourceFile:
        path = self.folder / value
        if not path.is_file():
            raise Refusal(Missing("", f"there is no file {value!r}", "Choose a file."))
        return SourceFile(path, _digest(path))

    def models(self, name: str) -> Mapping[str, Model]:
        from aiprod_studio.models import open_model
        from aiprod_studio.models.recognising import family_of

        found: dict[str, Model] = {}
        for path in sorted((self.starter.parent / name).glob("*.safetensors")):
            file = open_model(path)
            family = family_of([file])
            recognised = family.recognise(file)
            assert recognised is not None
            for component in recognised.components:
                files = (SourceFile(path, _digest(path)),)
                kind, settings = KINDS[component], family.settings([file])
                found[component] = kind(component, family.name, files, settings)
        if not found:
            raise Refusal(Missing("", f"there is no model {name!r}", "Put it into models."))
        return found

    @contextmanager
    def use(self, model: Model, run: Run) -> Iterator[Any]:
        from aiprod_studio.models import load_component

        self.uses.append(model.component)
        paths = [file.path for file in model.files]
        yield load_component(
            paths, model.component, device=self.device, dtype=self.dtype, check=run.check
        )


class Bench:
    """A store, a journal and an engine in a folder."""

    def __init__(self, folder: Path, starter: Path, name: str = "store") -> None:
        self.services = Studio(folder / "project", starter)
        self.services.folder.mkdir(exist_ok=True)
        self.registry = registry()
        self.store = Store(folder / name)
        self.journal = Journal(folder / f"{name}.state")
        self.engine = Engine(self.store, self.journal, self.services, verify=True)
        self.events: list[Event] = []

    def run(self, workflow: str, **options: Any) -> Report:
        """Run a workflow's text; `target` names the only node that is wanted."""
        targets = [options.pop("target")]
        plan = self.engine.plan(self._flat(workflow), targets=targets)
        queue = options.pop("events", EventQueue())
        report = self.engine.run(plan, events=queue, **options)
        while not queue.empty():
            self.events.append(queue.get())
        return report

    def value(self, workflow: str, name: str) -> Any:
        """Return the only output of a node that has run."""
        step = self.engine.plan(self._flat(workflow), targets=[name]).step(name)
        outputs = self.store.get(step.key)
        assert outputs is not None
        return next(iter(outputs.values()))

    def said(self) -> list[str]:
        """Return what steps have told the artist."""
        return [event.to_dict().get("text", "") for event in self.events]

    def close(self) -> None:
        self.store.close()
        self.journal.close()

    def _flat(self, workflow: str) -> Any:
        loaded = loads(workflow, self.registry.specs)
        assert loaded.document is not None, loaded.problems
        return flatten(loaded.document, self.registry.specs)


class Desk:
    """One step at a time: node functions called directly, with the engine's own run."""

    def __init__(self, folder: Path, starter: Path) -> None:
        self.services = Studio(folder, starter)
        self.registry, self.events, self.cancel = registry(), EventQueue(), CancelToken()
        self._folder = folder

    @property
    def run(self) -> StepRun:
        """A run of a step that has not begun before."""
        return StepRun(
            "step",
            self.services,
            self.events,
            self.cancel,
            checkpoint=Remembered(),
            new_folder=lambda: Path(tempfile.mkdtemp(dir=self._folder)),
            writes=False,
        )

    def call(self, type_name: str, *inputs: Any, **params: Any) -> Any:
        """Call a node with its inputs and parameters, the others at their defaults."""
        spec = self.registry.specs[type_name]
        filled = {param.name: param.read(param.default) for param in spec.params} | params
        run = (self.run,) if spec.takes_run else ()
        return spec.function(*run, *inputs, **filled)

    def said(self) -> list[str]:
        """Return what steps have told the artist."""
        found = []
        while not self.events.empty():
            event = self.events.get()
            if isinstance(event, StepSaid):
                found.append(event.text)
        return found


class Remembered:
    """A checkpoint kept in memory."""

    def __init__(self) -> None:
        self.state: Mapping[str, Any] | None = None

    def load(self) -> Mapping[str, Any] | None:
        return self.state

    def save(self, state: Mapping[str, Any]) -> None:
        self.state = dict(state)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()

"""A small application for the engine's tests: real files, tiny real modules, no mocks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiprod_studio.engine import Engine, Forecast, Journal, Peaks, Plan, Report, Services, Store
from aiprod_studio.engine.plan import Step
from aiprod_studio.graph.flat import FlatGraph, FlatNode
from aiprod_studio.sdk import VAE, DiT, Missing, Model, Refusal, Run, SourceFile, TextEncoder


class Studio(Services):
    """Files from one folder; models made of one file each in a folder of their name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.released: list[str] = []
        self.used: list[str] = []
        self.versions_text = "cpu float32"
        (folder / "models").mkdir(parents=True, exist_ok=True)

    device = "cpu"
    recipe = '{"format": "aiprod-workflow"}'

    @property
    def dtype(self) -> Any:
        import torch

        return torch.float32

    @property
    def versions(self) -> str:
        return self.versions_text

    @property
    def output(self) -> Path:
        return self.folder / "outputs"

    def file(self, node: str, param: str, value: str) -> SourceFile:
        path = self.folder / value
        if not value or not path.exists():
            raise Refusal(Missing("", f"there is no file {value!r}", "Choose a file."))
        return SourceFile(path, hashlib.sha256(path.read_bytes()).hexdigest())

    def models(self, name: str) -> Mapping[str, Model]:
        path = self.folder / "models" / name
        if not path.exists():
            raise Refusal(Missing("", f"there is no model {name!r}", "Put it into models."))
        files = (SourceFile(path, hashlib.sha256(path.read_bytes()).hexdigest()),)
        settings = {"channels": 4}
        return {
            "text_encoder": TextEncoder("text_encoder", "tiny", files, settings),
            "dit": DiT("transformer", "tiny", files, settings),
            "vae": VAE("video_vae", "tiny", files, settings),
        }

    @contextmanager
    def use(self, model: Model, run: Run) -> Iterator[Any]:
        import torch

        self.used.append(model.component)
        torch.manual_seed(0)
        yield torch.nn.Linear(4, 4)

    def forecast(self, step: Step) -> Forecast:
        return Forecast(Peaks(vram=100, host=10, disk=1), (1.0, 4.0))

    def release(self, models: Any) -> None:
        self.released += [model.component for model in models]


@dataclass
class Bench:
    """A store, a journal and an engine in a folder, and graphs from short descriptions."""

    folder: Path
    ram: int = 64 << 20
    cap: int = 1 << 30
    verify: bool = False
    services: Studio = field(init=False)
    engine: Engine = field(init=False)

    def __post_init__(self) -> None:
        self.services = Studio(self.folder / "project")
        self.open()

    def open(self) -> None:
        store = Store(self.folder / "store", ram=self.ram, cap=self.cap)
        journal = Journal(self.folder / "state")
        self.engine = Engine(store, journal, self.services, verify=self.verify)

    def close(self) -> None:
        self.engine.store.close()
        self.engine.journal.close()

    def reopen(self) -> None:
        """Forget all that is in RAM, as a new process would."""
        self.close()
        self.open()

    def plan(self, flat: FlatGraph, **options: Any) -> Plan:
        return self.engine.plan(flat, **options)

    def run(self, flat: FlatGraph, **options: Any) -> Report:
        planning = {k: options.pop(k) for k in ("targets", "fresh") if k in options}
        return self.engine.run(self.plan(flat, **planning), **options)

    def value(self, flat: FlatGraph, name: str) -> Any:
        """Return the first output of a node, from the store."""
        outputs = self.engine.store.get(self.plan(flat).step(name).key)
        return None if outputs is None else next(iter(outputs.values()))


Described = tuple[Any, ...]


def graph(**nodes: Described) -> FlatGraph:
    """Make a graph: `name=(function, {param: value}, {input: "node.output"})`, in any order."""
    made: dict[str, FlatNode] = {}
    waiting = dict(nodes)
    while waiting:
        for name, described in list(waiting.items()):
            function, params, inputs = (*described, {}, {})[:3]
            links = {key: tuple(link.rsplit(".", 1)) for key, link in inputs.items()}
            if all(source in made for source, _ in links.values()):
                spec = function.node_spec
                filled = {param.name: param.default for param in spec.params} | params
                read = {
                    key: spec.param(key).read(value) if value is not None else None
                    for key, value in filled.items()
                }
                made[name] = FlatNode(name, spec, read, links)
                del waiting[name]
    return FlatGraph(made)

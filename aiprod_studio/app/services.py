"""What the engine asks for during a run: files, models, memory, and where results go.

One object for each opened workflow. It joins sandbox, models and memory; it computes nothing and
shows nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiprod_studio.app import in_use, modelling
from aiprod_studio.app.device import Device
from aiprod_studio.app.planning.forecasting import Forecaster, smaller_chunks
from aiprod_studio.app.planning.rating import is_known, load_rates, measure
from aiprod_studio.app.planning.tile_choice import settled, smaller_tiles
from aiprod_studio.app.sandbox import Sandbox
from aiprod_studio.engine.services import Forecast, Peaks, Services
from aiprod_studio.memory.budgets import Budgets
from aiprod_studio.sdk import Missing, Model, Refusal, Run, SourceFile

if TYPE_CHECKING:
    import torch

    from aiprod_studio.engine.plan import Plan, Step
    from aiprod_studio.memory.describing import ModelOnDisk
    from aiprod_studio.memory.devices import Device as MemoryDevice
    from aiprod_studio.memory.oom import Ladder
    from aiprod_studio.memory.residency import Residency
    from aiprod_studio.models.library import Library


class RunServices(Services):
    """The application's answer to the engine."""

    def __init__(
        self,
        *,
        sandbox: Sandbox,
        output: Path,
        recipe: str,
        device: Device,
        budgets: Budgets,
        library: Library,
        enforced: bool = False,
        memory: MemoryDevice | None = None,
    ) -> None:
        self.budgets = budgets
        self._sandbox, self._output, self._recipe = sandbox, output, recipe
        self._device, self._library, self._enforced = device, library, enforced
        self._memory = memory
        self._found: dict[str, dict[str, Model]] = {}
        self.forecaster = Forecaster(
            device, budgets, load_rates(device), library,
            separate=memory.separate if memory is not None else device.name != "cpu",
        )  # fmt: skip
        self._changes: list[Mapping[str, object]] = []
        self._chosen: dict[str, Mapping[str, int]] = {}
        self._ladders: dict[str, Ladder] = {}
        self._residency: Residency | None = None

    @property
    def device(self) -> str:
        """The device that tensors belong on."""
        return self._device.name

    @property
    def dtype(self) -> torch.dtype:
        """The compute type chosen for this device."""
        import torch

        found = getattr(torch, self._device.compute_type)
        assert isinstance(found, torch.dtype)
        return found

    @property
    def versions(self) -> str:
        """Device kind and compute type: other ones give other bits."""
        return self._device.identity

    @property
    def recipe(self) -> str:
        """The workflow of this run, with the values that were given for it.

        What may show in the last bits stands beside them: tiles that were chosen for this machine,
        and what the ladder changed.
        """
        more = {"chosen": self._chosen, "eased": self._changes}
        told = {name: changes for name, changes in more.items() if changes}
        return json.dumps({**json.loads(self._recipe), **told}, indent=2) if told else self._recipe

    @property
    def output(self) -> Path:
        """The folder for results."""
        return self._output

    def file(self, node: str, param: str, value: str) -> SourceFile:
        """Return a file that a parameter names, checked and identified."""
        from aiprod_studio.media.identity import identity_of

        where = f"node {node!r}, parameter {param!r}"
        path = self._sandbox.file(where, value)
        try:
            return SourceFile(path, identity_of(path))
        except OSError as error:
            why = f"the file {value!r} cannot be read ({error.strerror or error})"
            raise Refusal(Missing(where, why, "Check its permissions.")) from None

    def models(self, name: str) -> Mapping[str, Model]:
        """Return the parts of a model; the headers are read once."""
        if name not in self._found:
            self._found[name] = modelling.models_named(name, self._library, self._sandbox)
        return self._found[name]

    @contextmanager
    def use(self, model: Model, run: Run) -> Iterator[Any]:
        """Give a model's module on the device, held within the budgets."""
        described = self._described(run.node, model)
        residency, look = self._models_in_memory(), in_use.guarded(model, run.check)
        with (
            _beside(residency, run.node, self.forecaster.beside(run.node)),
            residency.use(described, check=look) as module,
            in_use.chunked(module, model, self.forecaster.chunk_of(model)),
            nullcontext() if self.forecaster.separate else in_use.looked_after(module, look),
        ):
            yield module

    def settle(self, step: Step) -> Mapping[str, Any]:
        """Choose the tiles of a step that decodes or encodes, where the artist has not."""
        found = settled(self.forecaster, step)
        self._chosen.pop(step.name, None)
        if found:
            self._chosen[step.name] = found
        return found

    def forecast(self, step: Step) -> Forecast:
        """Predict a step's peaks from headers, and its time from this machine's rates."""
        return Forecast(self.forecaster.peaks(step), self.forecaster.seconds(step))

    def check_fit(self, plan: Plan) -> None:
        """Raise `Refusal` when the plan is over a budget, with the smallest change that helps."""
        from aiprod_studio.app.planning.remedies import shortfalls

        problems = shortfalls(self.forecaster, plan)
        if problems:
            raise Refusal(problems)

    def release(self, models: Sequence[Model]) -> None:
        """Drop models that the plan no longer needs."""
        if self._residency is not None:
            for model in models:
                self._residency.release(modelling.memory_key(model, self._device.compute_type))

    def held(self) -> Mapping[str, int]:
        """Return the bytes held now by kind (vram, host, pinned, disk); costs nothing."""
        if self._residency is None:
            return {}
        return self._residency.ledger.totals

    def measured(self) -> Peaks:
        """Return the peaks since the last call, as the residency's ledger has them."""
        if self._residency is None:
            return Peaks()
        return Peaks(**self._residency.measured())

    def recover(self, step: Step, error: BaseException, say: Callable[[str], None]) -> bool:
        """Make room after memory ran out, one rung of the step's ladder at a time."""
        ladder = self._ladders.get(step.key)
        if ladder is None:
            ladder = self._ladders[step.key] = self._ladder(step)
        found = ladder.answer(error, say)
        self._changes += ladder.changes
        ladder.changes.clear()
        return found

    def _ladder(self, step: Step) -> Ladder:
        from aiprod_studio.memory.oom import Ladder
        from aiprod_studio.memory.relief import rungs

        models = [self._described(step.name, model) for model in step.models.values()]
        remedies = rungs(self._models_in_memory(), *models)
        for use in self.forecaster.uses(step):
            remedies += smaller_chunks(self.forecaster, step, use)
        remedies += smaller_tiles(self.forecaster, step)
        return Ladder(f"node {step.name!r}", remedies)

    def close(self) -> None:
        """Let go of all models."""
        if self._residency is not None:
            self._residency.close()
            self._residency = None

    def _described(self, node: str, model: Model) -> ModelOnDisk:
        return self.forecaster.described(model, self.forecaster.needs(node, model))

    def _models_in_memory(self) -> Residency:
        if self._residency is None:
            from aiprod_studio.memory.residency import Residency as Holder

            device = self._memory or self.device
            self._residency = Holder(self.budgets, device, enforce=self._enforced)
            if self.forecaster.separate and not self._memory and not is_known(self._device):
                measure(self._device, self._residency.device)
        return self._residency


@contextmanager
def _beside(residency: Residency, node: str, size: int) -> Iterator[None]:
    """Keep RAM free for a node's own frames, so that no weights are put there meanwhile."""
    held = residency.ledger.hold("host", f"frames of {node}", size)
    try:
        yield
    finally:
        held.release()

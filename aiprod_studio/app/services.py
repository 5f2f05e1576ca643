"""What the engine asks for during a run: files, models, memory, and where results go.

One object for each opened workflow. It joins sandbox, models and memory; it computes nothing and
shows nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiprod_studio.app import modelling
from aiprod_studio.app.device import Device
from aiprod_studio.app.sandbox import Sandbox
from aiprod_studio.engine.services import Forecast, Peaks, Services
from aiprod_studio.memory.budgets import Budgets, show_more, show_size
from aiprod_studio.sdk import DoesNotFit, Missing, Model, Problem, Refusal, Run, SourceFile

if TYPE_CHECKING:
    import torch

    from aiprod_studio.engine.plan import Plan, Step
    from aiprod_studio.memory.describing import ModelOnDisk
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
    ) -> None:
        self.budgets = budgets
        self._sandbox, self._output, self._recipe = sandbox, output, recipe
        self._device, self._library, self._enforced = device, library, enforced
        self._found: dict[str, dict[str, Model]] = {}
        self._short: dict[str, tuple[Problem, ...]] = {}
        self._needs: dict[tuple[str, str], int] = {}
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
        """The workflow of this run, with the values that were given for it."""
        return self._recipe

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
        with self._models_in_memory().use(described, check=run.check) as module:
            yield module

    def forecast(self, step: Step) -> Forecast:
        """Predict a step's peaks from its models' headers and its family's cost formulas."""
        peaks = Peaks()
        for model in step.models.values():
            peaks = peaks.over(self._peaks_of(step, model))
        return Forecast(peaks)

    def check_fit(self, plan: Plan) -> None:
        """Raise `Refusal` when the plan is over a budget, with the smallest change that helps."""
        problems = [p for step in plan.steps for p in self._short.get(step.name, ())]
        if plan.peaks.disk > self.budgets.disk:
            why = (
                f"it needs {show_more(plan.peaks.disk)} of scratch space, "
                f"{show_size(self.budgets.disk)} may be used"
            )
            problems.append(DoesNotFit("disk", why, "Free some space."))
        if problems:
            raise Refusal(problems)

    def release(self, models: Sequence[Model]) -> None:
        """Drop models that the plan no longer needs."""
        if self._residency is not None:
            for model in models:
                self._residency.release(modelling.memory_key(model, self._device.compute_type))

    def measured(self) -> Peaks:
        """Return the peaks since the last call, as the residency's ledger has them."""
        if self._residency is None:
            return Peaks()
        return Peaks(**self._residency.measured())

    def recover(self, step: Step, error: BaseException, say: Callable[[str], None]) -> bool:
        """Make room after memory ran out, one rung of the step's ladder at a time."""
        from aiprod_studio.memory.oom import Ladder
        from aiprod_studio.memory.relief import rungs

        ladder = self._ladders.get(step.key)
        if ladder is None:
            models = [self._described(step.name, model) for model in step.models.values()]
            remedies = rungs(self._models_in_memory(), *models)
            ladder = self._ladders[step.key] = Ladder(f"node {step.name!r}", remedies)
        return ladder.answer(error, say)

    def close(self) -> None:
        """Let go of all models."""
        if self._residency is not None:
            self._residency.close()
            self._residency = None

    def _described(self, node: str, model: Model) -> ModelOnDisk:
        activations = self._needs.get((node, model.component), 0)
        return modelling.on_disk(model, self._device.compute_type, activations)

    def _peaks_of(self, step: Step, model: Model) -> Peaks:
        from aiprod_studio.memory.planning import place

        self._needs[(step.name, model.component)] = self._activations(step, model)
        described = self._described(step.name, model)
        separate = self.device != "cpu"
        try:
            placed = place(described, modelling.room_of(self.budgets, self.device))
        except Refusal as refusal:
            self._short[step.name] = _at(step.name, refusal.problems)
            whole = described.weight_bytes + described.activations
            return Peaks(vram=whole) if separate else Peaks(host=whole)
        on_device = placed.device + placed.activations
        if separate:
            return Peaks(vram=on_device, host=placed.host, pinned=placed.pinned)
        return Peaks(host=max(on_device + placed.host, placed.loading))

    def _activations(self, step: Step, model: Model) -> int:
        from aiprod_studio.models.recognising import family_named

        facts = step.facts
        size = [facts.get(name) for name in ("width", "height", "frames")]
        if not all(isinstance(side, int) for side in size):
            return 0
        width, height, frames = (int(side or 0) for side in size)
        family = family_named(model.family)
        phase, element = step.spec.costs.phase, modelling.ELEMENT[self._device.compute_type]
        return family.costs(phase, width, height, frames, element).activations

    def _models_in_memory(self) -> Residency:
        if self._residency is None:
            from aiprod_studio.memory.residency import Residency as Holder

            self._residency = Holder(self.budgets, self.device, enforce=self._enforced)
        return self._residency


def _at(node: str, problems: Sequence[Problem]) -> tuple[Problem, ...]:
    return tuple(replace(p, where=f"node {node!r}, {p.where}") for p in problems)

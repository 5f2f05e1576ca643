"""What each step of a plan would need: models described to the memory room, peaks, time.

Joins the formulas of `models.costs` with the placement of `memory.planning`. It reads headers and
decides by arithmetic; torch is not imported and nothing is loaded. `RunServices` owns one; the plan
that people see (`planning`) and the remedies read the same answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from aiprod_studio.app import modelling
from aiprod_studio.app.device import Device
from aiprod_studio.app.planning.pieces import beside, piece_of, pieces
from aiprod_studio.engine.services import Peaks
from aiprod_studio.memory.budgets import Budgets
from aiprod_studio.memory.phases import Phase, Rates, Work, plan_phase
from aiprod_studio.memory.planning import Room
from aiprod_studio.sdk import Model, Problem, Refusal

if TYPE_CHECKING:
    from aiprod_studio.engine.plan import Step
    from aiprod_studio.memory.describing import ModelOnDisk
    from aiprod_studio.memory.oom import Rung
    from aiprod_studio.models.descriptor import Costs
    from aiprod_studio.models.library import Library

CHUNK = 2048
"""Tokens of a feed-forward at a time: a fraction of the memory, and still enough for a card."""
LEAST_CHUNK = 256
CHUNK_PACKED = 8192
"""The same where weights are GGUF groups, which are expanded once for every chunk."""
TOLD = ("positions", "longest_prompt", "frame_step", "multiple", "space")
"""Settings of a model that formulas read."""
SIZELESS = ("text_encoder", "connectors")
"""Parts whose work does not depend on the size of the film."""
MAKES_FRAMES = ("video_vae", "diffusion_decoder", "latent_upsampler", "refiner")


@dataclass(frozen=True)
class Use:
    """One model in one step: how it is described, what a pass costs, how it would be held.

    `phase` is None where it does not fit; `problems` then say why.
    """

    model: Model
    described: ModelOnDisk
    costs: Costs
    phase: Phase | None
    problems: tuple[Problem, ...] = ()


class Forecaster:
    """Answers for one run's device and budgets; remembers what it was asked.

    `separate` says whether the device has memory of its own.
    """

    def __init__(
        self, device: Device, budgets: Budgets, rates: Rates, library: Library, *, separate: bool
    ) -> None:
        self.device, self.budgets, self.rates, self.library = device, budgets, rates, library
        self.separate = separate
        self.chunks: dict[str, int] = {}
        """Chunks that the ladder has made smaller, by the model's key in memory."""
        self.eased: dict[str, int] = {}
        """How often the ladder has made a node's tiles smaller."""
        self.tiles: dict[tuple[str, str, int], Mapping[str, int]] = {}
        """Tiles chosen so far, by node, key and how often they were made smaller."""
        self.settled: dict[str, tuple[Mapping[str, int], Mapping[str, int]]] = {}
        """What a node's tiles were in the document, and what they are since the last choice."""
        self._uses: dict[tuple[str, str], tuple[Use, ...]] = {}
        self._needs: dict[tuple[str, str], int] = {}
        self._beside: dict[str, int] = {}

    def uses(self, step: Step) -> tuple[Use, ...]:
        """Return what the step's models need, each on its own."""
        key = (step.name, step.key)
        if key not in self._uses:
            found = tuple(self.use(step, model) for model in step.models.values())
            for use in found:
                self._needs[step.name, use.model.component] = use.costs.activations
            self._beside[step.name] = frames_of(step, self.facts_of(step))[0]
            self._uses[key] = found
        return self._uses[key]

    def needs(self, node: str, model: Model) -> int:
        """Return the bytes that a pass of a model takes beside its weights in a node."""
        return self._needs.get((node, model.component), 0)

    def beside(self, node: str) -> int:
        """Return the bytes of RAM that a node's frames take beside its models."""
        return self._beside.get(node, 0)

    def shrink(self, key: str, step: Step, tokens: int) -> None:
        """Let a model's feed-forward take fewer tokens at a time from now on."""
        self.chunks[key] = tokens
        self._uses.clear()
        self.uses(step)

    def use(self, step: Step, model: Model, changed: Mapping[str, Any] | None = None) -> Use:
        """Work out one model of a step; `changed` facts (width, frames, tile...) may be tried."""
        facts = self.facts_of(step, changed)
        costs = self.costs(step, model, facts)
        described = self.described(model, costs.activations)
        try:
            phase = self.phase(step, described, costs, facts)
        except Refusal as refusal:
            where = [replace(p, where=f"node {step.name!r}, {p.where}") for p in refusal.problems]
            return Use(model, described, costs, None, tuple(where))
        return Use(model, described, costs, phase)

    def facts_of(self, step: Step, changed: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        """Return what is known of a step, its own tiles among it, not those of what it reads."""
        own = {name: step.params.get(name) or 0 for name in ("tile", "tile_frames")}
        return {**step.facts, **own, **(changed or {})}

    def room_for(self, step: Step, model: Model, changed: Mapping[str, Any]) -> int:
        """Return the bytes of activations and frames that a step would take with other facts."""
        facts = self.facts_of(step, changed)
        return self.costs(step, model, facts).activations + frames_of(step, facts)[0]

    def phase(
        self, step: Step, described: ModelOnDisk, costs: Costs, facts: Mapping[str, Any]
    ) -> Phase:
        """Say how a model would be held and how long it would take.

        Raises:
            Refusal: it does not fit.
        """
        name = step.spec.costs.phase
        host = self.budgets.host - frames_of(step, facts)[0]
        device = self.budgets.vram if self.separate else host
        room = Room(device, host, min(self.budgets.pinned, max(0, host)), self.separate)
        return plan_phase(step.name, described, room, _work(name, costs, facts), self.rates)

    def described(self, model: Model, activations: int = 0) -> ModelOnDisk:
        """Describe a model for this device."""
        return modelling.on_disk(model, self.device.compute_type, activations)

    def costs(self, step: Step, model: Model, facts: Mapping[str, Any]) -> Costs:
        """Predict one pass; nothing where the step has no size."""
        from aiprod_studio.models.costs import predict
        from aiprod_studio.models.descriptor import Costs, Job

        size = [facts.get(name) for name in ("width", "height", "frames")]
        known = all(isinstance(side, int) for side in size)
        if not known and model.component not in SIZELESS:
            return Costs(0)
        width, height, frames = (int(side or 0) for side in size) if known else (0, 0, 0)
        part, phase = modelling.part_of(model), step.spec.costs.phase
        own = {name: model.settings[name] for name in TOLD if name in model.settings}
        job = Job(
            phase, width, height, frames, modelling.ELEMENT[self.device.compute_type],
            piece_of(phase, part, {**own, **facts}) if known else None,
            self.chunk_of(model), {**facts, **own},
        )  # fmt: skip
        found = predict(part, job)
        lora = facts.get("lora_bytes")
        return replace(
            found, activations=found.activations + (lora if isinstance(lora, int) else 0)
        )

    def chunk_of(self, model: Model) -> int:
        """Return how many tokens a model's feed-forward takes at a time, 0 for all.

        It depends on the file alone, never on what is free, so that results do not either.
        """
        from aiprod_studio.models.recognising import family_named

        if model.component not in family_named(model.family).forward_layers:
            return 0
        key = modelling.memory_key(model, self.device.compute_type)
        if key in self.chunks:
            return self.chunks[key]
        return CHUNK_PACKED if modelling.is_packed(model) else CHUNK

    def peaks(self, step: Step) -> Peaks:
        """Return the most memory of each kind that the step needs at once."""
        peaks = Peaks()
        for use in self.uses(step):
            peaks = peaks.over(self._peaks_of(use))
        host, disk = frames_of(step, self.facts_of(step))
        return replace(peaks, host=peaks.host + host, disk=peaks.disk + disk)

    def seconds(self, step: Step) -> tuple[float, float] | None:
        """Return the least and the most seconds of a step, None where nothing is known."""
        phases = [use.phase for use in self.uses(step)]
        known = [phase.seconds for phase in phases if phase is not None]
        if not known or len(known) < len(phases) or not any(u.costs.flops for u in self.uses(step)):
            return None
        return sum(least for least, _ in known), sum(most for _, most in known)

    def _peaks_of(self, use: Use) -> Peaks:
        if use.phase is not None:
            return Peaks(use.phase.vram, use.phase.host, use.phase.pinned)
        whole = use.described.weight_bytes + use.described.activations
        return Peaks(vram=whole) if self.separate else Peaks(host=whole)


def frames_of(step: Step, facts: Mapping[str, Any]) -> tuple[int, int]:
    """Return bytes of RAM and disk that the frames a step makes take beside its models."""
    if not any(model.component in MAKES_FRAMES for model in step.models.values()):
        return 0, 0
    return beside(step.spec.costs.phase, facts)


def _work(phase: str, costs: Costs, facts: Mapping[str, Any]) -> Work:
    """How many passes a step takes, and the operations of each."""
    if phase == "sample":
        steps, passes = facts.get("steps") or 1, facts.get("passes") or 1
        return Work(int(steps) * int(passes), costs.flops)
    if phase == "encode":
        return Work(2, costs.flops)  # the prompt, and an empty one
    return Work(pieces(phase, facts), costs.flops)


def of_running(steps: Sequence[Step]) -> list[Step]:
    """Return the steps that run and use models."""
    return [step for step in steps if step.state == "run" and step.models]


def smaller_chunks(forecaster: Forecaster, step: Step, use: Use) -> list[Rung]:
    """Return the rung that halves a feed-forward's chunks, for models whose chunks may shrink."""
    from aiprod_studio.memory.relief import shrinking

    tokens, chunk = use.costs.tokens, forecaster.chunk_of(use.model)
    if not chunk or not tokens:
        return []
    key = use.described.key

    def now() -> int:
        return min(forecaster.chunks.get(key, chunk), tokens)

    def shrink(to: int) -> None:
        forecaster.shrink(key, step, to)

    return [shrinking(f"chunks of {use.described.name} in tokens", now, shrink, LEAST_CHUNK)]

"""LoRAs put beside a network's layers while it is used, and turned up and down between passes.

The sampling node wraps a network in `beside`; afterwards the network is as it was, so one network
in memory serves samplers with other LoRAs. Weights are neither merged nor moved: a layer's output
gets the branch's product added, whether the layer is resident or streamed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import torch

from aiprod_studio.models import lora, recognising
from aiprod_studio.models.files import open_model
from aiprod_studio.models.linear import Branch, StoredLinear, Strength
from aiprod_studio.sdk import LoRA, Model


@dataclass(frozen=True)
class Dials:
    """The strengths of the LoRAs that hang beside a network."""

    loras: tuple[LoRA, ...]
    strengths: tuple[Strength, ...]

    def at(self, progress: float) -> None:
        """Set every LoRA to its strength at a progress in [0, 1] of the sampling phase."""
        for given, strength in zip(self.loras, self.strengths, strict=True):
            strength.value = given.strength * share_at(given.curve, progress)


def share_at(curve: Sequence[tuple[float, float]], progress: float) -> float:
    """Return the share of a curve at a progress: that of the last point reached, 1 before."""
    reached = bisect_right([place for place, _ in curve], progress + 1e-9)
    return curve[reached - 1][1] if reached else 1.0


@contextmanager
def beside(network: torch.nn.Module, loras: Sequence[LoRA]) -> Iterator[Dials]:
    """Hang LoRA files beside a network that `load_component` gave, for a `with` block.

    Raises:
        Refusal: a file is no LoRA, belongs to another model, or holds keys that match nothing.
    """
    strengths = tuple(Strength(each.file.path.stem) for each in loras)
    dials = Dials(tuple(loras), strengths)
    with ExitStack() as changes:
        for given, strength in zip(loras, strengths, strict=True):
            _hang(changes, network, given, strength)
        dials.at(0.0)
        yield dials


def check(model: Model, given: LoRA) -> int:
    """Say from headers alone how many layers of a model's part a LoRA changes.

    Raises:
        Refusal: it is no LoRA, belongs to another model, or holds keys that match nothing.
    """
    from aiprod_studio.models.files import open_models
    from aiprod_studio.models.tokenizers import apart

    family = recognising.family_named(model.family)
    weights, _ = apart([file.path for file in model.files])
    part = family.part(open_models(weights), model.component)
    linear = {
        name.removesuffix(".weight")
        for name, source in part.tensors.items()
        if name.endswith(".weight") and len(source.info.shape) == 2
    }
    return len(lora.targets(linear, family, model.component, open_model(given.file.path)))


def _hang(changes: ExitStack, network: Any, given: LoRA, strength: Strength) -> None:
    facts = network.aiprod
    family = recognising.family_named(facts.family)
    file = open_model(given.file.path)
    found = lora.branches_of(network, family, facts.component, file, strength)
    for path, branch in found.items():
        handle = network.get_submodule(path).register_forward_hook(_added(branch))
        changes.callback(handle.remove)


def _added(branch: Branch) -> Any:
    def after(layer: Any, inputs: tuple[torch.Tensor, ...], out: torch.Tensor) -> torch.Tensor:
        x = inputs[0]
        if branch.magnitude is None:
            base = weight = out
        else:
            base = out if layer.bias is None else out - layer.bias.to(out.dtype)
            weight = layer.expanded(x.dtype) if isinstance(layer, StoredLinear) else layer.weight
        made = branch(x, base, weight)
        return out if made is None else out + made

    return after

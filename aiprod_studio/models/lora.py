"""Attach LoRA files to a loaded network as side branches, and change how strongly they act.

Layers are found by name in every style that `lora_file` knows; keys that match nothing are an
error that names them. Weights are never merged. Used by `loading`; strengths may be set at any
time between two passes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import torch

from aiprod_studio.models import lora_file
from aiprod_studio.models.descriptor import Family, Source
from aiprod_studio.models.families.layout import rename
from aiprod_studio.models.files import ModelFile, open_model, refused
from aiprod_studio.models.linear import (
    Branch,
    Kronecker,
    LowRank,
    StoredLinear,
    Strength,
    from_linear,
    put,
)
from aiprod_studio.models.weights import WeightFiles
from aiprod_studio.sdk import Refusal

Layer = torch.nn.Linear | StoredLinear


def attach_all(
    network: torch.nn.Module,
    family: Family,
    component: str,
    loras: Sequence[tuple[str | Path, float]],
) -> dict[str, Strength]:
    """Attach several LoRA files; return their strengths by file name.

    Raises:
        Refusal: a file is no LoRA, belongs to another model, or holds keys that match nothing.
    """
    found: dict[str, Strength] = {}
    for path, value in loras:
        file = open_model(path)
        name = file.path.stem
        while name in found:
            name += "+"
        found[name] = Strength(name, value)
        attach(network, family, component, file, found[name])
    return found


def attach(
    network: torch.nn.Module,
    family: Family,
    component: str,
    file: ModelFile,
    strength: Strength,
) -> None:
    """Attach one LoRA file.

    Raises:
        Refusal: see `attach_all`.
    """
    for path, branch in branches_of(network, family, component, file, strength).items():
        _stored_layer(network, path).branches.append(branch)


def branches_of(
    network: torch.nn.Module, family: Family, component: str, file: ModelFile, strength: Strength
) -> dict[str, Branch]:
    """Read one LoRA file into branches on the network's device, by the path of their layer.

    Raises:
        Refusal: see `attach_all`.
    """
    linear = {n for n, m in network.named_modules() if isinstance(m, Layer)}
    device = next(network.parameters()).device
    made: dict[str, Branch] = {}
    with WeightFiles() as files:
        for path, change in targets(linear, family, component, file).items():
            branch = _branch(file, files, change, strength)
            _check_fits(file, change, branch, network.get_submodule(path))
            made[path] = branch.to(device).requires_grad_(False)
    return made


def set_strengths(network: torch.nn.Module, values: Mapping[str, float]) -> None:
    """Set how strongly LoRAs act, by name; the others keep their strength.

    Raises:
        Refusal: the network has no LoRA of that name.
    """
    loras: Mapping[str, Strength] = network.aiprod.loras  # type: ignore[union-attr, assignment]
    for name, value in values.items():
        if name not in loras:
            from aiprod_studio.sdk import Invalid

            known = ", ".join(loras) or "none"
            raise Refusal(Invalid("", f"no LoRA is named {name!r}; there are {known}", ""))
        loras[name].value = value


def targets(
    linear: Collection[str], family: Family, component: str, file: ModelFile
) -> dict[str, lora_file.Change]:
    """Find the layer of every change among the names of linear layers; every key must find one.

    Raises:
        Refusal: the file is no LoRA, belongs to another model, or holds keys that match nothing.
    """
    if not lora_file.is_lora(file):
        why = "it is no LoRA file: none of its keys is one half of a LoRA"
        raise refused(file.path, why, "Link a LoRA here, or load this file as a model.")
    rules = family.lora_rules.get(component, ())
    back = [(new, old) for old, new in rules]
    flat = {name.replace(".", "_"): name for name in linear}
    flat |= {rename(name, back).replace(".", "_"): name for name in linear}
    found: dict[str, lora_file.Change] = {}
    lost: list[str] = []
    for change in lora_file.changes(file):
        name = rename(change.layer, rules)
        path = name if name in linear else flat.get(change.layer.replace(".", "_"))
        if path is not None:
            found[path] = change
        elif not change.layer.startswith(family.lora_elsewhere.get(component, ("\0",))):
            lost.append(change.layer)
    if lost:
        raise _lost(file, family, lost, len(found) + len(lost))
    return found


def _lost(file: ModelFile, family: Family, lost: list[str], total: int) -> Refusal:
    shown = ", ".join(sorted(lost)[:4]) + (" ..." if len(lost) > 4 else "")
    whole = len(lost) == total
    guess = (
        "it is most likely made for another model family" if whole else "it is for another version"
    )
    why = f"{len(lost)} of its {total} layers match nothing in {family.title} ({shown}); {guess}"
    return refused(file.path, why, "Choose a LoRA that was trained for this model.")


def _stored_layer(network: torch.nn.Module, path: str) -> StoredLinear:
    layer = network.get_submodule(path)
    if isinstance(layer, StoredLinear):
        return layer
    assert isinstance(layer, torch.nn.Linear)
    made = from_linear(layer)
    put(network, path, made)
    return made


def _branch(
    file: ModelFile, files: WeightFiles, change: lora_file.Change, strength: Strength
) -> Branch:
    tensors = {r: files.read(Source(file, i)).clone() for r, i in change.roles.items()}
    rank = change.rank
    alpha = float(tensors["alpha"].float().reshape(-1)[0]) if "alpha" in tensors else float(rank)
    scale = alpha / rank if rank else 1.0
    branch: Branch
    if "down" in tensors:
        down, up = (tensors[r].flatten(1) for r in ("down", "up"))
        branch = LowRank(down, up, strength, scale)
    else:
        branch = Kronecker(_factor(tensors, "w1"), _factor(tensors, "w2"), strength, scale)
    if "magnitude" in tensors:
        branch.magnitude = torch.nn.Parameter(tensors["magnitude"], requires_grad=False)
    return branch


def _factor(tensors: Mapping[str, torch.Tensor], name: str) -> torch.Tensor:
    if name in tensors:
        return tensors[name]
    left, right = tensors[f"{name}_a"], tensors[f"{name}_b"]
    return (left.float() @ right.float()).to(left.dtype)


def _check_fits(
    file: ModelFile, change: lora_file.Change, branch: Branch, layer: torch.nn.Module
) -> None:
    assert isinstance(layer, Layer)
    wanted = (layer.out_features, layer.in_features)
    if isinstance(branch, LowRank):
        found = (branch.up.shape[0], branch.down.shape[1])
        sound = branch.up.shape[1] == branch.down.shape[0]
    else:
        assert isinstance(branch, Kronecker)
        (a, b), (c, d) = branch.first.shape, branch.second.shape
        found, sound = (a * c, b * d), True
    rows = branch.magnitude
    if found != wanted or not sound:
        why = f"layer {change.layer!r} changes a weight of {found} where the model has {wanted}"
        raise refused(file.path, why, "It was trained for another model; choose one for this.")
    if rows is not None and rows.shape[0] != wanted[0]:
        why = f"layer {change.layer!r} has DoRA lengths of shape {list(rows.shape)} for {wanted}"
        raise refused(file.path, why, "Only DoRA with a length per output can be run.")

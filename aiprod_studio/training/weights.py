"""Weights and training states on disk: safetensors and JSON, written at once or not at all.

Used by every stage that trains, and by the export. Nothing here reads a pickle.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor, nn


def save(path: Path, tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> None:
    """Write tensors with their facts (JSON values) in the header's metadata."""
    text = {k: v if isinstance(v, str) else json.dumps(v, sort_keys=True) for k, v in facts.items()}
    plain = {name: tensor.detach().contiguous().clone() for name, tensor in tensors.items()}
    passing = path.with_suffix(".part")
    save_file(plain, passing, metadata={"format": "pt"} | text)
    passing.replace(path)


def facts(path: Path) -> dict[str, str]:
    """The metadata of a file."""
    with safe_open(path, "pt") as file:
        return dict(file.metadata() or {})


def tensors(path: Path) -> dict[str, Tensor]:
    """All tensors of a file."""
    found: dict[str, Tensor] = load_file(path)
    return found


def optimiser_state(optimiser: torch.optim.Optimizer) -> dict[str, Tensor]:
    """AdamW's moments and step counts, named by parameter index."""
    state = optimiser.state_dict()["state"]
    return {f"{index}.{key}": value for index, kept in state.items() for key, value in kept.items()}


def restore_optimiser(optimiser: torch.optim.Optimizer, state: Mapping[str, Tensor]) -> None:
    """Give `optimiser_state` back to an optimiser over the same parameters."""
    whole = optimiser.state_dict()
    kept: dict[int, dict[str, Tensor]] = {}
    for name, value in state.items():
        index, key = name.split(".")
        kept.setdefault(int(index), {})[key] = value
    whole["state"] = kept
    optimiser.load_state_dict(whole)


def load(network: nn.Module, path: Path) -> None:
    """Fill a network from a file, every name matched."""
    network.load_state_dict(tensors(path))

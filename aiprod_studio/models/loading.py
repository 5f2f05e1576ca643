"""Build one component of a model from files on the disk, offline, ready to compute.

`load_component` is the one path for every family: the descriptor plans the part from headers, the
skeleton is built without memory, and `filling` brings the tensors in one by one from the mapped
files. Nothing here asks the network or loads pickles.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from aiprod_studio.models import lora, recognising, tokenizers
from aiprod_studio.models.classes import skeleton
from aiprod_studio.models.descriptor import COMPONENTS, Part
from aiprod_studio.models.files import open_models
from aiprod_studio.models.filling import Check, files_of, fill
from aiprod_studio.models.linear import Strength
from aiprod_studio.sdk import Invalid, Refusal


@dataclass(frozen=True)
class Loaded:
    """What a loaded network says of itself, under its attribute `aiprod`.

    `blocks` is the attribute path of its repeated blocks ("" where it has none). `loras` are the
    strengths of its LoRAs by file name; set `.value` between passes (per phase, per step).
    """

    family: str
    component: str
    settings: Mapping[str, Any]
    files: tuple[Path, ...]
    blocks: str = ""
    tokenizer: Any = None
    loras: Mapping[str, Strength] = field(default_factory=dict)


def load_component(
    paths: Sequence[str | Path],
    component: str,
    *,
    device: str | torch.device = "cpu",
    dtype: torch.dtype | None = None,
    storage: str = "auto",
    loras: Sequence[tuple[str | Path, float]] = (),
    check: Check | None = None,
) -> torch.nn.Module:
    """Load one part of a model.

    Args:
        paths: the model's files; more than the part needs may be given, a tokenizer among them.
        component: one of `descriptor.COMPONENTS`.
        device: where the weights go.
        dtype: the compute type; None keeps the type of the file.
        storage: "compute" turns plain weights into the compute type, "file" keeps linear layers
            as they are stored, "auto" does the latter where a part is large; quantised linear
            layers are always kept as they are.
        loras: LoRA files with their strengths, applied beside the layers.
        check: called between tensors and chunks; raises to cancel.

    Returns:
        The network in evaluation mode, without gradients. Its attribute `aiprod` is a `Loaded`.

    Raises:
        Refusal: the part is not in the files, or they are damaged, unknown or do not match.
    """
    if component not in COMPONENTS:
        why = f"{component!r} is no part of a model; parts are {', '.join(COMPONENTS)}"
        raise Refusal(Invalid("", why, "Name one of these parts."))
    weights, tokenizer_file = tokenizers.apart(paths)
    files = open_models(weights)
    family = recognising.family_of(files)
    part = family.part(files, component)
    network = _build(part)
    fill(network, part, torch.device(device), dtype, storage, check or (lambda: None))
    text = component == "text_encoder"
    network.aiprod = Loaded(  # type: ignore[assignment]
        family.name,
        component,
        family.settings(files),
        tuple(dict.fromkeys(source.file.path for source in part.tensors.values())),
        family.blocks.get(component, ""),
        tokenizers.find(files, tokenizer_file) if text else None,
        lora.attach_all(network, family, component, loras),
    )
    return network


def _build(part: Part) -> torch.nn.Module:
    try:
        return skeleton(part.class_name, part.config)
    except Refusal as refusal:
        where = f"file {files_of(part)}, part {part.component}"
        problems = [type(p)(p.where or where, p.why, p.remedy) for p in refusal.problems]
        raise Refusal(problems) from refusal.__cause__

"""Cache keys: Merkle hashes of all that decides what a step computes.

The planner builds them, the store and the journal file things under them. A key covers the node's
type and version, its parameters, the keys and names of the outputs it reads, and the identity of
every file and model read; never a node's name, its place on the canvas or a folder it is read from.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from aiprod_studio.sdk import Model, SourceFile, plain

SCHEME = 1
"""Change it when the meaning of keys changes: every entry made before is then out of date."""

KEY_BYTES = 20
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=True).encode


def step_key(
    type_name: str,
    version: str,
    params: Mapping[str, Any],
    inputs: Mapping[str, tuple[str, str]],
    files: Mapping[str, SourceFile],
    models: Sequence[str] = (),
    context: str = "",
) -> str:
    """Return the key of a step, 40 hexadecimal digits.

    Args:
        type_name: the node's type.
        version: the version of what it computes.
        params: the parameters it reads, without files.
        inputs: for each input that it reads, the key and the output name it comes from.
        files: for each file parameter, the file; its ending counts, its folder and name do not.
        models: identities of the models that its parameters name.
        context: what else decides the bytes (device and compute type, output folder).
    """
    told = [
        SCHEME,
        type_name,
        version,
        {name: plain(value) for name, value in params.items()},
        inputs,
        {name: (file.identity, file.path.suffix.lower()) for name, file in files.items()}
        if files
        else {},
        models,
        context,
    ]
    return hashlib.blake2b(_encode(told).encode(), digest_size=KEY_BYTES).hexdigest()


def model_identity(model: Model) -> str:
    """Return what tells a part of a model from all others: component, family, files, LoRAs."""
    told = [
        model.component,
        model.family,
        [file.identity for file in model.files],
        model.settings,
        [(lora.file.identity, lora.strength) for lora in model.loras],
    ]
    return _digest(told)


def weights_identity(model: Model) -> str:
    """Return what tells loaded weights apart; LoRAs hang beside them and do not count."""
    told = [model.component, model.family, [file.identity for file in model.files]]
    return f"{model.component}:{_digest(told)[:12]}"


def _digest(told: Any) -> str:
    return hashlib.blake2b(_encode(told).encode(), digest_size=KEY_BYTES).hexdigest()

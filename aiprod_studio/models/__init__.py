"""Models on the disk: look inside, recognise the family, load a part, adapt, run forward.

Looking inside needs no torch; names that do are imported when they are first asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from aiprod_studio.models.descriptor import COMPONENTS
from aiprod_studio.models.files import ModelFile, open_model

if TYPE_CHECKING:
    from aiprod_studio.models.adapter import Request, Stream, Velocity, forward
    from aiprod_studio.models.compute import compute_type, compute_type_here
    from aiprod_studio.models.connecting import connect
    from aiprod_studio.models.describing import Facts, describe
    from aiprod_studio.models.inspection import Inspection, inspect
    from aiprod_studio.models.library import Library
    from aiprod_studio.models.loading import Loaded, load_component
    from aiprod_studio.models.lora import set_strengths
    from aiprod_studio.models.prompts import Encoded, encode

LATE = {
    "Facts": "describing", "Inspection": "inspection", "Library": "library",
    "compute_type": "compute", "compute_type_here": "compute", "describe": "describing",
    "connect": "connecting", "inspect": "inspection", "set_strengths": "lora",
    "Encoded": "prompts", "Loaded": "loading", "Request": "adapter", "Stream": "adapter",
    "Velocity": "adapter", "encode": "prompts", "forward": "adapter", "load_component": "loading",
}  # fmt: skip

__all__ = [
    "COMPONENTS", "Encoded", "Facts", "Inspection", "Library", "Loaded", "ModelFile", "Request",
    "Stream", "Velocity", "compute_type", "compute_type_here", "connect", "describe", "encode",
    "forward", "inspect", "load_component", "open_model", "set_strengths",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{LATE[name]}"), name)

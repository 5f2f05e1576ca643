"""The starter model that is shipped with the program: small, trained here, all parts in one folder.

Every file carries the configuration of its network in its metadata, so nothing is guessed. The
manifest beside the files gives what a run needs to know. The family reads headers only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from aiprod_studio.models.descriptor import (
    Expected,
    Family,
    Part,
    Recognition,
    Sizes,
    Source,
)
from aiprod_studio.models.files import ModelFile, refused

STEMS = {
    "transformer": "transformer",
    "text_encoder": "text_encoder",
    "vae": "video_vae",
    "upscaler": "latent_upsampler",
    "refiner": "refiner",
}
MARK = "aiprod-starter"
LORA_RULES = (
    ("patchify_proj", "proj_in"),
    ("adaln_single", "time_embed"),
    ("q_norm", "norm_q"),
    ("k_norm", "norm_k"),
)


class Starter(Family):
    """The shipped starter model, base and quality."""

    name: ClassVar[str] = "starter"
    title: ClassVar[str] = "AIPROD starter"
    sizes: ClassVar[Sizes] = Sizes(multiple=16, frame_step=4)
    forward_layers: ClassVar[Mapping[str, str]] = {"transformer": "ff"}
    blocks: ClassVar[Mapping[str, str]] = {
        "transformer": "transformer_blocks",
        "text_encoder": "encoder.block",
    }
    complete: ClassVar[Mapping[str, Expected]] = {
        "transformer": Expected("transformer.safetensors", 11_947_104, "starter"),
        "text_encoder": Expected("text_encoder.safetensors", 841_648, "starter"),
        "video_vae": Expected("vae.safetensors", 1_651_008, "starter"),
    }
    lora_rules: ClassVar[Mapping[str, Sequence[tuple[str, str]]]] = {"transformer": LORA_RULES}

    def recognise(self, file: ModelFile) -> Recognition | None:
        """Starter files name themselves in `model_version`."""
        if not file.version.startswith(MARK):
            return None
        components = tuple(c for c in STEMS.values() if _own_config(file, c))
        return Recognition(self.name, file.version.removeprefix(MARK + "-"), components)

    def own_part(self, files: Sequence[ModelFile], component: str) -> Part:
        """Plan a part; keys in the file are the network's own."""
        for file in files:
            config = _own_config(file, component)
            if config:
                tensors = {name: Source(file, info) for name, info in file.tensors.items()}
                name = str(config["_class_name"])
                return Part(component, self.name, name, config, tensors)
        held = ", ".join(c for f in files for c in STEMS.values() if _own_config(f, c)) or "nothing"
        why = f"it holds {held} of the starter model, not the {component}"
        raise refused(files[0].path, why, "Add the file of that part from the starter's folder.")

    def settings(self, files: Sequence[ModelFile]) -> dict[str, Any]:
        """Return the manifest's and the file's own settings."""
        found: dict[str, Any] = {
            "multiple": self.sizes.multiple,
            "frame_step": self.sizes.frame_step,
            "frame_offset": self.sizes.frame_offset,
            "space": "frames",
        }
        for folder in {file.path.parent for file in files}:
            found |= _manifest_settings(folder)
        for file in files:
            extra = file.config.get("settings")
            found |= extra if isinstance(extra, dict) else {}
        return found

    def conflict(self, generations: Mapping[str, str]) -> str:
        """Parts are versioned one by one; the manifest keeps them together."""
        return ""


def usual(folder: Path) -> Path:
    """Return the folder of the weight set that the starter's manifest names as default.

    The folder holds the base set; another lies within, in a folder of its name.
    """
    try:
        raw = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        inner = folder / str(raw.get("default", ""))
    except (OSError, ValueError, AttributeError):
        return folder
    return inner if (inner / "manifest.json").is_file() else folder


def _own_config(file: ModelFile, component: str) -> dict[str, Any]:
    """Return a component's configuration: under its name, or the whole in a file named so."""
    config = file.config
    inner = config.get(component)
    if isinstance(inner, dict) and "_class_name" in inner:
        return inner
    mine = STEMS.get(file.path.name.partition(".")[0]) == component
    named = config.get("component", component if mine else "") == component
    return config if named and isinstance(config.get("_class_name"), str) else {}


def _manifest_settings(folder: Path) -> dict[str, Any]:
    """Everything in the manifest but its list of files."""
    path = folder / "manifest.json"
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(raw, dict):
        return {}
    inner = raw.get("settings")
    flat = {k: v for k, v in raw.items() if k not in ("files", "parts", "settings", "recipe")}
    return flat | (inner if isinstance(inner, dict) else {})

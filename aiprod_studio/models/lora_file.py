"""What a LoRA file holds: which layers it changes, of what kind and rank, in any key style.

Reads headers only, no torch: `inspection` shows it, `lora` attaches it. Known styles: official and
ComfyUI (`diffusion_model.NAME.lora_A.weight`), diffusers and PEFT (`transformer.NAME...`), kohya
(`lora_unet_NAME_WITH_UNDERSCORES.lora_down.weight`), unprefixed; with alpha, DoRA or LoKr.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from aiprod_studio.models.files import ModelFile, TensorInfo, refused

ROLES = (
    (r"(?:lora_A|lora_down|lora\.down)(?:\.[A-Za-z]\w*)??(?:\.weight)?", "down"),
    (r"(?:lora_B|lora_up|lora\.up)(?:\.[A-Za-z]\w*)??(?:\.weight)?", "up"),
    (r"alpha", "alpha"),
    (r"dora_scale|lora_magnitude_vector(?:\.[A-Za-z]\w*)??(?:\.weight)?", "magnitude"),
    (r"lokr_w1", "w1"), (r"lokr_w1_a", "w1_a"), (r"lokr_w1_b", "w1_b"),
    (r"lokr_w2", "w2"), (r"lokr_w2_a", "w2_a"), (r"lokr_w2_b", "w2_b"),
    (r"hada_\w+|lokr_t\d|lora_mid\S*|diff|diff_b|set_weight|oft_\w+|glora\S*", "unknown"),
)  # fmt: skip
PATTERNS = tuple((re.compile(rf"(.+?)\.(?:{form})"), role) for form, role in ROLES)
PREFIXES = (
    "base_model.model.", "model.diffusion_model.", "diffusion_model.", "transformer.", "unet.",
    "lora_unet_", "lora_transformer_", "lycoris_", "lora_te_", "text_encoder.",
)  # fmt: skip


@dataclass(frozen=True)
class Change:
    """What a LoRA file holds for one layer, by role; `layer` is as in the file, unprefixed."""

    layer: str
    roles: Mapping[str, TensorInfo]

    @property
    def kind(self) -> str:
        """LoRA, DoRA or LoKr."""
        if any(role.startswith("w") for role in self.roles):
            return "LoKr"
        return "DoRA" if "magnitude" in self.roles else "LoRA"

    @property
    def rank(self) -> int:
        """The rank of the factors, 0 where they are whole matrices."""
        for role, axis in (("down", 0), ("w1_b", 0), ("w2_b", 0)):
            if role in self.roles and self.roles[role].shape:
                return self.roles[role].shape[axis]
        return 0


def is_lora(file: ModelFile) -> bool:
    """Say whether a file looks like a LoRA; most of its keys then name a role."""
    names = list(file.tensors)[:64]
    return any(_role(name)[1] not in ("", "alpha", "unknown") for name in names)


def changes(file: ModelFile) -> tuple[Change, ...]:
    """Return what the file holds, by layer.

    Raises:
        Refusal: keys that name no role, or of a kind that cannot be applied; they are named.
    """
    found: dict[str, dict[str, TensorInfo]] = {}
    strange: list[str] = []
    for name, info in file.tensors.items():
        layer, role = _role(name)
        if role in ("", "unknown"):
            strange.append(name)
        else:
            found.setdefault(bare(layer), {})[role] = info
    if strange:
        shown = ", ".join(strange[:4]) + (" ..." if len(strange) > 4 else "")
        why = f"{len(strange)} of its keys cannot be applied: {shown}"
        raise refused(file.path, why, "Use a LoRA, DoRA or LoKr file; other kinds cannot run.")
    made = tuple(Change(layer, roles) for layer, roles in found.items())
    _check_whole(file, made)
    return made


def _check_whole(file: ModelFile, made: tuple[Change, ...]) -> None:
    for change in made:
        roles = set(change.roles)
        pair = {"down", "up"} <= roles
        left, right = (
            roles & {"w1"} or {"w1_a", "w1_b"} <= roles,
            roles & {"w2"} or ({"w2_a", "w2_b"} <= roles),
        )
        if not pair and not (left and right):
            has = ", ".join(sorted(roles))
            why = f"layer {change.layer!r} has only {has}, and its other half is missing"
            raise refused(file.path, why, "The file is incomplete; download it again.")


def _role(name: str) -> tuple[str, str]:
    for pattern, role in PATTERNS:
        match = pattern.fullmatch(name)
        if match:
            return match[1], role
    return name, ""


def bare(layer: str) -> str:
    """Take every known prefix off a layer's name."""
    for prefix in PREFIXES:
        layer = layer.removeprefix(prefix)
    return layer


def made_for(changes: tuple[Change, ...]) -> str:
    """Guess in words which model a LoRA was trained for, from its layers and their widths."""
    names = [change.layer.replace("_", ".") for change in changes]
    widths = {
        change.roles["down"].shape[1]
        for change in changes
        if "down" in change.roles
        and "attn1.to" in change.layer.replace("_", ".").replace("to.", "to")
    }
    if any("self.attn" in name or "cross.attn" in name for name in names):
        return "Wan"
    if any(".audio." in f".{name}." or "audio" in name for name in names):
        return "LTX-2"
    if any("transformer.blocks" in name for name in names):
        return {2048: "LTX-Video 2B", 4096: "LTX-2 or LTX-Video 13B"}.get(
            max(widths, default=0), "an LTX model"
        )
    return "an unknown model"

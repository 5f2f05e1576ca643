"""Choosing a model."""

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

from aiprod_studio.sdk import (
    VAE,
    AudioVAE,
    Connectors,
    DiT,
    DurationHead,
    Facts,
    Invalid,
    Model,
    ModelName,
    Refiner,
    Refusal,
    Run,
    TextEncoder,
    Upscaler,
    Vocoder,
    node,
)


class Parts(NamedTuple):
    dit: DiT
    text_encoder: TextEncoder
    vae: VAE
    upscaler: Upscaler
    refiner: Refiner
    connectors: Connectors
    audio_vae: AudioVAE
    vocoder: Vocoder
    duration_head: DurationHead


COMPONENTS: dict[str, type[Model]] = {
    "transformer": DiT,
    "text_encoder": TextEncoder,
    "video_vae": VAE,
    "latent_upsampler": Upscaler,
    "refiner": Refiner,
    "connectors": Connectors,
    "audio_vae": AudioVAE,
    "vocoder": Vocoder,
    "duration_head": DurationHead,
}


def _facts(params: Facts, inputs: Mapping[str, Facts]) -> Facts:
    known = inputs.get("model", {})
    if "lora_bytes" in known:
        why = f"{params['model']!r} is a LoRA, which changes a model and is none by itself"
        remedy = "Choose a model here, and the LoRA in a node 'LoRA' behind it."
        raise Refusal(Invalid("param 'model'", why, remedy))
    return known


@node("models.load", "Load Model", since="1.0", facts=_facts)
def load_model(run: Run, *, model: Annotated[str, ModelName()] = "starter") -> Parts:
    """Choose a model by name; nothing is read from the disk before a node works with it.

    A part that the model does not have is refused by the node that needs it.

    Args:
        model: starter, or a name of the model library
    """
    parts = run.models(model)
    found: Any = [_part(parts, name, kind) for name, kind in COMPONENTS.items()]
    return Parts(*found)


def _part(parts: Mapping[str, Model], component: str, kind: type[Model]) -> Model:
    """Return a part as what its socket carries; a missing one has no files."""
    own = [part for part in parts.values() if isinstance(part, kind)]
    if own:
        return own[0]
    part = parts.get(component)
    if part is None:
        return kind(component, family="", files=())
    return kind(part.component, part.family, part.files, part.settings, part.loras)

"""Hanging a LoRA beside a transformer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated

from aiprod_studio.sdk import (
    DiT,
    Facts,
    Group,
    Invalid,
    LoRA,
    Missing,
    ModelName,
    Refusal,
    Run,
    Slider,
    Text,
    node,
)

MOST_POINTS = 200


def _facts(params: Facts, inputs: Mapping[str, Facts]) -> Facts:
    known = inputs.get("model", {})
    size = sum(int(each.get("lora_bytes") or 0) for each in (known, inputs.get("lora", {})))
    return {**known, "lora_bytes": size}


@node("models.lora", "LoRA", since="1.0", facts=_facts)
def add_lora(
    run: Run,
    model: DiT,
    *,
    lora: Annotated[str, ModelName(("lora",))] = "",
    strength: Annotated[float, Slider(-4, 4, step=0.05)] = 1.0,
    curve: Annotated[str, Text(2000), Group(advanced=True)] = "",
) -> DiT:
    """Let a LoRA change what a model makes, without touching the model's own weights.

    Several in a row add up. Each phase of sampling may have its own: link the model through another
    LoRA node there. Its keys must all belong to the model; those that do not are named.

    Args:
        model: the diffusion transformer
        lora: a LoRA of the model library, or a file beside the workflow
        strength: 1 is as trained, 0 is off; it may be negative
        curve: shares of the strength over a phase, such as 0:1, 0.5:0.4: all of it at first, 40 %
            from half of the steps on; empty is all of it all the time
    """
    from aiprod_studio.models.adapters.loras import check

    if not model.files:
        why = "the model that is linked has no transformer"
        raise Refusal(Missing("input 'model'", why, "Choose a model with one, or add its file."))
    part = run.models(lora).get("lora")
    if part is None:
        why = f"{lora!r} is a model, not a LoRA" if lora else "no LoRA is chosen"
        raise Refusal(Invalid("param 'lora'", why, "Choose a LoRA, or bypass this node."))
    given = LoRA(part.files[0], strength, _points(curve))
    layers, scale = check(model, given), _reference_scale(given)
    wish = f"; it wants reference videos at scale {scale}" if scale > 1 else ""
    run.say(f"{part.files[0].path.name} changes {layers} layers{wish}")
    return replace(model, loras=(*model.loras, given))


def _reference_scale(given: LoRA) -> int:
    """Return how many times smaller the references were that an IC-LoRA was trained with."""
    from aiprod_studio.models import open_model

    told = str(open_model(given.file.path).metadata.get("reference_downscale_factor", ""))
    return int(told) if told.isdigit() else 1


def _points(curve: str) -> tuple[tuple[float, float], ...]:
    """Read "0:1, 0.5:0.4" as pairs of progress and share."""
    pieces = [piece for piece in curve.replace(",", " ").split() if piece]
    try:
        points = [(float(at), float(share)) for at, _, share in (p.partition(":") for p in pieces)]
    except ValueError:
        raise _wrong(f"{curve[:60]!r} is no list such as 0:1, 0.5:0.4") from None
    places = [place for place, _ in points]
    if len(points) > MOST_POINTS or places != sorted(set(places)):
        raise _wrong("each place must come once, and they must rise")
    if not all(0 <= place <= 1 and -100 <= share <= 100 for place, share in points):
        raise _wrong("places lie between 0 and 1, shares between -100 and 100")
    return tuple(points)


def _wrong(why: str) -> Refusal:
    return Refusal(Invalid("param 'curve'", why, "Write for example 0:1, 0.5:0.4."))

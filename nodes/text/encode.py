"""Turning words into what leads a sampler."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from aiprod_studio.sdk import (
    Conditioning,
    Connectors,
    Facts,
    Invalid,
    Missing,
    Refusal,
    Run,
    TextEncoder,
    check_agree,
    node,
    weighted,
    weights_of,
)

if TYPE_CHECKING:
    import torch

    from aiprod_studio.models import Encoded

USUAL_LONGEST = 1024
MARKS = ",.;:!?()\"'"
LISTED = 30
"""Words of a prompt that are repeated to the artist at most."""
_LITTLE = """
a an the and or but of on in at to by as is are was with from into onto over under near behind
before after above below between through across along around off up out down its it his her their
this that these those there some very
"""
LITTLE = frozenset(_LITTLE.split())
"""Words that say nothing alone: not knowing them is no news."""

Tensors = dict[str, "torch.Tensor"]


def _facts(params: Facts, inputs: Mapping[str, Facts]) -> Facts:
    """Words are of their connectors' generation; an encoder by itself may serve several."""
    check_agree(inputs, "model", "connectors", generations=False)
    encoder, connectors = inputs.get("model", {}), inputs.get("connectors", {})
    _check_read(encoder, connectors)
    if encoder.get("connectors") and "connectors" not in inputs:
        raise _without_connectors()
    return {**encoder, **connectors, "generation": connectors.get("generation", "")}


@node(
    "text.encode",
    "Encode Text",
    since="1.0",
    costs=weights_of("model", "connectors", phase="encode"),
    facts=_facts,
)
def encode_text(
    run: Run, text: str, model: TextEncoder, connectors: Connectors | None = None
) -> Conditioning:
    """Turn a prompt into conditioning, and say which of its words the model does not know.

    Only real words are encoded, no padding. Words count more in `(red ball:1.2)`, less below 1.
    What an empty prompt gives is kept beside it, for guidance without a negative prompt.

    Args:
        text: the prompt
        model: the text encoder of the model that samples
        connectors: the text connectors of the model, for families that have them (LTX-2)
    """
    if not model.files:
        why = "the model that is linked to 'model' has no text encoder"
        raise Refusal(Missing("input 'model'", why, "Choose a model with one, or add its file."))
    _check_connectors(model, connectors)
    from aiprod_studio.diffusion.stopping import stoppable
    from aiprod_studio.models import encode

    longest = int(model.settings.get("longest_prompt", USUAL_LONGEST))
    with run.use(model) as encoder, stoppable(encoder, run.check):
        found = encode(encoder, text, longest=longest)
        empty = encode(encoder, "", longest=longest)
    line = _understood(found, weighted(text).plain, model, longest)
    if line:
        run.say(line)
    if connectors is None or not connectors.files:
        own, bare = _plain(found), _plain(empty)
    else:
        own, bare = _connected(run, connectors, (found, empty), longest)
    for name, tensor in own.items():
        _check_numbers(name, tensor, model)
    return Conditioning(
        embeddings=own.pop("embeddings"),
        mask=own.pop("mask"),
        family=model.family,
        text=text,
        extra={**own, **{f"empty.{name}": tensor for name, tensor in bare.items()}},
    )


def _check_connectors(model: TextEncoder, connectors: Connectors | None) -> None:
    wanted = bool(model.settings.get("connectors"))
    if connectors is None or not connectors.files:
        if wanted:
            raise _without_connectors()
    elif connectors.family != model.family:
        why = f"the text encoder is of {model.family!r}, the connectors are of"
        why += f" {connectors.family!r}"
        raise Refusal(Invalid("input 'connectors'", why, "Link those of the same model."))
    else:
        _check_read(model.settings, connectors.settings)


def _without_connectors() -> Refusal:
    why = "this family turns words into contexts with connectors, and there are none"
    remedy = "Link the connectors of the model that samples; they are in its checkpoint."
    return Refusal(Missing("input 'connectors'", why, remedy))


def _check_read(encoder: Facts, connectors: Facts) -> None:
    """Refuse connectors that were trained on what another text encoder gives."""
    gives, reads = encoder.get("reads"), connectors.get("reads")
    if gives and reads and gives != reads:
        why = f"they read what {reads} gives, and the text encoder that is linked is {gives}"
        raise Refusal(Invalid("input 'connectors'", why, "Link both from one Load Model node."))


def _plain(found: Encoded) -> Tensors:
    return {"embeddings": _kept(found.embeddings), "mask": _kept(found.mask)}


def _connected(
    run: Run, model: Connectors, prompts: tuple[Encoded, ...], longest: int
) -> tuple[Tensors, ...]:
    """Let the connectors make the contexts of picture and sound of each prompt."""
    from aiprod_studio.diffusion.stopping import stoppable
    from aiprod_studio.models import connect

    made: list[Tensors] = []
    with run.use(model) as network, stoppable(network, run.check):
        for found in prompts:
            seen, heard, mask = connect(network, found, longest=longest)
            each = {"embeddings": seen, "mask": mask, "sound.embeddings": heard, "sound.mask": mask}
            made.append({name: _kept(tensor) for name, tensor in each.items()})
    return tuple(made)


def _kept(tensor: Any) -> Any:
    """Return a tensor as it can be stored: ordinary, whole, on the CPU."""
    return tensor.detach().cpu().contiguous().clone()


def _check_numbers(name: str, tensor: Any, model: TextEncoder) -> None:
    if not bool(tensor.isfinite().all()):
        files = ", ".join(file.path.name for file in model.files)
        why = f"the text encoder ({files}) gives {name} that are no numbers"
        remedy = "Its file may be damaged: download it again, or choose float32 as compute type."
        raise Refusal(Invalid("input 'model'", why, remedy))


def _understood(found: Encoded, text: str, model: TextEncoder, longest: int) -> str:
    """Say in one line what the encoder made of a prompt; nothing where all is well."""
    parts = []
    unknown = [word for word in found.unknown if _telling(word)]
    if "words" in model.settings and text.strip():
        missed = {word.lower() for word in found.unknown}
        said = [word.strip(MARKS) for word in text.lower().split()]
        known = [w for w in said if w not in missed and any(map(str.isalnum, w))]
        told = _listed(known) if any(map(_telling, known)) else "nothing"
        parts.append(f"understood: {told}")
    if unknown:
        parts.append(f"not known to this model: {_listed(unknown, ', ')}")
    if found.cut:
        parts.append(f"the last {found.cut} tokens were cut off, the model reads {longest}")
    return "; ".join(parts)


def _telling(word: str) -> bool:
    return word.lower() not in LITTLE and any(map(str.isalnum, word))


def _listed(words: list[str], between: str = " ") -> str:
    more = f" and {len(words) - LISTED} more" if len(words) > LISTED else ""
    return between.join(words[:LISTED]) + more

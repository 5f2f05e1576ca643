"""Turning words into what leads a sampler."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiprod_studio.sdk import (
    Conditioning,
    Connectors,
    Invalid,
    Missing,
    Refusal,
    Run,
    TextEncoder,
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

Tensors = dict[str, "torch.Tensor"]


@node(
    "text.encode",
    "Encode Text",
    since="1.0",
    costs=weights_of("model", "connectors", phase="encode"),
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
    if connectors is None:
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
            why = "this family turns words into contexts with connectors, and there are none"
            remedy = "Link the connectors of the model that samples; they are in its checkpoint."
            raise Refusal(Missing("input 'connectors'", why, remedy))
    elif connectors.family != model.family:
        why = f"the text encoder is of {model.family!r}, the connectors are of"
        why += f" {connectors.family!r}"
        raise Refusal(Invalid("input 'connectors'", why, "Link those of the same model."))


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
    unknown = [word for word in found.unknown if any(map(str.isalnum, word))]
    if "words" in model.settings and text.strip():
        missed = {word.lower() for word in unknown}
        said = [word.strip(MARKS) for word in text.lower().split()]
        known = [w for w in said if w not in missed and any(map(str.isalnum, w))]
        parts.append(f"understood: {_listed(known) or 'nothing'}")
    if unknown:
        parts.append(f"not known to this model: {_listed(unknown, ', ')}")
    if found.cut:
        parts.append(f"the last {found.cut} tokens were cut off, the model reads {longest}")
    return "; ".join(parts)


def _listed(words: list[str], between: str = " ") -> str:
    more = f" and {len(words) - LISTED} more" if len(words) > LISTED else ""
    return between.join(words[:LISTED]) + more

"""Turning words into what leads a sampler."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiprod_studio.sdk import Conditioning, Missing, Refusal, Run, TextEncoder, node, weights_of

if TYPE_CHECKING:
    from aiprod_studio.models import Encoded

USUAL_LONGEST = 1024
MARKS = ",.;:!?()\"'"
LISTED = 30
"""Words of a prompt that are repeated to the artist at most."""


@node("text.encode", "Encode Text", since="1.0", costs=weights_of("model", phase="encode"))
def encode_text(run: Run, text: str, model: TextEncoder) -> Conditioning:
    """Turn a prompt into conditioning, and say which of its words the model does not know.

    Only real words are encoded, no padding. What an empty prompt gives is kept beside it, for
    guidance without a negative prompt.

    Args:
        text: the prompt
        model: the text encoder of the model that samples
    """
    if not model.files:
        why = "the model that is linked to 'model' has no text encoder"
        raise Refusal(Missing("input 'model'", why, "Choose a model with one, or add its file."))
    from aiprod_studio.diffusion.stopping import stoppable
    from aiprod_studio.models import encode

    longest = int(model.settings.get("longest_prompt", USUAL_LONGEST))
    with run.use(model) as encoder, stoppable(encoder, run.check):
        found = encode(encoder, text, longest=longest)
        empty = encode(encoder, "", longest=longest)
    line = _understood(found, text, model, longest)
    if line:
        run.say(line)
    return Conditioning(
        embeddings=_kept(found.embeddings),
        mask=_kept(found.mask),
        family=model.family,
        text=text,
        extra={"empty.embeddings": _kept(empty.embeddings), "empty.mask": _kept(empty.mask)},
    )


def _kept(tensor: Any) -> Any:
    """Return a tensor as it can be stored: ordinary, whole, on the CPU."""
    return tensor.detach().cpu().contiguous().clone()


def _understood(found: Encoded, text: str, model: TextEncoder, longest: int) -> str:
    """Say in one line what the encoder made of a prompt; nothing where all is well."""
    parts = []
    unknown = [word for word in found.unknown if any(map(str.isalnum, word))]
    if "words" in model.settings and text.strip():
        missed = {word.lower() for word in unknown}
        said = [word.strip(MARKS) for word in text.lower().split()]
        known = [word for word in said if word and word not in missed]
        parts.append(f"understood: {_listed(known) or 'nothing'}")
    if unknown:
        parts.append(f"not known to this model: {_listed(unknown, ', ')}")
    if found.cut:
        parts.append(f"the last {found.cut} tokens were cut off, the model reads {longest}")
    return "; ".join(parts)


def _listed(words: list[str], between: str = " ") -> str:
    more = f" and {len(words) - LISTED} more" if len(words) > LISTED else ""
    return between.join(words[:LISTED]) + more

"""What goes together in one sampling: model, words and start, checked before anything is computed.

The sampling nodes ask; every refusal names the input and says what to link instead. A network is
only asked for its configuration.
"""

from __future__ import annotations

from typing import Any

from aiprod_studio.sdk import Conditioning, DiT, Invalid, Latents, Missing, Refusal


def called(model: DiT) -> str:
    """Return what a transformer is called in sentences: by its files."""
    return f"the transformer ({', '.join(file.path.name for file in model.files)})"


def check_start(model: DiT, start: Latents, strength: float) -> None:
    """Refuse a start of another model, or an empty one where a film is needed.

    Raises:
        Refusal: naming the input or parameter.
    """
    if not model.files:
        why = "the model that is linked has no transformer"
        raise Refusal(Missing("input 'model'", why, "Choose a model with one, or add its file."))
    if start.family != model.family:
        why = f"the latents are of {start.family!r}, the model is of {model.family!r}"
        remedy = "Link the codec of the same model to the node that made the latents."
        raise Refusal(Invalid("input 'start'", why, remedy))
    other = str(model.settings.get("generation", ""))
    if start.generation and other and start.generation != other:
        why = f"the latents are of generation {start.generation}, the model is of {other}"
        remedy = "Load codec and transformer with one Load Model node."
        raise Refusal(Invalid("input 'start'", why, remedy))
    if start.empty and strength < 1:
        why = f"strength {strength} needs a video to begin from, and the latents are empty"
        raise Refusal(Invalid("param 'strength'", why, "Set it to 1, or link a video's latents."))


def check_widths(network: Any, words: Conditioning, start: Latents) -> None:
    """Refuse words and latents of another width than the network's own.

    Raises:
        Refusal: naming the input.
    """
    config = network.config
    reads = getattr(config, "text_dim", None) or getattr(config, "caption_channels", None)
    if not getattr(config, "use_prompt_embeddings", True):
        reads = getattr(config, "cross_attention_dim", None)
    found = words.embeddings.shape[-1]
    if reads and found != reads:
        why = f"the words have {found} channels, the model reads {reads}"
        raise Refusal(Invalid("input 'positive'", why, "Link the text encoder of this model."))
    _check_beside(config, start)
    found, makes = start.samples.shape[1], getattr(config, "out_channels", None)
    if makes and found != makes:
        why = f"the latents have {found} channels, the model makes {makes}"
        raise Refusal(Invalid("input 'start'", why, "Link the codec of this model."))


def _check_beside(config: Any, start: Latents) -> None:
    """Refuse a start without the pictures that a model sees beside the noise, or with too many."""
    takes = int(getattr(config, "in_channels", 0) or 0)
    makes = int(getattr(config, "out_channels", 0) or 0)
    given = 0 if start.beside is None else start.beside.shape[1]
    if not hasattr(config, "added_kv_proj_dim") or takes == makes + given:
        return
    if not given:
        why = "this model makes films from pictures, and the start has none"
        raise Refusal(Invalid("input 'start'", why, "Link First and Last Picture before it."))
    why = f"the start has {given} channels of pictures, the model sees {takes - makes}"
    raise Refusal(Invalid("input 'start'", why, "Use the codec and the pictures of this model."))

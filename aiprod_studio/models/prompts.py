"""What a text encoder makes of a prompt: only its real words, so that no padding is computed.

`encode` works on any text encoder that `load_component` gives; the tokenizer is attached to it by
then. Used by the text nodes. It never truncates in silence: what was cut off is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from aiprod_studio.sdk import Missing, Refusal, weighted


@dataclass(frozen=True)
class Encoded:
    """A prompt as the transformer or the connectors take it.

    `embeddings` is (1, words, width) for T5, and (1, words, width, layers) for Gemma, whose hidden
    states the connectors mix; `mask` is (1, words), all 1. `pieces` are the tokens as text,
    `unknown` the words of the prompt that the tokenizer has no token for, and `cut` the number of
    tokens that did not fit. `factors` (words,) say how much each word counts where any has a
    weight: T5's embeddings are multiplied already, Gemma's states only behind the connectors, which
    level the lengths of what comes in.
    """

    embeddings: torch.Tensor
    mask: torch.Tensor
    pieces: tuple[str, ...]
    unknown: tuple[str, ...]
    cut: int
    factors: torch.Tensor | None = None


@torch.inference_mode()
def encode(encoder: torch.nn.Module, text: str, *, longest: int = 1024) -> Encoded:
    """Encode one prompt; an empty one works. Words with a weight count so much more or less.

    Raises:
        Refusal: the encoder came without a tokenizer.
    """
    tokenizer = tokenizer_of(encoder)
    text, weights = weighted(text)
    found = tokenizer.encode(text)
    ids, pieces = list(found.ids)[:longest], tuple(found.tokens)[:longest]
    if not ids:
        ids, pieces = [_padding(encoder)], ("",)
    device = next(encoder.parameters()).device
    batch = torch.tensor([ids], device=device)
    mask = torch.ones_like(batch)
    embeddings = _hidden(encoder, batch, mask)
    factors = _factors(found.offsets, len(ids), weights).to(embeddings) if weights else None
    if factors is not None and embeddings.ndim == 3:
        embeddings = embeddings * factors[None, :, None]
    cut = max(0, len(found.ids) - longest)
    return Encoded(embeddings, mask, pieces, _unknown(tokenizer, found, text), cut, factors)


def tokenizer_of(encoder: torch.nn.Module) -> Any:
    """Return the tokenizer (of the tokenizers library) that was loaded with a text encoder.

    Raises:
        Refusal: there is none.
    """
    facts = getattr(encoder, "aiprod", None)
    tokenizer = getattr(facts, "tokenizer", None)
    if tokenizer is None:
        names = ", ".join(path.name for path in getattr(facts, "files", ())) or "the text encoder"
        why = "no tokenizer was found in it or beside it"
        remedy = "Put tokenizer.json (or tokenizer.model) of this encoder into its folder."
        raise Refusal(Missing(f"file {names}", why, remedy))
    return tokenizer


def _hidden(encoder: Any, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    if type(encoder).__name__.startswith("Gemma"):
        out = encoder(
            input_ids=ids, attention_mask=mask, output_hidden_states=True, use_cache=False
        )
        return torch.stack(out.hidden_states, dim=-1)
    out = encoder(input_ids=ids, attention_mask=mask)
    states: torch.Tensor = out.last_hidden_state
    return states


def _factors(
    offsets: Sequence[tuple[int, int]], count: int, weights: Sequence[tuple[int, int, float]]
) -> torch.Tensor:
    """Return how much each of the first `count` words counts: 1 outside the weighted pieces."""
    factors = torch.ones(count)
    for word, (begin, end) in enumerate(offsets[:count]):
        for start, stop, weight in weights:
            if begin < end and start < end and begin < stop:
                factors[word] = weight
    return factors


def _padding(encoder: Any) -> int:
    return int(getattr(encoder.config, "pad_token_id", 0) or 0)


def _unknown(tokenizer: Any, found: Any, text: str) -> tuple[str, ...]:
    """Words that the tokenizer does not know, in the order of the prompt, each once."""
    if hasattr(found, "unknown"):
        return tuple(dict.fromkeys(found.unknown))
    mark = getattr(getattr(tokenizer, "model", None), "unk_token", None)
    words = (
        text[start:end] or text
        for piece, (start, end) in zip(found.tokens, found.offsets, strict=True)
        if mark and piece == mark
    )
    return tuple(dict.fromkeys(words))

"""A text encoder that can also write: Gemma 3 continues a conversation, one token after the other.

LTX-2's text encoder is a whole language model whose word table is its output layer too, so nothing
more has to be loaded. Used by the node that writes a prompt out. T5 cannot write, and the Gemma 4
of LTX-2.5 was not trained for it: both are refused in words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch

from aiprod_studio.models.prompts import tokenizer_of
from aiprod_studio.sdk import Invalid, Refusal

LIKELIEST = 64
SHARE = 0.95
"""What Gemma 3 is published with: of the likeliest words so many, and of those so large a share."""

ENDS = ("<end_of_turn>", "<eos>", "</s>")
STARTS, TURN, ENDED = "<bos>", "<start_of_turn>", "<end_of_turn>"
CURLY = str.maketrans("\u2018\u2019\u201c\u201d\u2014\u2013\u00a0", "''\"\"-- ")


def can_write(encoder: torch.nn.Module) -> bool:
    """Say whether a loaded text encoder is a language model that was trained to answer."""
    return type(encoder).__name__.startswith("Gemma3")


def answer(
    encoder: torch.nn.Module,
    request: str,
    *,
    longest: int = 512,
    temperature: float = 0.7,
    seed: int = 0,
    told: Callable[[int, int], None] | None = None,
) -> str:
    """Return what the encoder answers to a request.

    Args:
        encoder: a Gemma 3 that `load_component` gave, with its tokenizer.
        request: what is asked of it, in words.
        longest: tokens at most.
        temperature: 0 always takes the likeliest word.
        seed: of the choice among words.
        told: called after each token with (done, at most); raises to cancel.

    Raises:
        Refusal: the encoder cannot write.
    """
    if not can_write(encoder):
        why = f"this text encoder ({type(encoder).__name__}) reads, but was not trained to write"
        raise Refusal(Invalid("input 'model'", why, "Use Gemma 3 of LTX-2 or 2.3, or write it."))
    tokenizer = tokenizer_of(encoder)
    ends = {number for number in map(tokenizer.token_to_id, ENDS) if number is not None}
    tokens: list[int] = []
    for token in _tokens(encoder, _asked(tokenizer, request), temperature, seed):
        if token in ends or len(tokens) >= longest:
            break
        tokens.append(token)
        if told is not None:
            told(len(tokens), longest)
    return cleaned(tokenizer.decode(tokens))


def cleaned(text: str) -> str:
    """Return an answer with plain quotes and dashes, from its first letter on."""
    plain = text.translate(CURLY)
    first = next((index for index, letter in enumerate(plain) if letter.isalnum()), len(plain))
    return plain[first:].strip()


def _asked(tokenizer: Any, request: str) -> list[int]:
    """Return a request as the conversation that Gemma was trained on."""
    if tokenizer.token_to_id(TURN) is None:
        return list(tokenizer.encode(request).ids)
    text = f"{TURN}user\n{request}{ENDED}\n{TURN}model\n"
    ids = list(tokenizer.encode(text).ids)
    start = tokenizer.token_to_id(STARTS)
    return ids if start is None or ids[:1] == [start] else [start, *ids]


@torch.inference_mode()
def _tokens(encoder: Any, asked: list[int], temperature: float, seed: int) -> Iterator[int]:
    from transformers import DynamicCache

    generator = torch.Generator().manual_seed(seed)
    device = next(encoder.parameters()).device
    cache = DynamicCache(config=encoder.config)
    ids = torch.tensor([asked], device=device)
    while True:
        out = encoder(input_ids=ids, past_key_values=cache, use_cache=True)
        state = out.last_hidden_state[:, -1]
        table = encoder.get_input_embeddings().weight
        scores = torch.nn.functional.linear(state.to(table.dtype), table)[0].float().cpu()
        token = _chosen(scores, temperature, generator)
        yield token
        ids = torch.tensor([[token]], device=device)


def _chosen(scores: torch.Tensor, temperature: float, generator: torch.Generator) -> int:
    if temperature <= 0:
        return int(scores.argmax())
    best = scores.topk(min(LIKELIEST, len(scores)))
    shares = (best.values / temperature).softmax(-1)
    shares = shares * (shares.cumsum(-1) - shares < SHARE)
    return int(best.indices[torch.multinomial(shares, 1, generator=generator)])

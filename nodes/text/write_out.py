"""A short idea written out into a full prompt, by the model's own text encoder."""

from __future__ import annotations

from typing import Annotated

from aiprod_studio.sdk import (
    Group,
    Invalid,
    Missing,
    Number,
    Prompt,
    Refusal,
    Run,
    Seed,
    Slider,
    TextEncoder,
    node,
    weights_of,
)

INSTRUCTIONS = (
    "You write descriptions of short film shots. Take the idea below and describe one continuous "
    "shot in a single paragraph of at most 120 words, in the present tense. Say what is seen, who "
    "does what and in which order, how the camera moves, the light and the colours, and what is "
    "heard. Keep everything that the idea says, put spoken words in quotation marks, and add no "
    "title, list or comment."
)


@node("text.write_out", "Write Out Prompt", since="1.0", costs=weights_of("model", phase="encode"))
def write_out(
    run: Run,
    text: str,
    model: TextEncoder,
    *,
    instructions: Annotated[str, Prompt(), Group(advanced=True)] = INSTRUCTIONS,
    longest: Annotated[int, Number(8, 2000, unit="tokens"), Group(advanced=True)] = 512,
    temperature: Annotated[float, Slider(0, 2, step=0.1), Group(advanced=True)] = 0.7,
    seed: Annotated[int, Seed()] = 10,
) -> str:
    """Turn a short idea into the full description that these models follow best.

    The text encoder writes it (Gemma 3, in LTX-2 and 2.3). One word after the other, so it takes
    its time where the encoder does not fit into the card's memory. What it wrote is told.

    Args:
        text: the idea
        model: the text encoder of the model
        instructions: what is asked of it; the idea comes after
        longest: tokens that it may write
        temperature: how freely it chooses words; 0 always takes the likeliest
        seed: another seed, other words
    """
    if not model.files:
        why = "the model that is linked to 'model' has no text encoder"
        raise Refusal(Missing("input 'model'", why, "Choose a model with one, or add its file."))
    if not text.strip():
        raise Refusal(Invalid("input 'text'", "the idea is empty", "Write a few words."))
    from aiprod_studio.diffusion.stopping import stoppable
    from aiprod_studio.models.writing import answer

    with run.use(model) as encoder, stoppable(encoder, run.check):
        written = answer(
            encoder,
            f"{instructions}\n\nIdea: {text.strip()}",
            longest=longest,
            temperature=temperature,
            seed=seed,
            told=lambda done, total: run.progress(done, total, "writing"),
        )
    if not written:
        run.say("nothing was written; the idea is used as it is")
        return text
    run.say(f"wrote: {written}")
    return written

"""Nodes of ComfyUI that deal in prompts."""

from __future__ import annotations

from aiprod_studio.app.comfy.sheet import Part
from aiprod_studio.app.comfy.work import NOTHING, Given, Work


def encoded(part: Part, work: Work) -> tuple[Given, ...]:
    """A prompt and its encoding, which are two nodes here."""
    role = "avoid" if _is_negative(part, work) else "prompt"
    text = _prompt(part, work, "text", role)
    clip = work.given(part, "clip")
    inputs = {"text": text, "model": clip, "connectors": clip.facts.get("connectors", NOTHING)}
    name = "encode_avoid" if role == "avoid" else "encode"
    own = text.source is not None and work.made[text.source[0]].part is part
    made = work.add(part, "text.encode", inputs, name=name, titled=not own)
    return (work.out(made, "conditioning"),)


def written_out(part: Part, work: Work) -> tuple[Given, ...]:
    """A short idea written out by the text encoder."""
    idea = _prompt(part, work, "prompt", "idea")
    params = {
        "instructions": work.value(part, "system_prompt"),
        "longest": work.value(part, "max_tokens", work.value(part, "max_length")),
        "temperature": work.value(part, "sampling_mode.temperature"),
        "seed": work.value(part, "seed", work.value(part, "sampling_mode.seed")),
    }
    made = work.add(
        part, "text.write_out", {"text": idea, "model": work.given(part, "clip")},
        {name: value for name, value in params.items() if value is not None},
        name="write_out",
    )  # fmt: skip
    if part.sources.get("image"):
        work.remarks.say(made, "here the prompt is written out from words alone, without a picture")
    return (work.out(made, "text"),)


def nothing(part: Part, work: Work) -> tuple[Given, ...]:
    """An emptied prompt: our sampler leads away from an empty prompt by itself."""
    return (NOTHING,)


def _prompt(part: Part, work: Work, socket: str, name: str) -> Given:
    given = work.given(part, socket)
    if given.source is not None:
        return given
    text = work.text(part, socket)
    made = work.add(part, "text.prompt", {}, {"text": text}, name=name, titled=name != "idea")
    return work.out(made, "text")


def _is_negative(part: Part, work: Work) -> bool:
    names = {name for _, name, _ in work.users.get(part.key, ())}
    return "negative" in part.title.casefold() or ("negative" in names and "positive" not in names)

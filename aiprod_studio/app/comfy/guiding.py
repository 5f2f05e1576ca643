"""Guidance as ComfyUI's guider nodes describe it, in the words of our sampler."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from aiprod_studio.app.comfy.sheet import Part
from aiprod_studio.app.comfy.work import NOTHING, Given, Work

LONGEST_CHAIN = 8


@dataclass(frozen=True)
class Guide:
    """Model, prompts and how strongly they lead; `params` are our sampler's."""

    model: Given = NOTHING
    positive: Given = NOTHING
    negative: Given = NOTHING
    params: Mapping[str, float] = field(default_factory=dict)


def told(work: Work, given: Given) -> Guide:
    """Return the guidance of a node for GUIDER; a foreign one gives what is linked to it."""
    part = given.part
    if part is None:
        return Guide()
    positive = "conditioning" if part.kind == "BasicGuider" else "positive"
    positive = "cond1" if part.kind == "DualCFGGuider" else positive
    return Guide(
        work.given(part, "model"), work.given(part, positive), work.given(part, "negative"),
        READERS.get(part.kind, _cfg)(part, work),
    )  # fmt: skip


def _basic(part: Part, work: Work) -> Mapping[str, float]:
    return {"guidance": 1.0}


def _cfg(part: Part, work: Work) -> Mapping[str, float]:
    names = ("cfg", "cfg_scale", "cfg_conds")
    name = next((n for n in names if n in (*part.values, *part.sources)), "cfg")
    if part.kind in ("DualCFGGuider", "APGGuider"):
        work.remarks.say(part.title or part.kind, "here it is plain guidance of the same strength")
    return {"guidance": work.number(part, name, 1.0)}


def _stg(part: Part, work: Work) -> Mapping[str, float]:
    return {
        "guidance": work.number(part, "cfg", 1.0),
        "stg": work.number(part, "stg", 1.0),
        "rescale": work.number(part, "rescale", 0.7),
    }


def _stg_by_step(part: Part, work: Work) -> Mapping[str, float]:
    """Guidance that changes from step to step; ours takes the middle of each."""
    lists = {"guidance": "cfg_values", "stg": "stg_scale_values", "rescale": "stg_rescale_values"}
    found = {ours: _numbers(work.text(part, theirs)) for ours, theirs in lists.items()}
    why = "guidance that changes from step to step is not possible here; it is constant"
    work.remarks.say(part.title or part.kind, why, "Look at guidance, STG and rescale.")
    return {ours: _middle(values) for ours, values in found.items() if values}


def _of_both(part: Part, work: Work) -> Mapping[str, float]:
    """Guidance of picture and sound, from a chain of parameter nodes."""
    found: dict[str, float] = {}
    given = work.given(part, "parameters")
    for _ in range(LONGEST_CHAIN):
        one = given.part
        if one is None or one.kind != "GuiderParameters":
            break
        if work.text(one, "modality").casefold() == "audio":
            found["sound_guidance"] = work.number(one, "cfg", 7.0)
        else:
            found["guidance"] = work.number(one, "cfg", 3.0)
            found["stg"] = work.number(one, "stg", 1.0)
            found["rescale"] = work.number(one, "rescale", 0.7)
            found["modality"] = work.number(one, "modality_scale", 3.0)
        given = work.given(one, "parameters")
    return found or {"guidance": 1.0}


def _numbers(text: str) -> list[float]:
    return [float(word) for word in re.findall(r"-?\d{1,6}(?:\.\d{1,9})?", text)]


def _middle(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


READERS: Mapping[str, Callable[[Part, Work], Mapping[str, float]]] = {
    "BasicGuider": _basic,
    "STGGuider": _stg,
    "STGGuiderAdvanced": _stg_by_step,
    "MultimodalGuider": _of_both,
}

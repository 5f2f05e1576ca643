"""Loaders of ComfyUI: one Load Model for each transformer, to which its other parts belong.

Our models are put together by the program: who chooses a transformer gets the text encoder, codecs
and connectors of its family from the model folders. So ComfyUI's loaders of those parts become
links to the transformer's node (`lending` has found out which), and their file names are said.
"""

from __future__ import annotations

import math
import re

from aiprod_studio.app.comfy.sheet import Part
from aiprod_studio.app.comfy.work import NOTHING, Given, Work
from aiprod_studio.graph.records import Json, Mode

ENDING = re.compile(r"\.(safetensors|sft|gguf|ckpt|pth?|bin)$", re.IGNORECASE)
PICKLED = re.compile(r"\.(ckpt|pth?|bin)$", re.IGNORECASE)

USUAL_SHIFTS = {"wan": 8.0, "ltx": round(math.exp(2.37), 3)}
"""How far ComfyUI shifts noise levels where no node says otherwise, by the name of the file."""


def checkpoint(part: Part, work: Work) -> tuple[Given, ...]:
    """Transformer, text encoder and codec from one file."""
    dit = transformer(part, work)[0]
    return dit, _part_of(dit, work, "text_encoder"), _part_of(dit, work, "vae")


def transformer(part: Part, work: Work) -> tuple[Given, ...]:
    """The transformer of a file, with the shift that ComfyUI samples its family with."""
    file = _file(part, work)
    family = next((name for name in USUAL_SHIFTS if name in stem(file).casefold()), "")
    made = work.out(_loaded(part, work, file), "dit")
    return (made.known(usual_shift=USUAL_SHIFTS.get(family)),)


def text_encoder(part: Part, work: Work) -> tuple[Given, ...]:
    """A text encoder, with the connectors where the family has them."""
    found = _beside(part, work, "text_encoder")
    names = " ".join(str(value) for value in part.values.values()).casefold()
    newer = "gemma" in names or part.kind.startswith("LTX")
    node = found.source[0] if found.source else ""
    return (found.known(connectors=work.out(node, "connectors")) if newer and node else found,)


def codec(part: Part, work: Work) -> tuple[Given, ...]:
    """A video codec."""
    return (_beside(part, work, "vae"),)


def sound_codec(part: Part, work: Work) -> tuple[Given, ...]:
    """A sound codec; the vocoder belongs to it."""
    return (_beside(part, work, "audio_vae"),)


def upscaler(part: Part, work: Work) -> tuple[Given, ...]:
    """An upscaler of latents or of frames."""
    return (work.out(_loaded(part, work, _file(part, work), "enlarger"), "upscaler"),)


def lora(part: Part, work: Work) -> tuple[Given, ...]:
    """A LoRA beside a transformer; what it would do to a text encoder is left out."""
    model = work.given(part, "model")
    name = stem(work.text(part, "lora_name"))
    readers = {slot for _, _, slot in work.users.get(part.key, ())}
    if readers == {1} and part.kind == "LoraLoader":
        work.remarks.say(name or "LoRA", "here a LoRA cannot change a text encoder; it is left out")
        return model, work.given(part, "clip")
    made = _with_lora(part, work, model, name, work.number(part, "strength_model", 1.0))
    if part.kind == "LoraLoader" and work.number(part, "strength_clip", 0.0):
        work.remarks.say(
            name or "LoRA", "here a LoRA changes the transformer only, no text encoder"
        )
    return made, work.given(part, "clip")


def several_loras(part: Part, work: Work) -> tuple[Given, ...]:
    """A list of LoRAs that can be switched on and off one by one."""
    model = work.given(part, "model")
    for entry in (*part.values.values(), *part.loose):
        if isinstance(entry, dict) and isinstance(entry.get("lora"), str):
            mode: Mode = part.mode if entry.get("on", True) else "bypass"
            name, strength = stem(entry["lora"]), entry.get("strength", 1.0)
            model = _with_lora(part, work, model, name, strength, mode)
    return model, work.given(part, "clip")


def _with_lora(
    part: Part, work: Work, model: Given, name: str, strength: Json, mode: Mode | None = None
) -> Given:
    params: dict[str, Json | Given] = {"lora": name, "strength": strength}
    made = work.add(part, "models.lora", {"model": model}, params, name="lora", mode=mode)
    return work.out(made, "dit", model.facts)


def shifted(part: Part, work: Work) -> tuple[Given, ...]:
    """A transformer whose noise schedule is shifted: the sampler takes it over."""
    model = work.given(part, "model")
    if part.mode != "active":
        return (model,)
    if part.kind == "ModelSamplingSD3":
        return (model.known(shift=work.number(part, "shift", 3.0)),)
    highest = work.number(part, "max_shift", 2.05)
    return (model.known(shift=round(math.exp(highest), 3)),)


def stem(file: str) -> str:
    """Return the name that the library has for a model file: no folders, no ending."""
    return ENDING.sub("", file.replace("\\", "/").rpartition("/")[2]).strip()


def _file(part: Part, work: Work) -> str:
    for name in ("ckpt_name", "unet_name", "model_name", "gguf_name", "model"):
        found = work.value(part, name) if name in (*part.values, *part.sources) else None
        if isinstance(found, str):
            return found
    return ""


def _loaded(part: Part, work: Work, file: str, name: str = "model") -> str:
    """Return the node that loads a file; one for each file."""
    wanted = stem(file)
    if PICKLED.search(file):
        why = "files of this kind can run code when they are opened, so they are not opened here"
        work.remarks.say(file, why, "Use the .safetensors or .gguf version of it.")
    mode: Mode = "active" if part.mode == "active" else "mute"
    if wanted not in work.models:
        params: dict[str, Json | Given] = {"model": wanted}
        work.models[wanted] = work.add(part, "models.load", {}, params, name=name, mode=mode)
    made = work.made[work.models[wanted]]
    if mode == "active" and made.mode != mode:
        made.mode, made.part = mode, part
    return made.name


def _part_of(dit: Given, work: Work, output: str) -> Given:
    return work.out(dit.source[0], output) if dit.source else NOTHING


def _beside(part: Part, work: Work, output: str) -> Given:
    """Return a part of the transformer's model, and say which file ComfyUI took it from."""
    dit = work.given(part, "model")
    files = [stem(v) for v in part.values.values() if isinstance(v, str) and ENDING.search(v)]
    if dit.source is None:
        return work.out(_loaded(part, work, files[0] if files else ""), output)
    node = dit.source[0]
    own = work.made[node].params.get("model")
    for file in files:
        if file != own:
            why = "a model's other parts are found by the program, from the same family"
            work.remarks.say(file, why, "The plan shows which files it takes.", minor=True)
    return work.out(node, output)

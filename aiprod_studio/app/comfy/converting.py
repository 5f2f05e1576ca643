"""From a sheet to a document: every part by its counterpart, what has none as a ghost."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from aiprod_studio.app.comfy.counterpart import Counterpart
from aiprod_studio.app.comfy.placing import frames_of, notes_of, places_of
from aiprod_studio.app.comfy.sheet import Part, Sheet
from aiprod_studio.app.comfy.table import COUNTERPARTS
from aiprod_studio.app.comfy.work import NOTHING, Given, Made, Work
from aiprod_studio.graph.format import FORMAT, VERSION, joined, text_of
from aiprod_studio.graph.records import Json
from aiprod_studio.graph.specs import Specs
from aiprod_studio.sdk import Problem

GHOST = "comfy."
TYPES: Mapping[str, str] = {
    "MODEL": "dit", "CLIP": "text_encoder", "VAE": "vae", "LATENT": "latents", "AUDIO": "audio",
    "CONDITIONING": "conditioning", "IMAGE": "image", "VIDEO": "video", "INT": "integer",
    "FLOAT": "number", "STRING": "text", "BOOLEAN": "boolean",
    "LATENT_UPSCALE_MODEL": "upscaler", "UPSCALE_MODEL": "upscaler",
}  # fmt: skip
"""What ComfyUI's socket types are here; of a ghost's outputs it is only a guess."""


def converted(sheet: Sheet, specs: Specs) -> tuple[str, tuple[Problem, ...]]:
    """Return a document's text, and what could not be taken over as it was."""
    work = Work(sheet, specs)
    order = sheet.ordered()
    wanted = _wanted_by_ghosts(order)
    for part in order:
        entry = COUNTERPARTS.get(part.kind)
        found = _by_table(part, work, entry) if entry and part.key not in wanted else None
        work.keep(part, _ghost(part, work) if found is None else found)
    _cleared(work)
    return text_of(_document(work)), work.remarks.problems()


def _by_table(part: Part, work: Work, entry: Counterpart) -> Iterable[Given] | None:
    if entry.says:
        work.remarks.say(part.title or part.kind, entry.says)
    if entry.rule is not None and not entry.folded:
        return entry.rule(part, work)
    if entry.folded:
        slots = max(2, len(part.outputs))
        return [Given(part=part, facts={"slot": slot}) for slot in range(slots)]
    return [work.given(part, name) if name else NOTHING for name in entry.passes]


def _wanted_by_ghosts(order: Sequence[Part]) -> set[str]:
    """Return the folded parts that a ghost reads, so that they must be ghosts themselves."""
    folded = {part.key for part in order if _folded(part)}
    found: set[str] = set()
    for part in reversed(order):
        if part.kind not in COUNTERPARTS or part.key in found:
            found |= folded & {source for source, _ in part.sources.values()}
    return found


def _folded(part: Part) -> bool:
    entry = COUNTERPARTS.get(part.kind)
    return entry is not None and entry.folded


def _ghost(part: Part, work: Work) -> list[Given]:
    """Keep a part as it is: its class, its values and its links."""
    kind = GHOST + part.kind
    wish = re.sub(r"[^\w ]+", "", part.kind).strip() or "node"
    mode = "mute" if part.mode == "bypass" else part.mode
    name = work.add(part, kind, name=wish, mode=mode)
    made = work.made[name]
    made.params.update(part.values)
    if part.loose:
        made.params["widgets_values"] = list(part.loose)
    film = False
    for socket in part.sources:
        given = work.given(part, socket)
        film = film or given.type == "video"
        if given.source is not None:
            made.inputs[_socket(socket)] = given.source
        elif given.value is not None:
            made.params[socket] = given.value
    if mode == part.mode:
        work.remarks.ghost(part.kind, name)
        return [_guessed(name, slot, part, film) for slot in range(_slots(part, work))]
    return [_passed(part, work, kind) for _, kind in part.outputs]


def _slots(part: Part, work: Work) -> int:
    read = [slot for _, _, slot in work.users.get(part.key, ())]
    return min(max([len(part.outputs), *(slot + 1 for slot in read)]), 100)


def _guessed(name: str, slot: int, part: Part, film: bool) -> Given:
    """Return an output of a ghost; a guess at its type keeps films and pictures apart."""
    told = part.outputs[slot] if slot < len(part.outputs) else ("", "")
    kind = TYPES.get(told[1], "")
    kind = "video" if kind == "image" and film else kind
    folded = part if _folded(part) else None
    source = (name, _socket(told[0]) or f"output_{slot + 1}")
    return Given(source, kind, part=folded, facts={"slot": slot} if folded else {})


def _passed(part: Part, work: Work, kind: str) -> Given:
    """Return what a bypassed ghost passes on: its first input of the output's type."""
    wanted = TYPES.get(kind)
    found = (work.given(part, name) for name in part.sources)
    fitting = (given for given in found if given.source and given.type)
    return next((g for g in fitting if g.type == wanted or {g.type, wanted} == {"video", "image"}),
                NOTHING)  # fmt: skip


def _socket(name: str) -> str:
    """Return a socket's name as a link can hold it."""
    return re.sub(r"[.\s]+", "_", name).strip("_")


def _cleared(work: Work) -> None:
    """Take out what was made for somebody who did not want it after all, and loose ends."""
    read = {source for made in work.made.values() for source, _ in made.inputs.values()}
    for name, made in list(work.made.items()):
        spec = work.specs.get(made.type)
        alone = name not in read and spec is not None and not spec.writes
        if alone and made.type in ("text.prompt", "audio.of_video"):
            del work.made[name]
        elif (
            alone
            and spec
            and any(not s.optional and s.name not in made.inputs for s in spec.inputs)
        ):
            made.mode = "mute"


def _document(work: Work) -> dict[str, Json]:
    places = places_of(work)
    raw: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "nodes": {name: _node(made, work) for name, made in work.made.items()},
        "view": {name: {"pos": list(at)} for name, at in places.items()},
    }
    frames, notes = frames_of(work, places), notes_of(work.sheet)
    return raw | ({"frames": frames} if frames else {}) | ({"notes": notes} if notes else {})


def _node(made: Made, work: Work) -> dict[str, Json]:
    spec = work.specs.get(made.type)
    raw: dict[str, Json] = {"type": made.type}
    if spec is not None:
        raw["version"] = spec.version
    if made.mode != "active":
        raw["mode"] = made.mode
    if made.params:
        raw["params"] = made.params
    inputs = {
        name: joined(source) for name, source in made.inputs.items() if source[0] in work.made
    }
    return raw | ({"inputs": inputs} if inputs else {})

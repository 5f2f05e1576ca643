"""`aiprod-studio inspect`: what model files are and whether they fit here, without torch."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from aiprod_studio.app import modelling
from aiprod_studio.app.device import choose_device
from aiprod_studio.app.places import user_places
from aiprod_studio.app.settings import load_settings
from aiprod_studio.app.terminal import console
from aiprod_studio.memory.budgets import Budgets, choose_budgets, measure_machine, show_size
from aiprod_studio.sdk import ExitCode, Refusal

if TYPE_CHECKING:
    from aiprod_studio.models.inspection import FileReport, Inspection, MissingPart


def inspect(given: argparse.Namespace) -> int:
    """Print what the files are; exit code 2 when one of them cannot be used."""
    from aiprod_studio import models

    found = models.inspect(given.files)
    fit = _fit(found)
    if given.json:
        console.show_json({**found.to_dict(), "fit": fit})
    else:
        for line in _lines(found, fit):
            console.show_text(line)
    return ExitCode.DONE if found.sound else ExitCode.INVALID


def _lines(found: Inspection, fit: dict[str, str]) -> Iterator[str]:
    for file in found.files:
        yield from _file(file)
    for part in found.missing:
        size = f"about {show_size(part.nbytes)}, " if part.nbytes else ""
        here = _here(found, part)
        more = f"; {here} is in your library" if here else ""
        yield f"missing: {part.component} ({size}usually {part.file} in {part.folder}/){more}"
    for component, sentence in fit.items():
        yield f"fits: {component}: {sentence}"


def _here(found: Inspection, part: MissingPart) -> str:
    """Return the name of a file in the library that would serve as a missing part, or nothing."""
    told = {(f.family, f.generation) for f in found.files if f.parts}
    places = user_places()
    known = modelling.library(places, load_settings(places.settings).model_folders)
    for entry in known.entries():
        agrees = any(e == entry.family and g in ("", entry.generation) for e, g in told)
        if part.component in entry.parts and agrees and not entry.problem:
            return entry.name
    return ""


def _file(file: FileReport) -> Iterator[str]:
    yield f"{file.path} ({show_size(file.size)})"
    if file.problem:
        yield f"  {file.problem}"
        return
    name = f"{file.title} {file.generation}".strip() or "a model of an unknown family"
    yield f"  {name}, {file.storage}, {file.tensors:,} tensors, {_count(file.parameters)} numbers"
    for part in file.parts:
        blocks = f", {part.blocks} blocks of {show_size(part.block_bytes)}" if part.blocks else ""
        size = f"{_count(part.parameters)} numbers, {show_size(part.nbytes)}{blocks}"
        yield f"  {part.component:<18} {size}  ({part.class_name})"
    if file.lora is not None:
        ranks = ", ".join(map(str, file.lora.ranks))
        kinds = "/".join(file.lora.kinds)
        yield f"  {kinds} for {file.lora.made_for}: rank {ranks}, changes {file.lora.layers} layers"
    for remark in file.remarks:
        yield f"  note: {remark}"


def _count(number: int) -> str:
    for size, word in ((10**9, "billion"), (10**6, "million")):
        if number >= size:
            return f"{number / size:.1f} {word}"
    return f"{number:,}"


def _fit(found: Inspection) -> dict[str, str]:
    """Say for each part how this machine would hold it."""
    from aiprod_studio.models import describe

    sound = [file.path for file in found.files if not file.problem and file.parts]
    if not sound:
        return {}
    try:
        parts: dict[str, Any] = dict(describe(sound))
        device = choose_device("auto")
        places = user_places()
        settings = load_settings(places.settings)
        machine = measure_machine(device.name, places.cache)
        budgets = choose_budgets(machine, vram=settings.vram, ram=settings.ram)
    except Refusal as refusal:
        return {"together": str(refusal)}
    return {
        component: _held(modelling.bare(facts), device.compute_type, budgets, device.name)
        for component, facts in parts.items()
    }


def _held(model: Any, compute_type: str, budgets: Budgets, device: str) -> str:
    from aiprod_studio.memory.planning import place

    described = modelling.on_disk(model, compute_type)
    where = "in main memory" if device == "cpu" else f"on {device}"
    try:
        placed = place(described, modelling.room_of(budgets, device))
    except Refusal as refusal:
        return str(refusal)
    if placed.whole:
        return f"whole, {show_size(placed.device)} {where}"
    blocks = len(described.block_bytes)
    streamed = f"{blocks - placed.resident} of {blocks} blocks streamed"
    return f"{streamed}, {show_size(placed.device)} {where}, {show_size(placed.host)} of RAM"

"""`aiprod-studio doctor`: what this machine has, what the program chose and why, what is missing.

It looks and tells; it changes nothing. This is the one command that imports torch just to ask.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from aiprod_studio import __version__
from aiprod_studio.app.device import Device, choose_device, has_card
from aiprod_studio.app.modelling import STARTER, absent, library, searched, starter_folder
from aiprod_studio.app.places import Places, user_places
from aiprod_studio.app.planning.rating import measure
from aiprod_studio.app.settings import Settings, load_settings
from aiprod_studio.app.terminal import console
from aiprod_studio.memory.budgets import (
    choose_budgets,
    describe_budgets,
    measure_machine,
    measure_ram,
    show_size,
)
from aiprod_studio.sdk import ExitCode, Refusal

SIGNS = {"ok": "ok", "note": "--", "missing": "!!"}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `state` is ok, note or missing."""

    about: str
    found: str
    state: str = "ok"
    remedy: str = ""


def examine(*, as_json: bool) -> int:
    """Print all findings; exit code 3 when something that every run needs is missing."""
    findings = list(_findings(user_places()))
    missing = any(finding.state == "missing" for finding in findings)
    if as_json:
        console.show_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            line = f"{SIGNS[finding.state]}  {finding.about + ':':<14} {finding.found}"
            console.show_text(f"{line}\n{'':<19}{finding.remedy}" if finding.remedy else line)
    return ExitCode.MISSING if missing else ExitCode.DONE


def _findings(places: Places) -> Iterator[Finding]:
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    yield Finding("program", f"AIPROD Studio {__version__}, {system}")
    total, free = measure_ram()
    yield Finding("processor", f"{os.cpu_count()} cores")
    yield Finding("memory", f"{show_size(total)}, {show_size(free)} free")
    settings, found = _settings(places)
    yield found
    yield from _torch()
    yield from _budgets(places, settings)
    yield _ffmpeg()
    yield _starter()
    yield from _folders(places, settings)
    yield from _models(places, settings)


def _settings(places: Places) -> tuple[Settings, Finding]:
    """Return the settings that hold; a damaged file is said and the defaults are looked at."""
    try:
        return load_settings(places.settings), Finding("settings", str(places.settings), "note")
    except Refusal as refusal:
        return Settings(), Finding("settings", str(refusal), "missing")


def _folders(places: Places, settings: Settings) -> Iterator[Finding]:
    """Name the folders that the settings speak of too, by the same names."""
    gone = absent(settings.model_folders)
    for folder in map(str, searched(places, settings.model_folders)):
        if folder not in gone:
            yield Finding("model folder", folder, "note")
    for folder in gone:
        remedy = "Connect its disk, or take it out of the settings."
        yield Finding("model folder", f"{folder} is not there", "note", remedy)
    for folder in settings.folders:
        yield Finding("may be read", folder, "note")
    yield Finding("packs", str(places.packs), "note")
    yield Finding("cache", str(places.cache), "note")


def _torch() -> Iterator[Finding]:
    try:
        import torch
    except ImportError as error:
        remedy = "Run installer/bootstrap.py again."
        yield Finding("torch", f"it cannot be imported ({error})", "missing", remedy)
        return
    built = torch.version.cuda
    yield Finding("torch", f"{torch.__version__} ({f'CUDA {built}' if built else 'no CUDA'})")
    if not torch.cuda.is_available():
        yield _no_card(built)
        return
    for number in range(torch.cuda.device_count()):
        yield _card(number)


def _no_card(built: str | None) -> Finding:
    if not has_card():
        return Finding("graphics card", "none that torch can use; models run on the processor")
    remedy = (
        "The driver is too old for this torch: update the NVIDIA driver."
        if built
        else "This torch was built without CUDA: run installer/bootstrap.py again."
    )
    return Finding("graphics card", "there is one, but torch cannot use it", "note", remedy)


def _card(number: int) -> Finding:
    import torch

    from aiprod_studio.models.compute import has_kernels

    about = torch.cuda.get_device_properties(number)
    code = f"sm_{about.major}{about.minor}"
    shown = f"cuda:{number} {about.name}, {show_size(about.total_memory)}, {code}"
    if has_kernels((about.major, about.minor), torch.cuda.get_arch_list()):
        return Finding("graphics card", shown)
    remedy = "Run installer/bootstrap.py again: it picks the torch that still holds its code."
    return Finding("graphics card", f"{shown}: this torch has no code for it", "missing", remedy)


def _budgets(places: Places, settings: Settings) -> Iterator[Finding]:
    try:
        device = choose_device("auto")
        machine = measure_machine(device.name, places.cache)
        budgets = choose_budgets(machine, vram=settings.vram, ram=settings.ram)
    except Refusal as refusal:
        yield Finding("budgets", str(refusal), "missing")
        return
    yield Finding("compute type", f"{device.compute_type} on {device.name}: {device.why}")
    yield _speed(device)
    parts = (f"{kind} {size}" for kind, size in describe_budgets(budgets).items())
    yield Finding("budgets", ", ".join(parts))
    for note in budgets.notes:
        yield Finding("budgets", note, "note")


def _speed(device: Device) -> Finding:
    """Measure how fast the device computes and copies; plans use the figures from now on."""
    from aiprod_studio.memory.devices import open_device

    try:
        rates = measure(device, open_device(device.name))
    except (RuntimeError, MemoryError) as error:
        return Finding("speed", f"it could not be measured ({str(error).splitlines()[0]})", "note")
    shown = f"{rates.flops / 1e12:.2f} TFLOPS in {device.compute_type}"
    return Finding("speed", f"{shown}, {rates.bus / 1e9:.1f} GB/s to the device")


def _ffmpeg() -> Finding:
    from aiprod_studio.media.process import executable

    try:
        command = [executable(), "-hide_banner", "-version"]
        told = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    except (OSError, RuntimeError, subprocess.SubprocessError, Refusal) as error:
        remedy = "Run installer/bootstrap.py again."
        return Finding("ffmpeg", f"it does not start ({error})", "missing", remedy)
    return Finding("ffmpeg", told.stdout.partition("\n")[0].removeprefix("ffmpeg version "))


def _models(places: Places, settings: Settings) -> Iterator[Finding]:
    for entry in library(places, settings.model_folders).scan():
        shown = f"{entry.path}: {entry.problem or entry.title}"
        yield Finding("model", shown, "note" if entry.problem else "ok")


def _starter() -> Finding:
    """Compare the files of the weights that are used, and of the base set, with their manifests."""
    remedy = "Install the program again; the starter model ships with it."
    try:
        used = _manifest(starter_folder())
        sets = {folder: _manifest(folder) for folder in (STARTER, starter_folder())}
        wrong = [name for folder, told in sets.items() for name in _damaged(folder, told)]
        size = sum(int(part["bytes"]) for told in sets.values() for part in told["files"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        return Finding("starter model", f"it is not whole ({error})", "missing", remedy)
    if wrong:
        return Finding("starter model", f"damaged: {', '.join(wrong)}", "missing", remedy)
    return Finding("starter model", f"{used['version']}, {show_size(size)}, in {starter_folder()}")


def _manifest(folder: Path) -> dict[str, Any]:
    told = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return dict(told)


def _damaged(folder: Path, manifest: dict[str, Any]) -> list[str]:
    return [
        part["file"]
        for part in manifest["files"]
        if hashlib.sha256((folder / part["file"]).read_bytes()).hexdigest() != part["sha256"]
    ]

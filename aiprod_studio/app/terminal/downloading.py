"""`aiprod-studio download` and `aiprod-studio models`: bring model files here, list what is here.

The only commands that may use the network, and only `download` does. Files go into the user's
model folder, in ComfyUI's sub-folders, so that ComfyUI can share them.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiprod_studio.app.modelling import absent, library
from aiprod_studio.app.places import user_places
from aiprod_studio.app.settings import load_settings
from aiprod_studio.app.terminal import console
from aiprod_studio.memory.budgets import show_size
from aiprod_studio.sdk import ExitCode, Refusal

if TYPE_CHECKING:
    from aiprod_studio.models.hub import Told
    from aiprod_studio.models.library import Entry, Library

FOLDERS = {
    "transformer": "diffusion_models", "video_vae": "vae", "audio_vae": "vae",
    "diffusion_decoder": "vae", "vocoder": "vae", "text_encoder": "text_encoders",
    "connectors": "text_encoders", "latent_upsampler": "latent_upscale_models",
    "duration_head": "model_patches",
}  # fmt: skip
"""ComfyUI's folder for a file with one part; files with several are checkpoints."""


def download(given: argparse.Namespace) -> int:
    """Fetch a model by its known name, or a file of the hub; without a name list the known ones."""
    from aiprod_studio.models import hub

    if given.name is None:
        return _known(given)
    source = hub.source_of(given.name)
    files = hub.listed(source)
    folder = (given.to or user_places().models).expanduser().absolute()
    inside = folder / source.folder if source.folder else folder / "incoming"
    told = _told(as_json=given.json)
    placed = hub.fetch(files, inside, told)
    if not source.folder:
        placed = tuple(_sorted_in(path, folder, source.repo) for path in placed)
    for path in placed:
        if given.json:
            console.show_json({"event": "downloaded", "path": str(path)})
        else:
            console.show_text(f"here: {path} ({show_size(path.stat().st_size)})")
    return ExitCode.DONE


def _told(*, as_json: bool) -> Told:
    """Return what prints progress, at whole percents."""
    shown = [-1]

    def tell(done: int, total: int) -> None:
        percent = 100 * done // max(total, 1)
        if percent == shown[0] or (percent % 5 and not as_json):
            return
        shown[0] = percent
        if as_json:
            console.show_json({"event": "progress", "done": done, "total": total})
        else:
            console.show_text(f"{percent:3d} % of {show_size(total)}")

    return tell


def _known(given: argparse.Namespace) -> int:
    from aiprod_studio.models.hub import KNOWN

    for name, source in KNOWN.items():
        if given.json:
            console.show_json({"name": name, "repo": source.repo, "folder": source.folder})
        else:
            console.show_text(f"{name:<32} {source.repo}, into {source.folder}/")
    return ExitCode.DONE


def _sorted_in(path: Path, folder: Path, repo: str) -> Path:
    """Move a file to where its kind belongs; what is no weights goes by its repository."""
    place = folder / folder_for(path, repo) / path.name
    place.parent.mkdir(parents=True, exist_ok=True)
    path.replace(place)
    return place


def folder_for(path: Path, repo: str) -> str:
    """Return ComfyUI's folder for a model file; files beside weights go with their repository."""
    from aiprod_studio.models import inspect

    own = repo.rpartition("/")[2]
    if path.suffix not in (".safetensors", ".gguf") or "-of-" in path.name:
        return f"text_encoders/{own}"
    report = inspect([path]).files[0]
    if report.lora is not None:
        return "loras"
    parts = [part.component for part in report.parts]
    return FOLDERS.get(parts[0], "checkpoints") if len(parts) == 1 else "checkpoints"


def models(given: argparse.Namespace) -> int:
    """List the model files of this machine, and what the models among them lack."""
    places = user_places()
    folders = load_settings(places.settings).model_folders
    known = library(places, folders)
    entries = known.scan()
    for folder in absent(folders):
        why = f"note: the model folder {folder} is not there"
        remedy = "connect its disk, or take it out of the settings"
        console.terminal(errors=True).print(f"{why}; {remedy}", markup=False, soft_wrap=True)
    if given.json:
        console.show_json([_facts(known, entry) for entry in entries])
    else:
        for line in _lines(known, entries, places.models):
            console.show_text(line)
    return ExitCode.DONE


def _facts(known: Library, entry: Entry) -> dict[str, Any]:
    missing = _missing(known, entry)
    return {
        "name": entry.name, "path": entry.path, "size": entry.size, "family": entry.family,
        "generation": entry.generation, "storage": entry.storage, "parts": list(entry.parts),
        "lora_for": entry.lora_for, "problem": entry.problem, "missing": missing,
    }  # fmt: skip


def _missing(known: Library, entry: Entry) -> list[dict[str, Any]]:
    """What a model lacks: parts with their usual file, size and folder; none for lone parts."""
    if "transformer" not in entry.parts or entry.problem:
        return []
    try:
        found = known.find(entry.path)
    except Refusal as refusal:
        return [{"component": "", "file": str(refusal), "bytes": 0, "folder": ""}]
    return [
        {"component": p.component, "file": p.file, "bytes": p.nbytes, "folder": p.folder}
        for p in found.missing
    ]


def _lines(known: Library, entries: tuple[Entry, ...], folder: Path) -> Iterator[str]:
    if not entries:
        yield f"No model files yet. Put them into {folder}, or run `aiprod-studio download`."
    for entry in entries:
        what = (
            f"LoRA for {entry.lora_for}" if entry.lora_for else f"{entry.title} {entry.generation}"
        )
        shown = entry.problem or f"{what.strip()}, {entry.storage}: {', '.join(entry.parts)}"
        yield f"{entry.name} ({show_size(entry.size)}): {shown}"
        for part in _missing(known, entry):
            size = f"about {show_size(part['bytes'])}, " if part["bytes"] else ""
            place = f" in {part['folder']}/" if part["folder"] else ""
            yield f"  missing: {part['component']} ({size}usually {part['file']}{place})"

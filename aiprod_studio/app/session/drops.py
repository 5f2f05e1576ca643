"""What a dropped or pasted file is, and what becomes of it: a node, a workflow, or a sentence.

The window asks in a thread, since heads of files are read. Nothing here runs a file, opens a socket
or changes a document.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias

from aiprod_studio.app.session.board_files import BOARDS, CUTS
from aiprod_studio.sdk import Invalid, Missing, Problem, Refusal

DropKind: TypeAlias = Literal[
    "image", "video", "audio", "model", "lora", "workflow", "rendered", "board"
]
PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".tif", ".tiff", ".bmp", ".avif", ".exr")
FILMS = (".mp4", ".mov", ".mkv", ".webm", ".m4v", ".avi")
SOUNDS = (".wav", ".mp3", ".flac", ".ogg", ".m4a", ".aac", ".opus")
MODELS = (".safetensors", ".gguf", ".sft")
PICKLES = (".ckpt", ".pt", ".pth", ".bin")
NODES: Mapping[str, tuple[str, str]] = {
    "image": ("files.load_image", "file"),
    "video": ("files.load_video", "file"),
    "audio": ("files.load_audio", "file"),
    "model": ("models.load", "model"),
    "lora": ("models.lora", "lora"),
}
"""For each kind of file the node that opens it, and the parameter that names the file."""


@dataclass(frozen=True)
class Dropped:
    """A file, and what it is. `text` is the workflow of a workflow or of a rendered file."""

    path: Path
    kind: DropKind
    text: str = field(default="", repr=False)
    note: str = ""


def examine(path: Path) -> Dropped:
    """Say what a file is.

    Raises:
        Refusal: it is nothing that the program can take, with what to do instead.
    """
    if path.is_dir():
        why = "it is a folder"
        raise Refusal(Invalid(f"folder {path.name}", why, "Drop the files that are in it."))
    if not path.is_file():
        raise Refusal(Missing(f"file {path}", "it is not there", "Drop a file of this machine."))
    ending = path.suffix.lower()
    if ending == ".json":
        return _workflow(path)
    if ending in (*PICTURES, *FILMS):
        return _media(path, "image" if ending in PICTURES else "video")
    kinds: list[tuple[tuple[str, ...], DropKind]] = [(SOUNDS, "audio"), ((*BOARDS, *CUTS), "board")]
    for endings, kind in kinds:
        if ending in endings:
            return Dropped(path, kind)
    if ending in MODELS:
        return _model(path)
    raise Refusal(_unknown(path))


def comfy_problem(path: Path) -> Problem:
    """Return why a ComfyUI workflow is not opened."""
    why = "it is a workflow of ComfyUI, whose nodes this program does not have"
    remedy = (
        "Start from a template and choose the same model files; pictures, LoRAs and prompts can be "
        "dropped in."
    )
    return Invalid(f"file {path.name}", why, remedy)


def _media(path: Path, kind: DropKind) -> Dropped:
    """A picture or a film; one that this program rendered holds its workflow."""
    from aiprod_studio.media.provenance import RECIPE_KEY, texts_of

    try:
        texts = texts_of(path)
    except Refusal:
        return Dropped(path, kind)
    recipe = texts.get(RECIPE_KEY)
    if recipe:
        return Dropped(path, "rendered", recipe, f"{kind}")
    note = "ComfyUI" if {"workflow", "prompt"} & set(texts) else ""
    return Dropped(path, kind, note=note)


def _workflow(path: Path) -> Dropped:
    try:
        text = path.read_text(encoding="utf-8")
        raw: Any = json.loads(text)
    except (OSError, ValueError) as error:
        why = f"it cannot be read as JSON ({error})"
        raise Refusal(Invalid(f"file {path.name}", why, "Drop a workflow's file.")) from None
    if isinstance(raw, dict) and ("format" in raw or "story" in raw):
        return Dropped(path, "workflow", text)
    if _is_comfy(raw):
        raise Refusal(comfy_problem(path))
    why = "it is JSON, but no workflow of this program"
    raise Refusal(Invalid(f"file {path.name}", why, "Drop a workflow's file."))


def _is_comfy(raw: Any) -> bool:
    if not isinstance(raw, dict):
        return False
    if isinstance(raw.get("nodes"), list) and "links" in raw:
        return True
    parts = list(raw.values())
    return bool(parts) and all(isinstance(part, dict) and "class_type" in part for part in parts)


def _model(path: Path) -> Dropped:
    from aiprod_studio.models import open_model
    from aiprod_studio.models.lora_file import is_lora

    try:
        return Dropped(path, "lora" if is_lora(open_model(path)) else "model")
    except Refusal:
        return Dropped(path, "model")


def _unknown(path: Path) -> Problem:
    where = f"file {path.name}"
    if path.suffix.lower() in PICKLES:
        why = "files of this kind can run code when they are opened, so they are not"
        return Invalid(where, why, "Use the .safetensors or .gguf version of the model.")
    why = f"files with the ending {path.suffix or '(none)'!r} are not known here"
    remedy = "Drop pictures, films, sounds, models (.safetensors, .gguf), boards or workflows."
    return Invalid(where, why, remedy)

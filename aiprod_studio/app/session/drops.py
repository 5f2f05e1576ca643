"""What a dropped or pasted file is, and what becomes of it: a node, a workflow, or a sentence.

The window asks in a thread, since heads of files are read. Nothing here runs a file, opens a socket
or changes a document.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias

from aiprod_studio.app.comfy import inside, is_comfy, makes_film, read_comfy
from aiprod_studio.app.session.board_files import BOARDS, CUTS, SOUNDS
from aiprod_studio.graph.specs import Specs
from aiprod_studio.sdk import Invalid, Missing, Problem, Refusal

DropKind: TypeAlias = Literal[
    "image", "video", "audio", "model", "lora", "workflow", "rendered", "board", "comfy"
]
PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".tif", ".tiff", ".bmp", ".avif", ".exr")
FILMS = (".mp4", ".mov", ".mkv", ".webm", ".m4v", ".avi")
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
    """A file, and what it is. `text` is the workflow of a workflow or of a rendered file.

    Of a workflow of ComfyUI it is what became of it here, and `problems` say what could not be
    taken over.
    """

    path: Path
    kind: DropKind
    text: str = field(default="", repr=False)
    note: str = ""
    problems: tuple[Problem, ...] = ()


def examine(path: Path, specs: Specs | None = None) -> Dropped:
    """Say what a file is.

    Args:
        path: the file.
        specs: the nodes that workflows of ComfyUI are taken over into; all of them by default.

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
        return _workflow(path, specs)
    if ending in (*PICTURES, *FILMS):
        return _media(path, "image" if ending in PICTURES else "video", specs)
    kinds: list[tuple[tuple[str, ...], DropKind]] = [(SOUNDS, "audio"), ((*BOARDS, *CUTS), "board")]
    for endings, kind in kinds:
        if ending in endings:
            return Dropped(path, kind)
    if ending in MODELS:
        return _model(path)
    raise Refusal(_unknown(path))


def _media(path: Path, kind: DropKind, specs: Specs | None) -> Dropped:
    """A picture or a film; one that was rendered holds its workflow.

    A picture that ComfyUI made stays a picture, unless its workflow makes films.
    """
    from aiprod_studio.media.provenance import RECIPE_KEY, texts_of

    try:
        texts = texts_of(path)
    except Refusal:
        return Dropped(path, kind)
    recipe = texts.get(RECIPE_KEY)
    if recipe:
        return Dropped(path, "rendered", recipe, f"{kind}")
    comfy = inside(path, texts)
    if comfy and makes_film(comfy):
        with suppress(Refusal):  # too large to be opened; the file itself is as good as any other
            return _comfy(path, comfy, specs, kind)
    return Dropped(path, kind, note="ComfyUI" if comfy else "")


def _comfy(path: Path, text: str, specs: Specs | None, note: str = "") -> Dropped:
    """A workflow of ComfyUI, taken over into nodes of this program."""
    from aiprod_studio.app.packs import registry

    made = read_comfy(text, registry().specs if specs is None else specs)
    return Dropped(path, "comfy", made.text, note, made.problems)


def _workflow(path: Path, specs: Specs | None) -> Dropped:
    try:
        text = path.read_text(encoding="utf-8-sig")
        raw: Any = json.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        why = f"it cannot be read as JSON ({error})"
        raise Refusal(Invalid(f"file {path.name}", why, "Drop a workflow's file.")) from None
    if isinstance(raw, dict) and ("format" in raw or "story" in raw):
        return Dropped(path, "workflow", text)
    if is_comfy(raw):
        return _comfy(path, text, specs)
    why = "it is JSON, but no workflow of this program"
    raise Refusal(Invalid(f"file {path.name}", why, "Drop a workflow's file."))


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

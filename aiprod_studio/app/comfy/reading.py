"""The way in: a workflow of ComfyUI, in either of its forms, becomes a document of ours.

`session.drops` and the command `comfy` call it. Nothing is run, no file that the workflow names is
opened, and no damaged file raises anything but a `Refusal`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from aiprod_studio.app.comfy.canvas_form import is_canvas, read_canvas
from aiprod_studio.app.comfy.converting import converted
from aiprod_studio.app.comfy.lending import complete
from aiprod_studio.app.comfy.prompt_form import is_prompt, read_prompt
from aiprod_studio.graph.records import Json
from aiprod_studio.graph.specs import Specs
from aiprod_studio.sdk import Invalid, Missing, Problem, Refusal

LARGEST_FILE = 64 * 1024 * 1024


@dataclass(frozen=True)
class Converted:
    """A document's text, and what could not be taken over as it was."""

    text: str
    problems: tuple[Problem, ...] = ()


def read_comfy(given: str | Path, specs: Specs) -> Converted:
    """Return a workflow of ComfyUI as a document; a `Path` is opened, a text is taken as it is.

    Raises:
        Refusal: it is no workflow of ComfyUI, or has too many nodes.
    """
    text = _opened(given) if isinstance(given, Path) else given
    name = f"file {given.name}" if isinstance(given, Path) else "the workflow of ComfyUI"
    raw = parsed(text, name)
    if is_canvas(raw):
        sheet = read_canvas(raw)
    elif is_prompt(raw):
        sheet = read_prompt(raw)
    else:
        why = "it is no workflow of ComfyUI: it has neither nodes with links nor class types"
        raise Refusal(Invalid(name, why, "Save it in ComfyUI again, with Save or Export (API)."))
    complete(sheet)
    return Converted(*converted(sheet, specs))


def is_comfy(raw: Json) -> bool:
    """Say whether JSON is a workflow of ComfyUI, in one of its forms."""
    return is_canvas(raw) or is_prompt(raw)


def is_comfy_file(path: Path) -> bool:
    """Say whether a file is a workflow of ComfyUI, as JSON."""
    try:
        return path.suffix.lower() == ".json" and is_comfy(parsed(_opened(path), path.name))
    except Refusal:
        return False


def _opened(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        why = f"it cannot be opened: {getattr(error, 'strerror', None) or error}"
        raise Refusal(Missing(f"file {path}", why, "Check that it is there.")) from None
    if len(data) > LARGEST_FILE:
        raise Refusal(Invalid(f"file {path.name}", "it is larger than 64 MB", "Open a part of it."))
    return data.decode("utf-8-sig", "replace")


def parsed(text: str, name: str) -> Json:
    """Return the value of a JSON text; `name` is what a refusal calls it.

    Raises:
        Refusal: it is no JSON.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        why = f"it cannot be read as JSON ({error})"
        raise Refusal(Invalid(name, why, "Drop a workflow's file.")) from None

"""The command `comfy`: a workflow of ComfyUI is written as a workflow of this program."""

from __future__ import annotations

import argparse
from pathlib import Path

from aiprod_studio.app.comfy import open_comfy
from aiprod_studio.app.packs import registry
from aiprod_studio.app.terminal import console
from aiprod_studio.sdk import ExitCode, Invalid, Refusal


def convert(given: argparse.Namespace) -> int:
    """Write what a workflow of ComfyUI becomes, and say what could not be taken over.

    Raises:
        Refusal: the file holds no workflow of ComfyUI, or the new file is there already.
    """
    found = open_comfy(given.file, registry().specs)
    target = given.to or given.file.with_name(f"{given.file.stem}.aiprod.json")
    _write(target, found.text)
    if given.json:
        problems = [console.problem_facts(problem) for problem in found.problems]
        console.show_json({"file": str(target), "problems": problems})
        return ExitCode.DONE
    console.show_text(f"{target}")
    for problem in found.problems:
        console.show_text(f"- {problem}")
    return ExitCode.DONE


def _write(target: Path, text: str) -> None:
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        why = f"{target} exists already"
        raise Refusal(Invalid("argument -o", why, "Choose a new name with -o.")) from None
    except OSError as error:
        why = f"{target} cannot be written ({error.strerror or error})"
        raise Refusal(Invalid("argument -o", why, "Choose another place with -o.")) from None

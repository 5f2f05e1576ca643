"""What the user has decided once: allowed packs, folders, budgets. A small JSON file.

A damaged settings file is set aside and said, never fatal; saving is atomic.
"""

from __future__ import annotations

import dataclasses
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiprod_studio.sdk import Invalid, Refusal


@dataclass(frozen=True)
class Settings:
    """The user's decisions.

    `packs` maps a third-party pack's name to the digest of the code that was allowed; `folders`
    may be read by workflows; `model_folders` are scanned for models; `vram` and `ram` are budgets
    such as "8GB" (empty: what is free).
    """

    packs: dict[str, str] = field(default_factory=dict)
    folders: tuple[str, ...] = ()
    model_folders: tuple[str, ...] = ()
    vram: str = ""
    ram: str = ""


def load_settings(path: Path) -> Settings:
    """Read settings; missing ones are defaults, unknown ones are left out.

    Raises:
        Refusal: the file is there but cannot be understood.
    """
    if not path.is_file():
        return Settings()
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        return Settings(**_known(raw))
    except (ValueError, TypeError, OSError, AttributeError) as error:
        why = f"the settings cannot be read ({error})"
        remedy = "Mend the file or delete it; without it the program starts with its defaults."
        raise Refusal(Invalid(f"file {path}", why, remedy)) from error


def save_settings(settings: Settings, path: Path) -> None:
    """Write settings atomically."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    text = json.dumps(dataclasses.asdict(settings), indent=2, sort_keys=True)
    with new.open("w", encoding="utf-8") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def _known(raw: dict[str, Any]) -> dict[str, Any]:
    names = {item.name for item in dataclasses.fields(Settings)}
    known = {name: value for name, value in raw.items() if name in names}
    for name in ("folders", "model_folders"):
        if name in known:
            known[name] = tuple(str(item) for item in known[name])
    if "packs" in known:
        known["packs"] = {str(key): str(value) for key, value in known["packs"].items()}
    return known

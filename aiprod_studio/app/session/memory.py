"""What the window remembers from one start to the next: its look, layout, shortcuts, habits.

A small JSON file beside the settings. Unlike those it changes nothing that a run does, so a damaged
one is simply forgotten. Saving is atomic and never fails loudly.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class WindowMemory:
    """The window's habits.

    `theme` is dark or light; `scale` in percent, 100 to 200; `keys` the artist's own shortcuts by
    action id; `geometry` the window's place as Qt writes it, base64; `splits` sizes of panes by
    name; `workspace` the last one used; `panels` which side panels are open.
    """

    theme: str = "dark"
    scale: int = 100
    keys: dict[str, list[str]] = field(default_factory=dict)
    geometry: str = ""
    splits: dict[str, list[int]] = field(default_factory=dict)
    panels: dict[str, bool] = field(default_factory=dict)
    workspace: str = "graph"
    favourites: tuple[str, ...] = ()
    tour_seen: bool = False
    show_plan: bool = True
    notify: bool = True
    last_folder: str = ""


def load_memory(path: Path) -> WindowMemory:
    """Read what was remembered; what cannot be understood is left out."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return WindowMemory()
    return WindowMemory(**_known(raw)) if isinstance(raw, dict) else WindowMemory()


def save_memory(memory: WindowMemory, path: Path) -> None:
    """Remember; a disk that cannot be written is not worth a word."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_suffix(".new")
        text = json.dumps(dataclasses.asdict(memory), indent=2, sort_keys=True)
        new.write_text(text + "\n", encoding="utf-8")
        new.replace(path)


def _known(raw: dict[str, Any]) -> dict[str, Any]:
    """Return the fields whose values are of the right kind."""
    found: dict[str, Any] = {}
    plain = WindowMemory()
    for item in dataclasses.fields(WindowMemory):
        value, default = raw.get(item.name), getattr(plain, item.name)
        if isinstance(default, tuple) and isinstance(value, list):
            found[item.name] = tuple(str(part) for part in value)
        elif type(value) is type(default):
            found[item.name] = value
    if found.get("theme") not in ("dark", "light"):
        found.pop("theme", None)
    found["scale"] = min(200, max(100, found.get("scale", 100)))
    found["keys"] = _lists(found.get("keys"), str)
    found["splits"] = _lists(found.get("splits"), int)
    found["panels"] = {k: v for k, v in found.get("panels", {}).items() if isinstance(v, bool)}
    return found


def _lists(raw: Any, kind: type) -> dict[str, Any]:
    pairs = raw.items() if isinstance(raw, dict) else ()
    return {
        str(name): value
        for name, value in pairs
        if isinstance(value, list) and all(type(part) is kind for part in value)
    }

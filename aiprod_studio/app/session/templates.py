"""The templates that ship with the program: what each is called, what it does, what it looks like.

The gallery shows them. Opening one makes a new document; its files are copied to it. No Qt.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiprod_studio.app.places import shipped

ORDER = (
    "image_to_video", "text_to_video", "first_last_frame", "storyboard_to_film", "retake",
    "upscale",
)  # fmt: skip
TITLES = {
    "image_to_video": "Image to video", "text_to_video": "Text to video",
    "first_last_frame": "First and last frame", "storyboard_to_film": "Storyboard to film",
    "retake": "Retake", "upscale": "Upscale",
}  # fmt: skip


@dataclass(frozen=True)
class Template:
    """A workflow to begin with. `picture` may be missing; `needs` is what it needs beside us."""

    name: str
    title: str
    about: str
    file: Path
    picture: Path
    needs: str = ""

    @property
    def workspace(self) -> str:
        """Where its work begins: on the board when it holds shots, else on the graph."""
        return "board" if self.name.startswith("storyboard") else "graph"


def templates() -> list[Template]:
    """Return all templates: those that run at once first, then those that need a model."""
    folder = shipped("workflows")
    found = [_template(file, "") for file in folder.glob("*.json")]
    found.sort(key=lambda t: (ORDER.index(t.name) if t.name in ORDER else len(ORDER), t.name))
    others = [_template(file, file.parent.name.upper()) for file in folder.glob("*/*.json")]
    return found + sorted(others, key=lambda t: t.name)


def _template(file: Path, needs: str) -> Template:
    name = f"{file.parent.name}/{file.stem}" if needs else file.stem
    title, about = _words(file)
    picture = shipped("resources") / "gallery" / f"{name}.png"
    return Template(
        name, TITLES.get(file.stem, title or _pretty(file.stem)), about, file, picture, needs
    )


def _words(file: Path) -> tuple[str, str]:
    """Return the first sentence and the rest of a template's note "about"."""
    try:
        raw: Any = json.loads(file.read_text(encoding="utf-8"))
        notes = raw.get("notes", []) if isinstance(raw, dict) else []
        text = next((str(n.get("text", "")) for n in notes if n.get("name") == "about"), "")
    except (OSError, ValueError, AttributeError):
        return "", ""
    title, _, rest = text.partition(".")
    return title.strip(), rest.strip()


def _pretty(name: str) -> str:
    return name.replace("_", " ").capitalize()

"""Panels on the clipboard: as our own data, and as words that other programs can paste.

What comes from the clipboard is as little trusted as a file: what is no panel is left out.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMimeData

from aiprod_studio.story.board import Panel

KIND = "application/x-aiprod-panels+json"
MOST = 1000
"""Panels taken at once."""


@dataclass(frozen=True)
class Packed:
    """Panels without names, and the folder that their files are relative to."""

    panels: tuple[Panel, ...] = ()
    folder: Path = Path()


def packed(panels: Sequence[Panel], folder: Path) -> QMimeData:
    """Return panels as data for the clipboard; their words are its text."""
    data = QMimeData()
    fields = [key for key in Panel.FIELDS if key != "name"]
    raw = [{key: getattr(panel, key) for key in fields} for panel in panels]
    data.setData(KIND, json.dumps({"folder": str(folder.resolve()), "panels": raw}).encode())
    words = ("\n".join(filter(None, (each.dialogue, each.action))) for each in panels)
    data.setText("\n\n".join(filter(None, words)))
    return data


def unpacked(data: QMimeData) -> Packed:
    """Return the panels in data of the clipboard; none where it holds something else."""
    try:
        raw = json.loads(bytes(data.data(KIND).data())) if data.hasFormat(KIND) else {}
        folder, found = Path(str(raw["folder"])), list(raw["panels"])[:MOST]
    except (ValueError, KeyError, TypeError):
        return Packed()
    panels = (_panel(each) for each in found)
    return Packed(tuple(panel for panel in panels if panel is not None), folder)


def _panel(raw: Any) -> Panel | None:
    if not isinstance(raw, dict):
        return None
    try:
        values = {
            key: field.read(raw[key])
            for key, field in Panel.FIELDS.items()
            if key in raw and key != "name"
        }
    except ValueError:
        return None
    panel = Panel(**values)
    return replace(panel, frames=max(1, panel.frames))

"""The prompts that were written before, newest first, kept in a small file of the user's.

The prompt editor offers them. A damaged file is begun anew; nothing here is part of a workflow.
"""

from __future__ import annotations

import json
from pathlib import Path

MOST = 200
SHORTEST = 3


class PromptHistory:
    """Prompts in a file; `path` None keeps them only while the program runs."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._found: list[str] | None = None

    def prompts(self) -> list[str]:
        """Return the prompts, newest first."""
        if self._found is None:
            self._found = self._read()
        return list(self._found)

    def add(self, text: str) -> None:
        """Put a prompt first; one that only went on from the first takes its place."""
        words = text.strip()
        if len(words) < SHORTEST:
            return
        known = self.prompts()
        if known and (words.startswith(known[0]) or known[0].startswith(words)):
            known = known[1:]
        self._found = [words, *(old for old in known if old != words)][:MOST]
        self._write()

    def _read(self) -> list[str]:
        try:
            found = json.loads(self._path.read_text(encoding="utf-8")) if self._path else []
        except (OSError, ValueError):
            return []
        return [text for text in found if isinstance(text, str)] if isinstance(found, list) else []

    def _write(self) -> None:
        if self._path is None:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            new = self._path.with_suffix(".new")
            new.write_text(json.dumps(self._found, ensure_ascii=False, indent=1), encoding="utf-8")
            new.replace(self._path)
        except OSError:
            self._path = None  # a full or read-only disk: keep them while the program runs

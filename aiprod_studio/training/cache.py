"""The cache folder: where training keeps its pictures, latents, states and curves.

Arrays are plain .npy files that are read memory-mapped; a ready array appears under its name only
when it is complete. Nothing in it belongs to the program.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aiprod_studio.sdk.errors import Missing, Refusal


class Cache:
    """A folder of named arrays, JSON notes and curves."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)

    def path(self, name: str) -> Path:
        """The path of a file in the folder."""
        return self.folder / name

    def shards(self, kind: str) -> list[str]:
        """The names of the finished shards of a kind of data, in order."""
        return sorted(path.stem for path in self.folder.glob(f"{kind}-*.json"))

    def store(self, shard: str, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Write a shard's arrays; its note appears last and says that it is whole."""
        for name, array in arrays.items():
            np.save(self.path(f"{shard}.{name}.npy"), array)
        self.note(shard, {"arrays": sorted(arrays), "rows": len(next(iter(arrays.values())))})

    def read(self, shard: str, name: str) -> NDArray[Any]:
        """A shard's array, memory-mapped."""
        array: NDArray[Any] = np.load(self.path(f"{shard}.{name}.npy"), mmap_mode="r")
        return array

    def note(self, name: str, content: Mapping[str, Any]) -> None:
        """Write NAME.json at once or not at all."""
        passing = self.path(f"{name}.{os.getpid()}.part")
        passing.write_text(json.dumps(content, sort_keys=True, indent=1), encoding="utf-8")
        passing.replace(self.path(f"{name}.json"))

    def notes(self, name: str) -> dict[str, Any]:
        """Read NAME.json; empty where it is missing."""
        path = self.path(f"{name}.json")
        found = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        return found if isinstance(found, dict) else {}

    def need(self, name: str, stage: str) -> Path:
        """The path of a file that an earlier stage writes.

        Raises:
            Refusal: the stage has not run yet.
        """
        path = self.path(name)
        if not path.exists():
            why = f"{name} is not in {self.folder}"
            raise Refusal(Missing("cache", why, f"Run the stage {stage!r} first."))
        return path

    def log(self, curve: str, **values: float | str) -> None:
        """Append one point to a curve (JSON lines)."""
        line = json.dumps({"time": round(time.time(), 1)} | values)
        with self.path(f"{curve}.jsonl").open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    def curve(self, name: str) -> Iterator[dict[str, Any]]:
        """The points of a curve, oldest first."""
        path = self.path(f"{name}.jsonl")
        if path.is_file():
            for line in path.read_text(encoding="utf-8").splitlines():
                yield json.loads(line)

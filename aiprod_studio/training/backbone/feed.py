"""Batches from the cache: latents, actor cover and captions of stills or films.

Used by the picture and film stages. Shards are memory-mapped; for a graphics card all rows are held
there, because reading them one by one would keep it waiting. Rows are drawn by the step's own
random numbers, so a resumed run sees what an undisturbed one would.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from aiprod_studio.sdk.errors import Missing, Refusal
from aiprod_studio.training.backbone.words import END_ID
from aiprod_studio.training.cache import Cache

MIDDLE = 0.4
"""How often the later frame given is one between, not the last."""


@dataclass(frozen=True)
class Batch:
    """Latents (B, N, C), cover (B, N) and caption ids (B, words), tokens frames slowest.

    `keys` (B, cells, C) is one later frame of each film, encoded alone, and `times` (B,) its
    number; of stills they are empty.
    """

    latents: Tensor
    cover: Tensor
    captions: Tensor
    keys: Tensor
    times: Tensor

    def to(self, device: str) -> Batch:
        """The same on a device."""
        return Batch(*(getattr(self, each.name).to(device) for each in fields(self)))


class Feed:
    """The finished shards of one kind ("stills" or "films")."""

    def __init__(self, cache: Cache, kind: str, device: str = "cpu") -> None:
        self.cache, self.kind, self.device = cache, kind, device
        self.known: set[str] = set()
        self.shards: list[dict[str, NDArray[Any]]] = []
        self.held: dict[str, Tensor] = {}
        self.refresh()
        if not self.shards:
            why = f"no {kind} are in {cache.folder}"
            raise Refusal(Missing("cache", why, "Run the stage 'data' first."))
        self.grid = tuple(int(n) for n in self.shards[0]["latents"].shape[1:4])

    def refresh(self) -> None:
        """Take up shards that were finished since."""
        kept = ["latents", "weights", "captions"]
        kept += ["keys", "times"] if self.kind == "films" else []
        for shard in self.cache.shards(self.kind):
            if shard not in self.known:
                self.known.add(shard)
                self.shards.append({name: self.cache.read(shard, name) for name in kept})
                if self.device != "cpu":
                    self._hold(self.shards[-1])
        self.ends = np.cumsum([len(shard["latents"]) for shard in self.shards])

    def _hold(self, shard: dict[str, NDArray[Any]]) -> None:
        """Copy a shard to the device, behind what is there."""
        for name, array in shard.items():
            more = torch.from_numpy(np.array(array)).to(self.device)
            self.held[name] = torch.cat([self.held[name], more]) if name in self.held else more

    def __len__(self) -> int:
        return int(self.ends[-1])

    def batch(self, count: int, random: np.random.Generator, dropped: float = 0.1) -> Batch:
        """Random rows; a share `dropped` of the captions is empty."""
        rows = random.integers(0, len(self), count)
        captions = self._rows(rows, "captions").long()
        which = random.integers(0, captions.shape[1], count)
        ids = captions[torch.arange(count), torch.from_numpy(which)]
        empty = torch.zeros_like(ids)
        empty[:, 0] = END_ID
        none = torch.from_numpy(random.random(count) < dropped).to(ids.device)
        return Batch(
            self._rows(rows, "latents").float().flatten(1, 3),
            self._rows(rows, "weights").float().flatten(1),
            torch.where(none[:, None], empty, ids),
            *self._keys(rows, random),
        )

    def _keys(self, rows: NDArray[np.int64], random: np.random.Generator) -> tuple[Tensor, Tensor]:
        if "keys" not in self.shards[0]:
            return torch.empty(0), torch.empty(0)
        which = torch.from_numpy((random.random(len(rows)) < MIDDLE).astype(np.int64))
        each = torch.arange(len(rows))
        keys, times = self._rows(rows, "keys")[each, which], self._rows(rows, "times")[each, which]
        return keys.float().flatten(1, 2), times.float()

    def _rows(self, rows: NDArray[np.int64], name: str) -> Tensor:
        if self.held:
            return self.held[name][torch.from_numpy(rows).to(self.device)]
        return torch.from_numpy(np.stack([self._row(int(row), name) for row in rows]))

    def _row(self, row: int, name: str) -> NDArray[np.generic]:
        shard = int(np.searchsorted(self.ends, row, side="right"))
        first = int(self.ends[shard - 1]) if shard else 0
        found: NDArray[np.generic] = self.shards[shard][name][row - first]
        return found

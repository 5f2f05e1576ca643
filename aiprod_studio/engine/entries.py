"""A row of the store's index: how it is written, sealed and read.

Only the store uses it. The seal covers everything in the row and its key, so an altered row is
noticed like an altered file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiprod_studio.engine.codec import Encoded
from aiprod_studio.engine.outside import Outside

SCHEMA = (
    """CREATE TABLE IF NOT EXISTS entries (
        key TEXT PRIMARY KEY, type TEXT, structure TEXT, files TEXT, outside TEXT, seal BLOB,
        seconds REAL, precious INTEGER, made REAL, used REAL)""",
    """CREATE TABLE IF NOT EXISTS refs (
        digest TEXT, suffix TEXT, size INTEGER, key TEXT, PRIMARY KEY (digest, suffix, key)
        ) WITHOUT ROWID""",
    "CREATE INDEX IF NOT EXISTS refs_by_key ON refs (key)",
    """CREATE TABLE IF NOT EXISTS pins (
        key TEXT, owner TEXT, PRIMARY KEY (key, owner)) WITHOUT ROWID""",
)
INSERT = "INSERT OR REPLACE INTO entries VALUES (?,?,?,?,?,?,?,?,?,?)"
INSERT_REF = "INSERT OR REPLACE INTO refs VALUES (?,?,?,?)"
SELECT = (
    "SELECT key, type, structure, files, outside, seal, seconds, precious, made, used "
    "FROM entries WHERE key IN ({})"
)
SELECT_FOUND = "SELECT key, files, outside FROM entries WHERE key IN ({})"

INLINE = 64 << 10
"""Structures longer than this go into a file."""

TENSORS = ".safetensors"


@dataclass(frozen=True, slots=True)
class Blob:
    """A file that an entry refers to; `tensors` when it holds the value's own tensors."""

    digest: str
    suffix: str
    size: int
    tensors: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What the planner needs of an entry: the files it depends on, ours and the artist's."""

    key: str
    files: str
    outside: str

    def blobs(self) -> list[Blob]:
        """Return the files in the store; a tensor file comes first."""
        return [Blob(*told) for told in json.loads(self.files)] if self.files else []

    def pointed_at(self) -> list[Outside]:
        """Return the artist's files that the value points at."""
        if not self.outside:
            return []
        return [Outside(path, tuple(at), saved) for path, at, saved in json.loads(self.outside)]


@dataclass(frozen=True, slots=True)
class Entry:
    """One row, as it lies in the index."""

    key: str
    type: str
    structure: str
    files: str
    outside: str
    seal: bytes
    seconds: float
    precious: int
    made: float
    used: float

    @property
    def row(self) -> Sequence[Any]:
        """The values in the order of the columns."""
        return (
            self.key, self.type, self.structure, self.files, self.outside, self.seal,
            self.seconds, self.precious, self.made, self.used,
        )  # fmt: skip

    @property
    def found(self) -> Found:
        """What the planner needs of it."""
        return Found(self.key, self.files, self.outside)

    def is_intact(self) -> bool:
        """Say whether the row holds what was written."""
        return self.seal == seal_of(self.key, self.structure, self.files, self.outside)


def seal_of(key: str, structure: str, files: str, outside: str) -> bytes:
    """Return the checksum of a row."""
    told = f"{key}\0{structure}\0{files}\0{outside}".encode(errors="surrogatepass")
    return hashlib.blake2b(told, digest_size=16).digest()


def entry_of(
    key: str,
    type_name: str,
    encoded: Encoded,
    blobs: Sequence[Blob],
    seconds: float,
    precious: bool,
    now: float,
) -> Entry:
    """Return the row for a value whose files are in place."""
    in_file = len(encoded.structure) > INLINE
    structure = "" if in_file else encoded.structure
    files = json.dumps([(b.digest, b.suffix, b.size, b.tensors) for b in blobs]) if blobs else ""
    outside = ""
    if encoded.outside:
        outside = json.dumps([(item.path, item.stamp, item.saved) for item in encoded.outside])
    seal = seal_of(key, structure, files, outside)
    return Entry(key, type_name, structure, files, outside, seal, seconds, int(precious), now, now)

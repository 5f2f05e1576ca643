"""Deleting from the store's index and its files together.

Only the store uses it: `eviction` says what goes, this carries it out. A file goes when no entry
names it any more and no living process is using one that does.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable

from aiprod_studio.engine.blobs import Blobs
from aiprod_studio.engine.database import Database
from aiprod_studio.engine.eviction import FILL, Candidate, leaving
from aiprod_studio.engine.owners import Owner

ROW_BYTES = 200
"""What a row takes beside its text, about."""

TEXTS = (
    f"SELECT COALESCE(SUM({ROW_BYTES} + LENGTH(structure) + LENGTH(files) + LENGTH(outside)), 0)"
    " FROM entries"
)
FILES = "SELECT COALESCE(SUM(size), 0) FROM (SELECT DISTINCT digest, suffix, size FROM refs)"
# A file shared by several entries counts for each with its share.
SHARES = """SELECT key, CAST(SUM(size / names) AS INTEGER) FROM refs JOIN
    (SELECT digest AS d, suffix AS s, COUNT(*) AS names FROM refs GROUP BY digest, suffix)
    ON d = digest AND s = suffix GROUP BY key"""
ENTRIES = f"""SELECT key, {ROW_BYTES} + LENGTH(structure) + LENGTH(files) + LENGTH(outside),
    used, seconds, precious FROM entries"""


def taken(index: Database) -> int:
    """Return how many bytes all entries take on disk."""
    return int(index.read(TEXTS)[0][0]) + int(index.read(FILES)[0][0])


def make(index: Database, blobs: Blobs, cap: int, wanted: int, kept: Collection[str]) -> None:
    """Delete entries until `wanted` bytes fit under the cap, sparing those in `kept`.

    Raises:
        sqlite3.Error: the index cannot be read or written.
    """
    blobs.remove_orphans(row[0] for row in index.read("SELECT DISTINCT digest FROM refs"))
    now_taken = taken(index)
    if now_taken + wanted <= cap:
        return
    spared = set(kept) | _pinned(index)
    excess = now_taken + wanted - int(cap * FILL)
    delete(index, blobs, leaving(_candidates(index, spared), excess), ())
    index.shrink()


def delete(
    index: Database, blobs: Blobs, keys: Collection[str], still_named: Collection[str]
) -> None:
    """Delete entries, and the files that nothing names afterwards.

    Args:
        index: the store's index.
        blobs: the store's files.
        keys: entries to delete.
        still_named: digests that entries name which are not in the index yet.

    Raises:
        sqlite3.Error: the index cannot be read or written.
    """
    if not keys:
        return
    refs = "SELECT DISTINCT digest, suffix FROM refs WHERE {} IN ({{}})"
    touched = index.read_many(refs.format("key"), keys)
    rows = [(key,) for key in keys]
    index.write([("DELETE FROM entries WHERE key=?", rows), ("DELETE FROM refs WHERE key=?", rows)])
    remaining = set(index.read_many(refs.format("digest"), {digest for digest, _ in touched}))
    for digest, suffix in set(touched) - remaining:
        if digest not in still_named:
            blobs.remove(digest, suffix)


def _candidates(index: Database, spared: Collection[str]) -> Iterable[Candidate]:
    now, shares = time.time(), dict(index.read(SHARES))
    for key, size, used, seconds, precious in index.read(ENTRIES):
        if key not in spared:
            whole = size + shares.get(key, 0)
            yield Candidate(key, whole, now - used, seconds, bool(precious))


def _pinned(index: Database) -> set[str]:
    """Return the keys that living processes use; forget the pins of dead ones."""
    rows = index.read("SELECT key, owner FROM pins")
    owners = {text: Owner.read(text) for _, text in rows}
    dead = [text for text, owner in owners.items() if owner is None or not owner.lives()]
    if dead:
        index.write([("DELETE FROM pins WHERE owner=?", [(text,) for text in dead])])
    return {key for key, text in rows if text not in dead}

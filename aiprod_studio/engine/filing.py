"""One entry's value between the store's index row and its files.

Only the store uses it. Reading checks everything before anything of it is used.
"""

from __future__ import annotations

from collections.abc import Callable

from aiprod_studio.engine import entries
from aiprod_studio.engine.blobs import Blobs
from aiprod_studio.engine.codec import Encoded
from aiprod_studio.engine.decode import decode
from aiprod_studio.engine.entries import Blob, Entry
from aiprod_studio.engine.outside import unchanged
from aiprod_studio.engine.tensorfile import Altered
from aiprod_studio.engine.warm import Held


def write(blobs: Blobs, encoded: Encoded, check: Callable[[], None]) -> list[Blob]:
    """Write tensors, and a structure that is too long for the index; return the file, if any.

    Raises:
        OSError: the disk is full or cannot be written.
    """
    long = len(encoded.structure) > entries.INLINE
    if not encoded.tensors and not long:
        return []
    note = {"structure": encoded.structure} if long else {}
    written = blobs.write(encoded.tensors, note, check).written
    return [Blob(written.digest, entries.TENSORS, written.size, True)]


def read(blobs: Blobs, entry: Entry, check: Callable[[], None]) -> Held:
    """Return the value of an entry.

    Raises:
        Altered: the row, a file, or a file of the artist's that it points at is not what it was.
        Outdated: a class of the value is unknown or has changed.
        OSError: a file cannot be read.
    """
    if not entry.is_intact():
        raise Altered("its row in the index was altered")
    if not all(unchanged(item) for item in entry.found.pointed_at()):
        raise Altered("a file that it points at has changed")
    tensors: dict[str, memoryview] = {}
    structure = entry.structure
    files = []
    for blob in entry.found.blobs():
        if blob.tensors:
            tensors, note = blobs.read(blob.digest, blob.size, check)
            structure = structure or note["structure"]
        else:
            blobs.intact(blob.digest, blob.suffix, blob.size, check)
            files.append(blob)
    value = decode(structure, tensors, blobs.path)
    size = len(structure) + sum(len(data) for data in tensors.values())
    return Held(value, size, files=files)

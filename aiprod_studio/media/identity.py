"""The identity of a file's content: what cache keys and "has it changed?" rest on.

Files up to 64 MB are hashed whole. Larger ones are hashed by size, time of change and 66 spread
samples, so that a 50 GB master does not cost a minute; a change that keeps the size, the time and
every sample would go unseen. Weights get thinner samples (docs/decisions/weights-by-samples.md).
Used by the application when it plans and by every reader here.
"""

from __future__ import annotations

import hashlib
import os
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from aiprod_studio.media.faults import invalid, unreadable
from aiprod_studio.media.watch import check_now
from aiprod_studio.sdk import SourceFile

WHOLE_BYTES = 64 << 20
_SAMPLE = 1 << 20
_SAMPLES = 64
_OF_WEIGHTS = 16 << 10
_SCHEMES = ("sha256:", "sampled:")

Stamp = tuple[int, int, int, int]


def stamp(path: Path) -> Stamp:
    """Return what tells cheaply that a file is still the same: device, inode, size, time in ns."""
    try:
        facts = path.stat()
    except OSError as error:
        raise unreadable(path, error) from None
    return facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns


def identity_of(path: Path | str) -> str:
    """Return the digest of a file's content, as `scheme:hex`; remembered until the file changes."""
    path = Path(path)
    return _identity(path, stamp(path))


def identity_of_weights(path: Path | str) -> str:
    """Return the identity of a model file, whose header names everything in it.

    Up to 64 MB it is that of `identity_of`. Larger files are known by size, time of change, their
    first megabyte (the header, as good as always whole) and 65 thin samples of the rest.
    """
    path = Path(path)
    return _identity(path, stamp(path), _OF_WEIGHTS)


def source_of(path: Path | str) -> SourceFile:
    """Describe a file as it is now."""
    return SourceFile(Path(path), identity_of(path))


def verify(source: SourceFile) -> Path:
    """Return the path of a source, or refuse when its content is not what was planned.

    Only identities made by `identity_of` can be compared; others are the caller's matter.
    """
    if source.identity.startswith(_SCHEMES) and identity_of(source.path) != source.identity:
        raise invalid(source.path, "has changed since the run was planned", "Run it again.")
    return source.path


@lru_cache(maxsize=4096)
def _identity(path: Path, mark: Stamp, sample: int = _SAMPLE) -> str:
    size, changed = mark[2], mark[3]
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            if size <= WHOLE_BYTES:
                _add_all(digest, file)
                return f"sha256:{digest.hexdigest()}"
            digest.update(f"{size} {changed} ".encode())
            _add_samples(digest, file, size, sample)
            return f"{'sampled' if sample == _SAMPLE else 'weights'}:{digest.hexdigest()}"
    except OSError as error:
        raise unreadable(path, error) from None


def _add_all(digest: hashlib._Hash, file: BinaryIO) -> None:
    while block := file.read(_SAMPLE):
        digest.update(block)
        check_now()


def _add_samples(digest: hashlib._Hash, file: BinaryIO, size: int, sample: int) -> None:
    """Hash the head, the tail and evenly spaced blocks between them."""
    last = size - sample
    for number in range(_SAMPLES + 2):
        file.seek(last * number // (_SAMPLES + 1), os.SEEK_SET)
        digest.update(file.read(sample if number else _SAMPLE))
        check_now()

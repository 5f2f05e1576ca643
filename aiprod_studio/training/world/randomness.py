"""Named streams of random numbers: every decision of a scene draws from its own stream.

A stream depends on the seed and on the name of the decision alone, so changing one attribute of a
scene never shifts the draws of another, and every process sees the same picture. Used by all of
the world; never reads global random state.
"""

from __future__ import annotations

import hashlib

import numpy as np


def number(*key: int | str) -> float:
    """A single draw from 0 to 1 for the decision that `key` names."""
    text = "/".join(map(str, key))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=6).digest(), "little") / 2**48


def stream(*key: int | str) -> np.random.Generator:
    """A generator for the decision that `key` names, the same in every process."""
    digest = hashlib.blake2b("/".join(map(str, key)).encode(), digest_size=16).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(digest, "little")))

"""How the heavy libraries are told to behave, before any of them is loaded.

Used by the command line and by the window's worker process.
"""

from __future__ import annotations

import os

# OpenMP threads that spin while they wait make other work on the machine up to 20 times slower.
# Segments that grow keep graphics memory from being lost between blocks of odd sizes.
_CHOSEN = {
    "OMP_WAIT_POLICY": "passive",
    "GOMP_SPINCOUNT": "0",
    "PYTORCH_CUDA_ALLOC_CONF": "expandable_segments:True",
}


def tell_libraries() -> None:
    """Set what the user's environment leaves open."""
    for name, value in _CHOSEN.items():
        os.environ.setdefault(name, value)

"""Cancelling inside a network: a look at the cancel token before every repeated block.

Nodes wrap a network in it while it runs, because one pass of a large one takes many seconds. The
hooks are gone afterwards; the network itself is not changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch


@contextmanager
def stoppable(network: torch.nn.Module, check: Callable[[], None]) -> Iterator[None]:
    """Call `check`, which may raise, before each block of the network's block lists."""

    def look(*_: object) -> None:
        check()

    blocks = [
        block
        for module in network.modules()
        if isinstance(module, torch.nn.ModuleList)
        for block in module
    ]
    handles = [block.register_forward_pre_hook(look) for block in dict.fromkeys(blocks)]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
